"""Groups and community activities of demo stations, held through the demo services of their methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from casework.models import (
    Activity,
    ActivityRecord,
    ActivityState,
    Group,
    GroupEvaluation,
    GroupMember,
    GroupPhase,
    GroupScale,
    GroupSession,
    GroupState,
    Phase,
    SessionAttendance,
)
from clients.models import Client
from clients.queries.registered import registered_as
from clients.vocabulary import focus_groups
from reporting.demo import MARK
from reporting.demo.places import Place
from services.models import Method, ServiceClient, ServiceRecord, ServiceWorker

# Name, kind, domain, whom, purpose, goals, topics.
GROUPS = [
    ("银龄互助小组", "SUPPORT", "ELDERLY_CARE", "独居、空巢老人", "缓解孤独感", "每人结识两名同伴，每周联系一次",
     ("初次相识", "我的一天", "互相帮一把", "道别与约定")),
    ("童心成长小组", "GROWTH", "CHILD_WELFARE", "留守儿童", "提升人际交往能力", "能说出自己的感受，会向人求助",
     ("认识新朋友", "情绪小怪兽", "我有小本领", "成长展示")),
    ("照护者减压小组", "EDUCATION", "DISABILITY", "失能老人、重残人员的照护者", "减轻照护压力", "掌握两种减压方法",
     ("说说我的累", "照护小技巧", "留点时间给自己", "回顾与道别")),
    ("巧手编织小组", "INTEREST", "COMMUNITY", "社区居民", "丰富闲暇生活", "每人完成一件作品",
     ("选样", "起针", "成型", "展示")),
]  # fmt: skip
ACTIVITIES = [
    ("便民服务进社区", "COMMUNITY", "为居民提供理发、义诊、政策咨询", "社区卫生服务站"),
    ("重阳敬老游园会", "ELDERLY_CARE", "弘扬敬老风尚，丰富老年人生活", "老年协会"),
    ("暑期安全课堂", "CHILD_WELFARE", "提高儿童安全意识", "派出所、学校"),
    ("救助政策宣讲日", "RELIEF", "让困难家庭了解救助政策", "民政办"),
]
OBSERVED = "组员逐步熟悉，能主动发言，个别组员需要单独鼓励。"
FIVE = list(Phase)


class Built:
    """Rows to be written, by model, in the order in which they refer to each other."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.groups: list[Group] = []
        self.leads: list[tuple[Any, int]] = []
        self.activities: list[Activity] = []
        self.of_groups: dict[type, list[Any]] = defaultdict(list)
        self.named: list[tuple[ServiceRecord, Client]] = []

    def add(self, row: Any) -> Any:
        self.of_groups[type(row)].append(row)
        return row


def build_groups(rng: Random, places: list[Place], today: date) -> tuple[int, int]:
    """How many groups and activities. One that ended and one that runs at a station with sessions enough."""
    stations = [place.station.pk for place in places if place.operating_from]
    records = _records(stations)
    leaders = _leaders(records)
    people = _people(stations)
    built = Built(today)
    for number, place in enumerate(place for place in places if place.operating_from):
        here = records[place.station.pk]
        sessions = [record for record in here if record.method == Method.GROUP]
        known = people[place.station.pk]
        if len(sessions) >= 4:
            _group(rng, built, place, number, sessions[:4], known, leaders, whole=True)
        if len(sessions) >= 6:
            _group(rng, built, place, number + 1, sessions[-2:], known, leaders, whole=False)
        held = [record for record in here if record.method == Method.ACTIVITY]
        for count, record in enumerate((*held[:1], *held[-1:]) if len(held) > 1 else ()):
            _activity(rng, built, place, number + count, record, leaders, concluded=count == 0)
        if number % 3 == 0 and held:
            _planned(rng, built, place, number + 2, leaders[held[-1].pk])
    _write(built)
    return len(built.groups), len(built.activities)


def _records(stations: list[int]) -> dict[int, list[ServiceRecord]]:
    """Station key → its demo services of both methods, by day, that nothing else holds."""
    found: dict[int, list[ServiceRecord]] = defaultdict(list)
    methods = (Method.GROUP, Method.ACTIVITY)
    rows = ServiceRecord.objects.valid().filter(station__in=stations, method__in=methods, is_demo=True)
    for record in rows.order_by("starts_on", "pk"):
        found[record.station_id].append(record)
    return found


def _leaders(records: dict[int, list[ServiceRecord]]) -> dict[int, int]:
    """Record key → the worker who leads."""
    keys = [record.pk for some in records.values() for record in some]
    rows = ServiceWorker.objects.order_by("-worker_id").values_list("service_id", "worker_id", "service__method")
    wanted = set(keys)
    methods = (Method.GROUP, Method.ACTIVITY)
    return {key: worker for key, worker, _ in rows.filter(service__method__in=methods) if key in wanted}


def _people(stations: list[int]) -> dict[int, list[Client]]:
    """Station key → some people of its open demo files."""
    found: dict[int, list[Client]] = defaultdict(list)
    for client in Client.objects.open().filter(station__in=stations, is_demo=True).order_by("pk"):
        if len(found[client.station_id]) < 40:
            found[client.station_id].append(client)
    return found


def _group(
    rng: Random, built: Built, place: Place, number: int, held: list[ServiceRecord], known: list[Client],
    leaders: dict[int, int], *, whole: bool,
) -> None:  # fmt: skip
    """A group whose sessions are these services: gone through to its end, or still running with two more planned."""
    name, kind, domain, target, purpose, goals, topics = GROUPS[number % len(GROUPS)]
    formed = held[0].starts_on
    opened = max(formed - timedelta(days=14), place.completed_on)
    ended = min(held[-1].starts_on + timedelta(days=3), built.today) if whole else None
    group = Group(
        station=place.station, name=f"{name}{MARK}", kind=kind, domain=domain, target=target, purpose=purpose,
        goals=goals, planned_sessions=4, planned_members=8, schedule="每周一次，每次一小时半", place="社工站小组室",
        difficulties="组员出勤不稳定", answers="会前电话提醒，安排结伴同行", opened_on=opened, formed_on=formed,
        phase=Phase.ENDING if whole else FIVE[len(held)], is_demo=True,
        state=GroupState.ENDED if whole else GroupState.RUNNING, closed_on=ended,
    )  # fmt: skip
    built.groups.append(group)
    if held[0].pk in leaders:
        built.leads.append((group, leaders[held[0].pk]))
    begun = [opened, formed, *(record.starts_on for record in held[1:])]
    for phase, day in zip(FIVE, begun if whole else begun[: len(held) + 1], strict=False):
        built.add(GroupPhase(group=group, phase=phase, starts_on=day, observed="" if phase == FIVE[0] else OBSERVED))
    clients = [client for client in rng.sample(known, min(5, len(known))) if client.opened_on <= opened]
    members = [
        built.add(GroupMember(group=group, number=count, client=client, joined_on=opened))
        for count, client in enumerate([*clients, *[None] * (8 - len(clients))], 1)
    ]
    for count, topic in enumerate(topics):
        record = held[count] if count < len(held) else None
        planned = record.starts_on if record else built.today + timedelta(days=3 + 7 * (count - len(held)))
        session = built.add(
            GroupSession(
                group=group, number=count + 1, planned_on=planned, topic=topic, phase=FIVE[min(count + 1, 4)],
                record=record, held_on=record.starts_on if record else None,
            )
        )  # fmt: skip
        if record:
            _attend(rng, built, session, record, members)
    if ended:
        _evaluate(rng, built, group, ended, number)


def _attend(
    rng: Random, built: Built, session: GroupSession, record: ServiceRecord, members: list[GroupMember]
) -> None:
    """As many came as the record counts, at most."""
    room = record.contacts
    for member in members:
        came = room > 0 and rng.random() < 0.85
        room -= came
        reason = "" if came else rng.choice(["身体不适", "走亲戚", ""])
        built.add(SessionAttendance(session=session, member=member, present=came, reason=reason))
        if came and member.client:
            built.named.append((record, member.client))


def _evaluate(rng: Random, built: Built, group: Group, day: date, number: int) -> None:
    evaluation = built.add(
        GroupEvaluation(
            group=group, on=day, attainment=["MOSTLY", "FULL", "PARTLY"][number % 3], goals="多数组员达到预定目标。",
            process="出勤稳定，互动逐节增多。", summary="建议由组员自行延续活动，站点每月回访。",
            scored_5=rng.randint(2, 5), scored_4=rng.randint(1, 3), scored_3=rng.randint(0, 1),
        )
    )  # fmt: skip
    before = rng.randint(38, 48)
    built.add(GroupScale(evaluation=evaluation, name="孤独感自评", people=6, before=before, after=before - 7))


def _activity(
    rng: Random, built: Built, place: Place, number: int, record: ServiceRecord, leaders: dict[int, int], *,
    concluded: bool,
) -> None:  # fmt: skip
    day = record.starts_on
    activity = _plan(rng, place, number, day, expected=max(record.contacts + rng.randint(-10, 15), 5))
    activity.state, activity.held_on = ActivityState.HELD, day
    activity.volunteers_needed = record.volunteers
    if concluded:
        activity.state, activity.concluded_on = ActivityState.CONCLUDED, min(day + timedelta(days=2), built.today)
        activity.attainment, activity.result = "FULL", "居民参与踊跃，现场解答咨询。"
        activity.evaluation = "下次提前一周张贴通知，增设休息座椅。"
        activity.scored_5, activity.scored_4, activity.cost = (
            rng.randint(8, 20),
            rng.randint(2, 8),
            rng.randint(2, 9) * 100,
        )
    built.activities.append(activity)
    built.add(ActivityRecord(activity=activity, record=record))
    if record.pk in leaders:
        built.leads.append((activity, leaders[record.pk]))


def _planned(rng: Random, built: Built, place: Place, number: int, leader: int | None) -> None:
    """In the coming week."""
    activity = _plan(rng, place, number, built.today + timedelta(days=1 + number % 6), expected=rng.randint(20, 80))
    built.activities.append(activity)
    if leader:
        built.leads.append((activity, leader))


def _plan(rng: Random, place: Place, number: int, day: date, *, expected: int) -> Activity:
    name, domain, purpose, partners = ACTIVITIES[number % len(ACTIVITIES)]
    return Activity(
        station=place.station, name=f"{name}{MARK}", domain=domain, purpose=purpose, partners=partners,
        content="签到、活动、满意度调查", starts_on=day, ends_on=day, place=f"{place.township.name}文化广场",
        expected=expected, volunteers_needed=rng.randint(2, 8), budget=rng.randint(3, 10) * 100, is_demo=True,
    )  # fmt: skip


def _write(built: Built) -> None:
    Group.objects.bulk_create(built.groups)
    Activity.objects.bulk_create(built.activities)
    through: Any
    for model, through in ((Group, Group.workers.through), (Activity, Activity.workers.through)):
        column = f"{model._meta.model_name}_id"
        pairs = [(row.pk, worker) for row, worker in built.leads if isinstance(row, model)]
        through._default_manager.bulk_create(through(**{column: key, "worker_id": worker}) for key, worker in pairs)
    order = (GroupPhase, GroupMember, GroupSession, SessionAttendance, GroupEvaluation, GroupScale, ActivityRecord)
    for each in order:
        each._default_manager.bulk_create(built.of_groups[each], batch_size=2000)
    ServiceClient.objects.bulk_create(_named(built), batch_size=2000, ignore_conflicts=True)


def _named(built: Built) -> Iterator[ServiceClient]:
    """The members who came are the people of the services."""
    registered = registered_as({client.pk for _, client in built.named}, built.today)
    for record, client in built.named:
        groups = focus_groups(registered[client.pk], client.born_on, record.ends_on)
        yield ServiceClient(
            service=record, client=client, person_id=client.person_id, station_id=record.station_id,
            month=record.month, **{group.value: True for group in groups},
        )  # fmt: skip

"""Cases of demo stations: some six at each, from intake to closing, on demo files and services of method 个案."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from accounts.models import Posting, User
from accounts.roles import Role
from casework.case_steps import State, Step
from casework.case_words import Outcome, Problem, RiskLevel, Source
from casework.models import (
    Case,
    CaseComment,
    CaseProblem,
    CaseService,
    CaseSpell,
    CaseStep,
)
from clients.models import Client, ClientCategory
from clients.vocabulary import FocusGroup, focus_groups
from reporting.demo import MARK
from reporting.demo.case_contents import Drawn, save_contents
from reporting.demo.places import Place
from services.models import Domain, Method, ServiceClient, ServiceRecord
from stations.models import StationPosting, Worker

P, G = Problem, FocusGroup
SERVED = 3  # services of a case, where there are as many
# Where the six cases of a station stand; those without services lie these days back.
PLANNED: list[tuple[State, Outcome | None, int]] = [
    (State.CLOSED, Outcome.GOALS_MET, 0),
    (State.CLOSED, Outcome.OTHER, 0),
    (State.EVALUATION, None, 0),
    (State.INTERVENTION, None, 0),
    (State.PLAN, None, 40),
    (State.INTAKE, None, 4),
]
# What a station's last case is in turn, so that every state is found in a county.
LAST = [State.INTAKE, State.ASSESSMENT, State.DECLINED, State.CLOSED]
STORIES: dict[FocusGroup, tuple[Domain, list[Problem], str, str, list[tuple[str, str]]]] = {
    G.ELDERLY: (
        Domain.ELDERLY_CARE, [P.CARE, P.EMOTION], "独居，子女在外地，近期行动不便，希望有人定期上门。",
        "起居缺少照应，外出就医困难",
        [("每周有人上门看望", "与低龄老人结对，社工每两周探访"), ("掌握紧急求助办法", "教会使用一键呼叫，张贴联系卡")],
    ),
    G.CHILDREN: (
        Domain.CHILD_WELFARE, [P.PARENTING, P.SCHOOLING], "父母外出务工，由祖辈照看，学习和情绪都需要关心。",
        "课业辅导和亲子沟通不足",
        [("按时完成作业", "链接志愿者每周辅导两次"), ("与父母固定联系", "约定每周视频，教会祖辈操作")],
    ),
    G.ORPHANS: (
        Domain.CHILD_WELFARE, [P.FAMILY, P.EMOTION], "失去父母照料，与亲属同住，情绪低落。", "缺少稳定陪伴，对将来不安",
        [("情绪保持平稳", "每周陪伴谈话，必要时转介心理支持"), ("落实基本生活保障", "协助办理孤儿保障手续")],
    ),
    G.HARDSHIP: (
        Domain.RELIEF, [P.ECONOMIC, P.RIGHTS], "家庭收入低，不清楚可以申请哪些救助。", "收入不足以支付日常和医疗开支",
        [("办妥符合条件的救助", "对照政策逐项协助申请"), ("家庭收支有计划", "一起记账，链接就业信息")],
    ),
}  # fmt: skip


def build_cases(rng: Random, places: list[Place], today: date, sign_ins: dict[str, User]) -> int:
    """How many."""
    people = _people(places)
    groups = _groups(people, today)
    records, named = _records(places)
    team = _team(places)
    drawn = [
        one
        for number, place in enumerate(places)
        for one in _at_station(
            rng, number, place, people[place.station.pk], groups, records[place.station.pk], named, team, today
        )
    ]
    _save(rng, drawn)
    _comment(rng, drawn, sign_ins)
    return len(drawn)


# ---- what is there --------------------------------------------------------------------------------------------------


def _people(places: list[Place]) -> dict[int, list[Client]]:
    """Station → its open demo files, the oldest first."""
    found: dict[int, list[Client]] = defaultdict(list)
    rows = Client.objects.open().filter(is_demo=True, station__in=[place.station.pk for place in places])
    for client in rows.defer("id_number").order_by("opened_on", "pk"):
        found[client.station_id].append(client)
    return found


def _groups(people: dict[int, list[Client]], today: date) -> dict[int, FocusGroup]:
    """Client → the group that the case is about; only of those in one."""
    categories: dict[int, list[str]] = defaultdict(list)
    for client_id, category in ClientCategory.objects.filter(ends_on=None).values_list("client_id", "category"):
        categories[client_id].append(category)
    found = {}
    for client in (one for here in people.values() for one in here):
        groups = focus_groups(categories[client.pk], client.born_on, today)
        first = next((group for group in (G.ORPHANS, *G) if group in groups), None)
        if first:
            found[client.pk] = first
    return found


def _records(places: list[Place]) -> tuple[dict[int, list[ServiceRecord]], dict[int, set[int]]]:
    """Station → its services of method 个案 by day; service → files that it names."""
    found: dict[int, list[ServiceRecord]] = defaultdict(list)
    rows = ServiceRecord.objects.valid().filter(is_demo=True, method=Method.CASE)
    for record in rows.only("pk", "station_id", "starts_on").order_by("starts_on", "pk"):
        found[record.station_id].append(record)
    named: dict[int, set[int]] = defaultdict(set)
    pairs = ServiceClient.objects.filter(service__method=Method.CASE, service__is_demo=True).order_by()
    for service_id, client_id in pairs.values_list("service_id", "client_id"):
        named[service_id].add(client_id)
    return found, named


def _team(places: list[Place]) -> dict[int, list[tuple[date, Worker]]]:
    """Station → workers there today with the day since when."""
    found: dict[int, list[tuple[date, Worker]]] = defaultdict(list)
    rows = StationPosting.objects.current().filter(station__in=[place.station.pk for place in places])
    for posting in rows.select_related("worker__user").defer("worker__id_number").order_by("starts_on", "pk"):
        found[posting.station_id].append((posting.starts_on, posting.worker))
    return found


# ---- one station ----------------------------------------------------------------------------------------------------


def _at_station(
    rng: Random,
    number: int,
    place: Place,
    people: list[Client],
    groups: dict[int, FocusGroup],
    records: list[ServiceRecord],
    named: dict[int, set[int]],
    team: dict[int, list[tuple[date, Worker]]],
    today: date,
) -> Iterator[Drawn]:
    own: dict[int, list[ServiceRecord]] = defaultdict(list)  # services that name the person
    for record in records:
        for client_id in named.get(record.pk, ()):
            own[client_id].append(record)
    chosen = sorted((one for one in people if one.pk in groups), key=lambda one: (-len(own[one.pk]), one.pk))
    free = [record for record in records if not named.get(record.pk)]
    counted: dict[int, int] = defaultdict(int)
    used: set[int] = set()
    for each, client in zip(range(len(PLANNED)), chosen, strict=False):
        state, outcome, back = PLANNED[each]
        if each == len(PLANNED) - 1:
            state = LAST[number % len(LAST)]
            outcome, back = (Outcome.LOST, 60) if state == State.CLOSED else (None, 4 + number % 9)
        services: list[ServiceRecord] = []
        if not back:
            known = [one for one in own[client.pk] if one.pk not in used]
            lot = known or free[each * SERVED : (each + 1) * SERVED]
            services = [one for one in lot if one.starts_on >= client.opened_on + timedelta(days=6)][:SERVED]
        if not services and not back:
            state, outcome, back = State.PLAN, None, 10
        begin = services[0].starts_on - timedelta(days=10) if services else today - timedelta(days=back)
        begin = max(begin, client.opened_on)
        worker = next((one for since, one in team[place.station.pk] if since <= begin), None)
        if worker is None or begin > today or begin < place.completed_on:
            continue
        if not services and begin > today - timedelta(days=4):
            state, outcome = (State.INTAKE, None) if state != State.DECLINED else (state, None)
        used |= {one.pk for one in services}
        counted[begin.year] += 1
        key = f"{begin.year}-{counted[begin.year]:03d}"
        yield _draw(rng, key, client, groups[client.pk], worker, state, outcome, begin, services, today)


def _draw(
    rng: Random,
    key: str,
    client: Client,
    group: FocusGroup,
    worker: Worker,
    state: State,
    outcome: Outcome | None,
    begin: date,
    services: list[ServiceRecord],
    today: date,
) -> Drawn:
    domain, problems, words, need, goals = STORIES[group]
    last = services[-1].starts_on if services else begin
    days = {
        Step.INTAKE: begin,
        Step.ASSESSMENT: begin + timedelta(days=2),
        Step.PLAN: begin + timedelta(days=4),
        Step.INTERVENTION: begin + timedelta(days=6),
        Step.EVALUATION: last + timedelta(days=3),
        Step.CLOSING: last + timedelta(days=5 if services else 20),
    }
    taken = _taken(state, days, early=outcome == Outcome.LOST, today=today)
    reached = State.CLOSED if taken[-1] == Step.CLOSING else State(taken[-1].value)
    if reached != State.CLOSED:
        outcome = None
    risk = rng.choices(list(RiskLevel), [40, 30, 20, 10])[0] if Step.ASSESSMENT in taken else RiskLevel.NONE
    declined = state == State.DECLINED
    case = Case(
        station_id=client.station_id, client=client, number=key, worker=worker, domain=domain, focus=group,
        source=rng.choice(list(Source)[:4]), presenting=words + MARK, state=reached, risk=risk,
        declined_because="所需服务不在社工站职责范围内" if declined else "",
        referred_to="县残疾人联合会" if declined else "",
        review_on=days[Step.PLAN] + timedelta(days=45) if Step.PLAN in taken and reached != State.CLOSED else None,
        opened_on=begin, closed_on=days[Step.CLOSING] if reached == State.CLOSED else None,
        outcome=outcome or "", created_by=worker.user, is_demo=True,
    )  # fmt: skip
    steps = [
        CaseStep(case=case, kind=step, on=days.get(step, begin), by=worker.user, at=_noon(days.get(step, begin)))
        for step in taken
    ]
    return Drawn(case, problems, goals, need, steps, services)


def _taken(state: State, days: dict[Step, date], *, early: bool, today: date) -> list[Step]:
    """The steps up to the state, as far as they lie in the past."""
    if state == State.DECLINED:
        return [Step.DECLINED]
    if early:
        return [Step.INTAKE, Step.ASSESSMENT, Step.CLOSING]
    order = [Step.INTAKE, Step.ASSESSMENT, Step.PLAN, Step.INTERVENTION, Step.EVALUATION, Step.CLOSING]
    wanted = Step.CLOSING if state == State.CLOSED else Step(state.value)
    return [step for step in order[: order.index(wanted) + 1] if days[step] <= today]


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


# ---- saving ---------------------------------------------------------------------------------------------------------


def _save(rng: Random, drawn: list[Drawn]) -> None:
    Case.objects.bulk_create([one.case for one in drawn], batch_size=500)
    CaseProblem.objects.bulk_create(
        [CaseProblem(case=one.case, kind=kind) for one in drawn for kind in one.problems], batch_size=1000
    )
    CaseSpell.objects.bulk_create(
        [
            CaseSpell(case=one.case, starts_on=one.case.opened_on, ends_on=one.case.closed_on, outcome=one.case.outcome)
            for one in drawn
            if one.case.state != State.DECLINED
        ],
        batch_size=1000,
    )
    CaseStep.objects.bulk_create([step for one in drawn for step in one.steps], batch_size=1000)
    CaseService.objects.bulk_create(
        [
            CaseService(case=one.case, service=record)
            for one in drawn
            for record in one.services
            if one.case.closed_on is None or record.starts_on <= one.case.closed_on
        ],
        batch_size=1000,
    )
    save_contents(rng, drawn)


def _comment(rng: Random, drawn: list[Drawn], sign_ins: dict[str, User]) -> None:
    """Township managers with a sign-in comment on two in three cases of their stations; some are read and answered."""
    managers = {
        posting.unit.path: posting.user
        for posting in Posting.objects.filter(
            role=Role.TOWNSHIP_MANAGER, user__in=[user.pk for user in sign_ins.values()]
        ).select_related("unit", "user")
    }
    rows = []
    stations = dict(Case.objects.filter(is_demo=True).values_list("pk", "station__unit__path"))
    for one in drawn:
        manager = managers.get(stations[one.case.pk][:20])
        if manager is None or rng.random() < 0.34:
            continue
        step = one.steps[-1]
        answered = rng.random() < 0.5
        at = _noon(step.on + timedelta(days=1))
        rows.append(
            CaseComment(
                case=one.case, step=step, by=manager, at=at, text="请补充家庭成员的态度，注意服务对象的意愿。",
                read_at=at if answered else None, answered_at=at if answered else None,
                answered_by=one.case.worker.user if answered else None,
                answer="已在下次探访时补充了解。" if answered else "",
            )
        )  # fmt: skip
    CaseComment.objects.bulk_create(rows)

"""Visits of people with a follow-up level, one for each demo service that names them; batches of 榆次区 and 介休市.

No service is made up for them: who was not named by one is late, as in life.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from accounts.models import OrgUnit, User
from clients.models import Client, Consent, LevelSpell
from clients.queries.registered import registered_as
from clients.vocabulary import Category, focus_groups
from reporting.demo import MARK
from services.models import Method, ServiceClient
from visits.criteria import files
from visits.models import (
    Answer,
    AttemptReason,
    BatchQuestion,
    BatchState,
    Condition,
    QuestionKind,
    Source,
    Visit,
    VisitAttempt,
    VisitBatch,
    VisitState,
)
from visits.rules import Intervals, Standing, counts_from
from visits.vocabulary import NO, YES

BEHIND = 0.15  # share of people whose level asks for more visits than the station makes
USUAL = {1: 7, 2: 14, 3: 30, 4: 60, 5: 90, 6: 180}  # days, as the shipped default has them
YUCI, JIEXIU = "140702000000", "140781000000"  # the counties of the sign-ins “yuci” and “county”

Made = dict[int, list[tuple[date, int]]]  # file → days of its visits with the services, in order

NEEDS = ("", "", "", "取暖设备需要检修", "希望有人陪同就医", "需要了解高龄补贴政策")
NEXT = ("按计划下次探访", "联系村（社区）协助解决", "转介社区卫生服务站", "电话回访")
QUESTIONS = [
    ("取暖方式", QuestionKind.CHOICE, ["集中供暖", "电取暖", "煤炉", "其他"]),
    ("烟感或一氧化碳报警器是否完好", QuestionKind.YES_NO, []),
    ("本月子女来访次数", QuestionKind.NUMBER, []),
    ("最需要帮助的事", QuestionKind.TEXT, []),
]


def build_visits(rng: Random, today: date, sign_ins: dict[str, User]) -> int:
    """Insert visits and batches; returns how many visits."""
    files_open = Client.objects.open().filter(is_demo=True, station__closed_on=None)
    clients = list(files_open.select_related("station__unit").order_by("pk"))
    registered = registered_as((client.pk for client in clients), today)
    focus = {
        one.pk: {str(group.value): True for group in focus_groups(registered[one.pk], one.born_on, today)}
        for one in clients
    }
    refused = set(Consent.objects.exclude(withdrawn_on=None).values_list("client_id", flat=True))
    made = _made()
    intervals = Intervals.on(today)
    visits: list[Visit] = []
    levelled = _fit_levels(rng, clients, made, today)
    for client in clients:
        if client.pk in levelled:
            ended = client.pk in refused
            visits += _of_level(
                rng, client, levelled[client.pk], made[client.pk], intervals, focus[client.pk], ended=ended
            )
    Visit.objects.bulk_create(visits, batch_size=1000)
    count = len(visits)
    for batch in _batches(today, sign_ins):
        count += _fill(rng, batch, made, focus, refused, today)
    return count


def _batches(today: date, sign_ins: dict[str, User]) -> list[VisitBatch]:
    """榆次区 has a running one and one that is over, 介休市 a running one; a county that is not loaded has none."""
    counties = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=[YUCI, JIEXIU])}
    alone = {"categories": [Category.LIVING_ALONE, Category.EMPTY_NEST]}
    batches = []
    if yuci := counties.get(YUCI):
        batches.append(
            _batch(
                yuci, sign_ins["yuci"], f"冬季独居空巢老人安全探访{MARK}",
                today - timedelta(days=21), today + timedelta(days=14), alone,
            )
        )  # fmt: skip
        batches.append(
            _batch(
                yuci, sign_ins["yuci"], f"重点对象秋季走访{MARK}", today - timedelta(days=110),
                today - timedelta(days=50), {"levels": [1, 2]}, closed_on=today - timedelta(days=48),
            )
        )  # fmt: skip
    if jiexiu := counties.get(JIEXIU):
        batches.append(
            _batch(
                jiexiu, sign_ins["county"], f"独居空巢老人入冬走访{MARK}",
                today - timedelta(days=45), today + timedelta(days=23), alone,
            )
        )  # fmt: skip
    return batches


def _made() -> Made:
    rows = ServiceClient.objects.valid().filter(service__method=Method.VISIT, client__is_demo=True)
    found: Made = defaultdict(list)
    for client, day, service in rows.order_by("service__ends_on", "service_id").values_list(
        "client_id", "service__ends_on", "service_id"
    ):
        if not found[client] or found[client][-1][0] < day:
            found[client].append((day, service))
    return found


def _fit_levels(rng: Random, clients: list[Client], made: Made, today: date) -> dict[int, date]:
    """Since when each file has its level. Most levels are such as the station keeps up with; the rest fall behind."""
    since: dict[int, date] = {}
    for client in clients:
        if not client.level:
            continue
        days = [day for day, _ in made[client.pk] if day >= client.opened_on]
        behind = rng.random() < BEHIND
        if days:
            start = max(client.opened_on, days[0] - timedelta(days=rng.randint(3, 12)))
        else:
            start = max(client.opened_on, today - timedelta(days=150 if behind else rng.randint(3, 25)))
        if not behind:
            steps = [start, *days, today]
            longest = max((later - earlier).days for earlier, later in pairwise(steps))
            client.level = next((level for level, usual in USUAL.items() if usual >= longest), 6)
        since[client.pk] = start
    Client.objects.bulk_update([one for one in clients if one.pk in since], ["level"], batch_size=500)
    spells = list(LevelSpell.objects.filter(client__in=since, ends_on=None).select_related("client"))
    for spell in spells:
        spell.starts_on, spell.level = since[spell.client_id], spell.client.level or 1
    LevelSpell.objects.bulk_update(spells, ["starts_on", "level"], batch_size=500)
    return since


def _of_level(
    rng: Random,
    client: Client,
    levelled_on: date,
    made: list[tuple[date, int]],
    intervals: Intervals,
    focus: dict[str, bool],
    *,
    ended: bool,
) -> list[Visit]:
    """The chain of visits since the file opened: each made by the next service, the last one open unless `ended`."""
    visits: list[Visit] = []
    last: date | None = None
    services = [pair for pair in made if pair[0] >= max(client.opened_on, levelled_on)]
    for day, service in [*services, (None, None)]:
        if day is None and ended:
            break
        standing = Standing(client.level or 0, client.opened_on, levelled_on, last)
        due = intervals.due(client.station.unit.path, standing)
        if due is None:
            break
        visit = Visit(
            client=client, station=client.station, source=Source.LEVEL, level=client.level, lapses_on=due.due,
            planned_on=standing.since[0], counts_from=counts_from(standing), is_demo=True, **focus,
        )  # fmt: skip
        visit.judge_by(due)
        if day is not None:
            visit.state, visit.record_id, visit.closed_on = VisitState.MADE, service, day
            _result(rng, visit)
            last = day
        visits.append(visit)
    return visits


def _result(rng: Random, visit: Visit) -> None:
    if rng.random() < 0.04:  # still to be written
        return
    visit.condition = rng.choices([Condition.NORMAL, Condition.ATTENTION, Condition.URGENT], [84, 14, 2])[0]
    visit.needs = rng.choice(NEEDS)
    visit.next_step = rng.choice(NEXT) if visit.condition != Condition.NORMAL or visit.needs else ""


def _batch(
    county: OrgUnit, by: User, title: str, started_on: date, due_on: date, criteria: dict[str, list],
    closed_on: date | None = None,
) -> VisitBatch:  # fmt: skip
    batch = VisitBatch.objects.create(
        unit=county, title=title, requirement="逐户入户，当面了解情况，发现紧急情况当日报告。", criteria=criteria,
        due_on=due_on, started_on=started_on, created_by=by, is_demo=True, closed_on=closed_on,
        state=BatchState.CLOSED if closed_on else BatchState.RUNNING,
        conclusion="走访结束，结果已汇总" if closed_on else "",
    )  # fmt: skip
    BatchQuestion.objects.bulk_create(
        BatchQuestion(
            batch=batch, order=order, text=text, kind=kind, choices=choices, required=kind != QuestionKind.TEXT
        )
        for order, (text, kind, choices) in enumerate(QUESTIONS, 1)
    )
    return batch


def _fill(
    rng: Random, batch: VisitBatch, made: Made, focus: dict[int, dict[str, bool]], refused: set[int], today: date
) -> int:
    """Everyone who matches: made where a service of the days since the start names them, some not reached."""
    started, until = batch.started_on or today, batch.closed_on or today
    visits: list[Visit] = []
    for client in files(batch.criteria, [batch.unit.path], started).filter(station__closed_on=None).order_by("pk"):
        if client.pk in refused or client.opened_on > started:
            continue
        visit = Visit(
            client=client, station_id=client.station_id, source=Source.BATCH, batch=batch, due_on=batch.due_on,
            due_reason=f"{batch.unit}“{batch.title}”，{batch.due_on}前完成", planned_on=started, counts_from=started,
            created_by=batch.created_by, is_demo=True, **focus[client.pk],
        )  # fmt: skip
        during = [pair for pair in made[client.pk] if started <= pair[0] <= until]
        if during:
            visit.state, visit.closed_on, visit.record_id = VisitState.MADE, *during[0]
            _result(rng, visit)
        elif rng.random() < 0.08:
            visit.state, visit.closed_on = VisitState.UNREACHABLE, started + timedelta(days=10)
            visit.reason = str(AttemptReason.AWAY.label)
        elif batch.closed_on:
            visit.state, visit.closed_on, visit.reason = VisitState.CANCELLED, batch.closed_on, "探访任务已结束"
        visits.append(visit)
    Visit.objects.bulk_create(visits, batch_size=1000)
    gone = [visit for visit in visits if visit.state == VisitState.UNREACHABLE]
    VisitAttempt.objects.bulk_create(
        VisitAttempt(visit=visit, on=visit.closed_on, reason=AttemptReason.AWAY) for visit in gone if visit.closed_on
    )
    questions = list(batch.questions.all())
    answered = [visit for visit in visits if visit.condition]
    Answer.objects.bulk_create(
        [answer for visit in answered for answer in _answers(rng, visit, questions)], batch_size=1000
    )
    return len(visits)


def _answers(rng: Random, visit: Visit, questions: list[BatchQuestion]) -> list[Answer]:
    heating, alarm, number, wish = questions
    times = rng.choices([0, 1, 2, 4], [3, 4, 2, 1])[0]
    given = [
        Answer(visit=visit, question=heating, text=rng.choices(heating.choices, [5, 2, 3, 1])[0]),
        Answer(visit=visit, question=alarm, text=rng.choices([YES, NO], [7, 3])[0]),
        Answer(visit=visit, question=number, text=str(times), number=times),
    ]
    return [*given, Answer(visit=visit, question=wish, text=visit.needs)] if visit.needs else given

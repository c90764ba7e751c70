"""Batches: the list, progress by station, and answers as counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max, Min, Q
from django.urls import reverse

from accounts.models import OrgUnit, User
from stations.models import Station
from visits.criteria import in_words
from visits.models import Answer, BatchQuestion, BatchState, QuestionKind, Visit, VisitBatch, VisitState
from visits.models.visits import late
from visits.queries.listing import seen
from visits.vocabulary import NO, YES

TONES = {BatchState.DRAFT: "muted", BatchState.RUNNING: "info", BatchState.CLOSED: "ok"}


@dataclass
class Progress:
    """Visits of a batch: `due` all but those cancelled; `late` made after the day, or past it and still open."""

    due: int = 0
    made: int = 0
    late: int = 0
    unreachable: int = 0
    open: int = 0
    result_missing: int = 0

    def add(self, other: Progress) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def ratio(self) -> float | None:
        return self.made / self.due if self.due else None

    @property
    def fraction(self) -> str:
        return f"{self.made}/{self.due}"


@dataclass
class StationProgress:
    station: int
    name: str
    county: str = ""
    progress: Progress = field(default_factory=Progress)


def _counted(today: date) -> dict[str, Any]:
    state = VisitState
    return {
        "due": Count("pk", filter=~Q(state=state.CANCELLED)),
        "made": Count("pk", filter=Q(state=state.MADE)),
        "late": Count("pk", filter=late(today)),
        "unreachable": Count("pk", filter=Q(state=state.UNREACHABLE)),
        "open": Count("pk", filter=Q(state=state.OPEN)),
        "result_missing": Count("pk", filter=Q(state=state.MADE, condition="")),
    }


def _day(batch: VisitBatch, today: date) -> date:
    """As of which day lateness is told: a batch that was closed stays as it ended."""
    return batch.closed_on or today


def progress_by_station(user: User, batch: VisitBatch, today: date) -> list[StationProgress]:
    """Of the stations in the user's view; least made first. Two queries."""
    rows = seen(user).filter(batch=batch).order_by().values("station_id").annotate(**_counted(_day(batch, today)))
    found = {row.pop("station_id"): Progress(**row) for row in rows}
    names = dict(OrgUnit.objects.filter(pk__in=found).values_list("pk", "name"))
    ordered = sorted(found.items(), key=lambda pair: (pair[1].ratio if pair[1].due else 2, pair[0]))
    return [StationProgress(key, names[key], progress=progress) for key, progress in ordered]


def total_of(rows: Iterable[StationProgress]) -> Progress:
    total = Progress()
    for row in rows:
        total.add(row.progress)
    return total


def progress_table(batch: VisitBatch, rows: list[StationProgress]) -> dict[str, Any]:
    """For components/data_table.html; numbers open the list of visits."""
    columns = [
        {"label": "站点", "kind": "text"},
        {"label": "完成率", "kind": "bar"},
        *({"label": label, "kind": "num"} for label in ("应访", "已访", "逾期", "未能联系", "待探访")),
    ]
    total = total_of(rows)
    return {
        "columns": columns,
        "rows": [{"cells": _cells(batch, row.name, row.progress, row.station)} for row in rows],
        "total": _cells(batch, "合计", total, None) if len(rows) > 1 else None,
        "caption": f"{batch.title}进度",
        "empty": "还没有探访",
    }


def _cells(batch: VisitBatch, name: str, progress: Progress, station: int | None) -> list[dict[str, Any]]:
    def opens(state: str, value: int) -> str:
        unit = f"&unit={station}" if station else ""
        return f"{reverse('visit_list')}?batch={batch.pk}&state={state}{unit}" if value else ""

    def number(state: str, value: int, *, bad: bool = False) -> dict[str, Any]:
        return {"value": value, "href": opens(state, value), "bad": bad and value > 0}

    return [
        {"text": name},
        {"ratio": progress.ratio, "fraction": progress.fraction},
        number("due", progress.due),
        number("made", progress.made),
        number("late", progress.late, bad=True),
        number("unreachable", progress.unreachable),
        number("", progress.open),
    ]


@dataclass(frozen=True)
class BatchRow:
    """A batch of the list with the progress that lies in the user's view."""

    batch: VisitBatch
    who: str
    state: str
    tone: str
    progress: Progress
    late: bool


def batch_rows(user: User, batches: Iterable[VisitBatch], today: date) -> list[BatchRow]:
    """One query for a page of batches that come with their unit."""
    batches = list(batches)
    rows = seen(user).filter(batch__in=batches).order_by().values("batch_id").annotate(**_counted(today))
    found = {row.pop("batch_id"): Progress(**row) for row in rows}
    return [
        BatchRow(
            batch=batch,
            who=in_words(batch.criteria),
            state=str(BatchState(batch.state).label),
            tone=TONES[BatchState(batch.state)],
            progress=found.get(batch.pk, Progress()),
            late=batch.state == BatchState.RUNNING and batch.due_on < today,
        )
        for batch in batches
    ]


@dataclass(frozen=True)
class Waiting:
    """A running batch that leaves `waiting` people of a station to be visited."""

    pk: int
    title: str
    unit: str
    due_on: date
    waiting: int


def batches_waiting(user: User, station: Station) -> list[Waiting]:
    """What counties ask of the station and is not done, the earliest due first. One query."""
    rows = seen(user).open().filter(station=station, batch__state=BatchState.RUNNING)
    told = ("batch_id", "batch__title", "batch__unit__name", "batch__due_on")
    counted = rows.order_by("batch__due_on", "batch_id").values_list(*told).annotate(Count("pk"))
    return [Waiting(*row) for row in counted]


# ---- answers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """What was answered to one question. Choices as (answer, count, share); numbers as mean, lowest, highest."""

    question: BatchQuestion
    answered: int
    parts: list[dict[str, Any]]
    mean: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None


def tallies(user: User, batch: VisitBatch) -> list[Tally]:
    """Counts over all visits of the batch in the user's view; of a text only how many. Three queries."""
    questions = list(batch.questions.all())
    given = Answer.objects.filter(
        visit__in=seen(user).filter(batch=batch).order_by().values("pk"), question__in=questions
    )
    parts: dict[int, dict[str, int]] = defaultdict(dict)
    numbers: dict[int, Any] = {}
    answered: dict[int, int] = defaultdict(int)
    counted = given.order_by().filter(question__kind__in=[QuestionKind.CHOICE, QuestionKind.YES_NO])
    for key, text, count in counted.values_list("question_id", "text").annotate(count=Count("pk")):
        parts[key][text] = count
        answered[key] += count
    others = given.order_by().exclude(question__kind__in=[QuestionKind.CHOICE, QuestionKind.YES_NO])
    for row in others.values("question_id").annotate(
        count=Count("pk"), mean=Avg("number"), lowest=Min("number"), highest=Max("number")
    ):
        numbers[row["question_id"]] = row
        answered[row["question_id"]] = row["count"]
    return [_tally(each, answered[each.pk], parts[each.pk], numbers.get(each.pk)) for each in questions]


def _tally(question: BatchQuestion, answered: int, parts: dict[str, int], numbers: Any) -> Tally:
    offered = [YES, NO] if question.kind == QuestionKind.YES_NO else list(question.choices)
    shown = [
        {"answer": each, "count": parts.get(each, 0), "ratio": parts.get(each, 0) / answered if answered else None}
        for each in offered
    ]
    if question.kind != QuestionKind.NUMBER or not numbers:
        return Tally(question, answered, shown)
    mean = Decimal(str(numbers["mean"])).quantize(Decimal("0.01"))
    return Tally(question, answered, [], mean, numbers["lowest"], numbers["highest"])


def answers_of(visit: Visit) -> list[tuple[BatchQuestion, str]]:
    """Each question of the visit's batch with what was answered, "" for nothing. Two queries."""
    if visit.batch is None:
        return []
    given = dict(visit.answers.values_list("question_id", "text"))
    return [(question, given.get(question.pk, "")) for question in visit.batch.questions.all()]


def preview(user: User, batch: VisitBatch, matching: Any) -> list[tuple[str, int]]:
    """Station → how many people match, without names; the most first. Two queries."""
    rows = matching.order_by().values("station_id").annotate(people=Count("pk")).values_list("station_id", "people")
    found = dict(rows)
    names = dict(OrgUnit.objects.visible_to(user).filter(pk__in=found).values_list("pk", "name"))
    return sorted(((names[key], found[key]) for key in names), key=lambda pair: (-pair[1], pair[0]))

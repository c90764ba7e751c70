"""Rows of the station list: everything that a page shows, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone

from policies.deadlines import Due
from policies.models import JUDGED
from stations import basics
from stations.models import (
    Certificate,
    Dimension,
    DimensionState,
    StationKind,
    StationPosting,
    StationStatus,
    StatusSpell,
)
from stations.models.dated import at
from stations.models.stations import StationQuerySet
from stations.queries.tones import BASICS_TONES, STATUS_TONES
from stations.queries.where import names_between

SHORT_DIMENSIONS = {
    Dimension.HARDWARE: "硬件",
    Dimension.INSTITUTIONS: "制度",
    Dimension.STAFFING: "人员",
    Dimension.SIGNAGE: "标识",
}
STATUS_WORDS: dict[str, str] = dict(StationStatus.choices)
KIND_WORDS: dict[str, str] = dict(StationKind.choices)
UNCHECKED = (None,) * len(Dimension)
COLUMNS = (
    "pk", "unit__name", "unit__path", "kind", "completed_on", "basics_entered_on", *JUDGED,
    "due_provision__document__number", "due_provision__clause",
)  # fmt: skip
DATE_SORTS = ("completed_on", "due_on", "basics_entered_on")


@dataclass(frozen=True)
class DimensionMark:
    """One of the four dimensions in a row: `met` is None when it was never checked."""

    short: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class StationRow:
    """What the page says about one station, in words."""

    name: str
    url: str
    under: str  # what stands below the name: the kind of a room, and where it lies
    status: str
    status_tone: str
    since: str
    completed_on: str
    due_on: str
    due_reason: str
    basics: str
    basics_tone: str
    source: str  # of a due date that was missed and still is; else ""
    dimensions: tuple[bool | None, ...]  # in the order of Dimension; None: never checked
    workers: int
    certified: int


def sorted_stations(stations: StationQuerySet, sort: str) -> StationQuerySet:
    """In the order of `?sort=`; by the tree for an unknown key. Stations without the date come last."""
    field, down = sort.removeprefix("-"), sort.startswith("-")
    if field not in DATE_SORTS:
        return stations.order_by("-unit__path" if sort == "-name" else "unit__path")
    order = F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
    return stations.order_by(order, "unit__path")


def dimension_mark(dimension: Dimension, met: bool | None) -> DimensionMark:
    words, tone = {True: ("达标", "ok"), False: ("未达标", "warn"), None: ("未检查", "muted")}[met]
    return DimensionMark(SHORT_DIMENSIONS[dimension], f"{dimension.label}{words}", tone)


def station_rows(stations: Iterable[Sequence[Any]], on: date, *, below: str = "") -> list[StationRow]:
    """`stations` (the COLUMNS of one page) as of `on`: four queries. Nothing here builds models: they cost most of it.

    `below` is the path of the unit that the page is about: where a station lies is told from there on.
    """
    found = list(stations)
    keys = [key for key, *_ in found]
    statuses = statuses_at(keys, on)
    checks = checks_at(keys, on)
    workers = workers_at(keys, on)
    places = names_between([(key, path, name) for key, name, path, *_ in found], below)
    url = reverse("station_detail", args=[0]).removesuffix("0/")
    today = timezone.localdate()
    rows = []
    for key, name, _, kind, completed_on, entered_on, due_on, *rest in found:
        status, since = statuses.get(key, ("", None))
        due = _due(due_on, *rest) if due_on else None
        judgement = basics.judge(due, entered_on, today)
        total, certified = workers.get(key, (0, 0))
        rows.append(
            StationRow(
                name=name,
                url=f"{url}{key}/",
                under=_under(kind, places[key]),
                status=STATUS_WORDS.get(status, ""),
                status_tone=STATUS_TONES[StationStatus(status)] if status else "muted",
                since=str(since or ""),
                completed_on=str(completed_on or ""),
                due_on=str(due_on or ""),
                due_reason=due.reason if due else "",
                basics=judgement.words if due else "",
                basics_tone=BASICS_TONES[judgement.state],
                source=due.citation if due and judgement.needs_action else "",
                dimensions=checks.get(key, UNCHECKED),
                workers=total,
                certified=certified,
            )
        )
    return rows


def _due(due_on: date, reason: str, provisional: bool, provision: int | None, document: str, clause: str) -> Due:
    """From the columns JUDGED and those joined to them, which are None without a provision."""
    return Due(due_on, provisional, reason, provision or 0, document or "", clause or "")


def _under(kind: str, place: str) -> str:
    words = "" if kind == StationKind.STATION else KIND_WORDS[kind]
    return f"{words} · {place}" if words and place else words or place


def statuses_at(keys: Sequence[int], on: date) -> dict[int, tuple[str, date]]:
    """Station → its status and since when. Without an order: that of the models would join the tree to each query."""
    spells = StatusSpell.objects.filter(at(on), station__in=keys).order_by()
    return {key: (status, since) for key, status, since in spells.values_list("station_id", "status", "starts_on")}


def checks_at(keys: Sequence[int], on: date) -> dict[int, tuple[bool | None, ...]]:
    """Station → met or not, in the order of Dimension, for the stations that were ever checked by then."""
    held = DimensionState.objects.filter(at(on), station__in=keys).order_by()
    met: dict[int, dict[str, bool]] = defaultdict(dict)
    for key, dimension, state in held.values_list("station_id", "dimension", "met"):
        met[key][dimension] = state
    order = Dimension.values
    return {key: tuple(map(states.get, order)) for key, states in met.items()}


def workers_at(keys: Sequence[int], on: date) -> dict[int, tuple[int, int]]:
    """Station → workers posted on `on`, and those of them who hold a certificate that counts then (R4)."""
    held = Exists(Certificate.objects.valid(on).filter(worker=OuterRef("worker")))
    posted = StationPosting.objects.filter(at(on), station__in=keys).order_by().annotate(held=held)
    found: dict[int, list[bool]] = defaultdict(list)
    for key, certified in posted.values_list("station_id", "held"):
        found[key].append(certified)
    return {key: (len(workers), sum(workers)) for key, workers in found.items()}

"""Rows of the station list: everything that a page shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from stations import basics
from stations.models import (
    Certificate,
    Dimension,
    DimensionState,
    Station,
    StationKind,
    StationPosting,
    StationStatus,
    StatusSpell,
)
from stations.models.stations import StationQuerySet
from stations.queries.tones import BASICS_TONES, STATUS_TONES
from stations.queries.where import names_between

SHORT_DIMENSIONS = {
    Dimension.HARDWARE: "硬件",
    Dimension.INSTITUTIONS: "制度",
    Dimension.STAFFING: "人员",
    Dimension.SIGNAGE: "标识",
}
DATE_SORTS = ("completed_on", "due_on", "basics_entered_on")


@dataclass(frozen=True)
class DimensionMark:
    """One of the four dimensions in a row: `met` is None when it was never checked."""

    short: str
    words: str
    tone: str


@dataclass(frozen=True)
class StationRow:
    """Dates and the four dimensions stand as they are shown: in the loop of the template they would cost most of it."""

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
    basics_late: bool
    source: str
    dimensions: SafeString
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


def station_rows(stations: Iterable[Station], on: date, *, below: str = "") -> list[StationRow]:
    """`stations` (with unit, due_provision and its document joined) as of `on`: four queries.

    `below` is the path of the unit that the page is about: where a station lies is told from there on.
    """
    stations = list(stations)
    keys = [station.pk for station in stations]
    spells = {row.station_id: row for row in StatusSpell.objects.at(on).filter(station__in=keys)}
    checks = {
        (row.station_id, row.dimension): row.met for row in DimensionState.objects.at(on).filter(station__in=keys)
    }
    workers = _workers(keys, on)
    names = names_between([station.unit for station in stations], below)
    today = timezone.localdate()
    rows = []
    for station in stations:
        spell = spells.get(station.pk)
        judgement = basics.judge(station.judged_due(), station.basics_entered_on, today)
        total, certified = workers.get(station.pk, (0, 0))
        source = station.due_provision.citation if station.due_provision else ""
        rows.append(
            StationRow(
                name=station.unit.name,
                url=reverse("station_detail", args=[station.pk]),
                under=_under(station, names[station.pk]),
                status=StationStatus(spell.status).label if spell else "",
                status_tone=STATUS_TONES[StationStatus(spell.status)] if spell else "muted",
                since=str(spell.starts_on) if spell else "",
                completed_on=str(station.completed_on or ""),
                due_on=str(station.due_on or ""),
                due_reason=station.due_reason,
                basics=judgement.words if station.due_on else "",
                basics_tone=BASICS_TONES[judgement.state],
                basics_late=judgement.needs_action,
                source=source,
                dimensions=_marks(tuple(checks.get((station.pk, d)) for d in Dimension)),
                workers=total,
                certified=certified,
            )
        )
    return rows


def _under(station: Station, place: str) -> str:
    kind = "" if station.kind == StationKind.STATION else StationKind(station.kind).label
    return " · ".join(filter(None, [kind, place]))


@lru_cache(maxsize=81)  # 3⁴ ways in which a station can stand
def _marks(met: tuple[bool | None, ...]) -> SafeString:
    """The four badges of a row, in the order of Dimension."""
    marks = [dimension_mark(dimension, state) for dimension, state in zip(Dimension, met, strict=True)]
    return format_html_join(
        " ",
        '<span class="status-badge tone-{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        [(mark.tone, mark.words, mark.short, mark.words) for mark in marks],
    )


def _workers(keys: Sequence[int], on: date) -> dict[int, tuple[int, int]]:
    """Station → workers posted on `on`, and those of them who hold a certificate by then."""
    held = Exists(Certificate.objects.filter(worker=OuterRef("worker"), issued_on__lte=on))
    counted = (
        StationPosting.objects.at(on)
        .filter(station__in=keys)
        .order_by()
        .values("station")
        .annotate(total=Count("pk"), certified=Count("pk", filter=held))
    )
    return {row["station"]: (row["total"], row["certified"]) for row in counted}

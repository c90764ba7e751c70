"""What a station's standard page and one check's page show."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from policies.models import Dimension
from standards import scoring
from standards.effective import Item, number_text, requirement
from standards.models import Check, CheckAnswer, CheckKind, CheckState
from standards.queries.citations import origin_source
from standards.queries.in_force import StandardBook
from standards.scoring import Answer, Outcome, Points, Result
from stations.models import Station

MOST_NEXT = 6


@dataclass(frozen=True)
class ScoreCell:
    """A score with its fraction; `ratio` is None when nothing was judged. `bad`: a necessary item fails."""

    label: str
    ratio: Decimal | None
    fraction: str
    words: str
    bad: bool


def score_cell(label: str, points: Points) -> ScoreCell:
    words = {None: "未检查", True: "达标", False: f"{points.failing} 项必备未达标"}[points.met]
    fraction = f"{number_text(points.earned)}/{number_text(points.possible)}" if points.possible else ""
    return ScoreCell(label, points.ratio, fraction, words, points.met is False)


@dataclass(frozen=True)
class ResultRow:
    """An item with what the station and the county found."""

    code: str
    name: str
    asked: str
    necessary: bool
    guidance: str
    source: dict[str, str] | None
    own: str  # the station's answer in words; "" none
    found: str  # the county's
    note: str
    differs: bool
    outcome: Outcome
    reason: str
    bad: bool
    gain: str  # points of 100 that meeting it would add in all
    photos: list[Any]

    @property
    def tone(self) -> str:
        if self.outcome == Outcome.FAILED and not self.bad:
            return "warn"
        return self.outcome.tone


@dataclass(frozen=True)
class HistoryRow:
    on: date
    kind: str
    state: str
    by: str
    cell: ScoreCell | None
    url: str
    draft: bool


def answers_of(check: Check | None) -> list[CheckAnswer]:
    """The rows of a check; none without one."""
    return list(check.answers.all()) if check else []


def _answers(check: Check | None) -> dict[str, Answer]:
    return {row.code: row.answer() for row in answers_of(check)}


def _gain(result: Result, total: Points) -> str:
    if result.outcome != Outcome.FAILED or not total.possible:
        return ""
    return number_text((result.weight * 100 / total.possible).quantize(Decimal("0.1")))


def result_rows(
    results: Iterable[Result], own: Mapping[str, Answer], photos: Mapping[str, list[Any]] | None = None
) -> list[ResultRow]:
    """Judged items in words. `own`: the station's answers; `photos`: code → attachments."""
    results = list(results)
    total = scoring.points(results)
    rows = []
    for result in results:
        item, demand = result.item, result.item.demand
        there = own.get(item.code)
        here = result.answer
        mine, theirs = (there.words(item) if there else ""), (here.words(item) if here else "")
        rows.append(
            ResultRow(
                code=item.code,
                name=demand.name,
                asked=requirement(demand),
                necessary=demand.necessary,
                guidance=demand.guidance,
                source=origin_source(result.by or item.least_by),
                own=mine,
                found=theirs,
                note=here.note if here else "",
                differs=bool(mine and theirs and mine != theirs),
                outcome=result.outcome,
                reason=result.reason,
                bad=result.failed_necessary,
                gain=_gain(result, total),
                photos=(photos or {}).get(item.code, []),
            )
        )
    return rows


def by_dimension(rows: list[ResultRow], items: Iterable[Item]) -> list[tuple[Dimension, list[ResultRow]]]:
    place = {item.code: item.demand.dimension for item in items}
    return [(dimension, [row for row in rows if place[row.code] == dimension]) for dimension in Dimension]


def score_cells(results: Iterable[Result]) -> tuple[ScoreCell, list[ScoreCell]]:
    """The whole, and each of the four dimensions."""
    results = list(results)
    parts = scoring.by_dimension(results)
    total = score_cell("总分", scoring.points(results))
    return total, [score_cell(dimension.label, points) for dimension, points in parts.items()]


def _last(checks: list[Check], kind: CheckKind, on: date) -> Check | None:
    """The latest submitted one by that day; `checks` come the latest first."""
    return next((c for c in checks if c.kind == kind and c.state == CheckState.SUBMITTED and c.checked_on <= on), None)


def _history(checks: Iterable[Check], book: StandardBook, path: str) -> list[HistoryRow]:
    rows = []
    for check in checks:
        draft = check.state == CheckState.DRAFT
        cell = None
        if check.state == CheckState.SUBMITTED:
            cell = score_cells(scoring.judge(book.items(path, check.checked_on), _answers(check)))[0]
        by = check.opened_by if draft else check.submitted_by
        name = "check_self" if check.kind == CheckKind.SELF else "check_county"
        url = reverse(name, args=[check.station_id]) if draft else reverse("check_detail", args=[check.pk])
        rows.append(
            HistoryRow(
                check.checked_on,
                "站点自查" if check.kind == CheckKind.SELF else "县级检查",
                check.get_state_display(),
                by.name if by else "系统",
                cell,
                url,
                draft,
            )
        )
    return rows


def standard_page(station: Station, on: date, *, fills: Container[str]) -> dict[str, Any]:
    """The template's context: what holds on `on`, judged by the last checks of that day. Four queries.

    `fills`: the kinds of check whose draft the reader may go on with; other drafts are not told.
    """
    path = station.unit.path
    book = StandardBook.load([path])
    items = book.items(path, on)
    checks = list(
        Check.objects.filter(station=station)
        .select_related("submitted_by", "opened_by")
        .prefetch_related("answers")
        .order_by("-checked_on", "-pk")
    )
    county, own = _last(checks, CheckKind.COUNTY, on), _last(checks, CheckKind.SELF, on)
    # Before the county has looked, the station's own word shows how it stands; it decides nothing.
    results = scoring.judge(items, _answers(county or own))
    rows = result_rows(results, _answers(own))
    total, dimensions = score_cells(results)
    next_codes = [result.item.code for result in scoring.missing_next(results)]
    by_code = {row.code: row for row in rows}
    return {
        "station": station,
        "on": on,
        "county": county,
        "own": own,
        "provisional": county is None and own is not None,
        "total": total,
        "dimensions": dimensions,
        "failing": [row for row in rows if row.bad],
        "next": [by_code[code] for code in next_codes if not by_code[code].bad][:MOST_NEXT],
        "pending": sum(row.outcome == Outcome.PENDING for row in rows) if county or own else 0,
        "differing": sum(row.differs for row in rows) if county and own else 0,
        "groups": by_dimension(rows, items),
        "standards": book.standards(path, on),
        "history": _history([c for c in checks if c.state != CheckState.DRAFT or c.kind in fills], book, path),
    }


def check_page(check: Check, photos: Mapping[Any, list[Any]]) -> dict[str, Any]:
    """One check, judged by the standard of its own day. `photos`: key of an answer → its files."""
    path = check.station.unit.path
    items = StandardBook.load([path]).items(path, check.checked_on)
    results = scoring.judge(items, _answers(check))
    shown: dict[str, list[Any]] = {}
    for row in answers_of(check.self_check) + answers_of(check):
        shown.setdefault(row.code, []).extend(photos.get(row.pk, []))
    rows = result_rows(results, _answers(check.self_check), shown)
    total, dimensions = score_cells(results)
    return {
        "check": check,
        "total": total,
        "dimensions": dimensions,
        "failing": [row for row in rows if row.bad],
        "groups": by_dimension(rows, items),
        "compared": check.self_check is not None,
    }

"""What follows from checks and standards: dated scores, failures and states of the four dimensions (R3).

Everything here is computed again from the county's checks and the standards in force on each day, so that doing it
twice, or later than the day, comes out the same. Nothing here waits for anyone: `judge_due` runs after a standard was
issued and every day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from common.paths import within
from policies.models import Dimension
from standards import scoring
from standards.models import Check, CheckKind, DimensionScore, ItemFailure, Standard
from standards.queries.in_force import StandardBook
from standards.scoring import Outcome, Points, Result
from stations import stale
from stations.actions.dimensions import DimensionSpell, rewrite_dimension
from stations.actions.locks import locked_station
from stations.models import Station

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """What holds from `on`: by which check, with every item judged."""

    on: date
    check: Check
    results: list[Result]
    points: dict[Dimension, Points]

    @property
    def is_check(self) -> bool:
        """Made by a check of that day, not by a standard that changed."""
        return self.check.checked_on == self.on


def verdicts(checks: Iterable[Check], book: StandardBook, path: str, until: date) -> list[Verdict]:
    """What holds since the first check, a verdict for each day on which a check or a standard may change it.

    `checks` are the county's, with prefetched answers. Of two on one day the later one counts.
    """
    checks = sorted(checks, key=lambda check: (check.checked_on, check.pk))
    days = {check.checked_on for check in checks}
    if days:
        days.update(book.changes(path, min(days), until))
    found = []
    for day in sorted(days):
        check = next(row for row in reversed(checks) if row.checked_on <= day)
        answers = {row.code: row.answer() for row in check.answers.all()}
        results = scoring.judge(book.items(path, day), answers)
        found.append(Verdict(day, check, results, scoring.by_dimension(results)))
    return found


@transaction.atomic
def judge_station(*, by: User | None, station: Station, since: date, book: StandardBook | None = None) -> bool:
    """Write what follows for one station, all of it; the same again writes nothing. Did any dimension change?

    `since`: the first day on which something can be different now.
    """
    station = locked_station(station)
    path = station.unit.path
    checks = list(Check.objects.submitted(CheckKind.COUNTY).filter(station=station).prefetch_related("answers"))
    found = verdicts(checks, book or StandardBook.load([path]), path, timezone.localdate())
    changed = _replace(station, DimensionScore, scores_of(station, found))
    changed |= _replace(station, ItemFailure, failures_of(station, found))
    if changed:
        stale.mark(station.pk, stale.months_since(since))
    first = min([since, *(verdict.on for verdict in found)])
    turned = [
        rewrite_dimension(
            by=by,
            station=station,
            dimension=dimension,
            since=first,
            spells=states_of(dimension, found),
            changed_on=since,
        )
        for dimension in Dimension
    ]
    return any(turned)


def _replace(station: Station, model: Any, rows: list[Any]) -> bool:
    """Put `rows` in place of the station's. False when they stand there already."""
    standing = list(model.objects.filter(station=station).order_by("pk"))
    if sorted(map(_columns, standing), key=str) == sorted(map(_columns, rows), key=str):
        return False
    model.objects.filter(station=station).delete()
    model.objects.bulk_create(rows)
    return True


def _columns(row: Any) -> list[Any]:
    values = [getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key]
    return [value.normalize() if isinstance(value, Decimal) else value for value in values]


def scores_of(station: Station, found: list[Verdict]) -> list[DimensionScore]:
    """Unsaved rows: the points of each dimension, from each day on which they change."""
    rows: list[DimensionScore] = []
    for dimension in Dimension:
        last: DimensionScore | None = None
        for verdict in found:
            here = verdict.points[dimension]
            if last is not None and (last.check_of_id, _points(last)) == (verdict.check.pk, here):
                continue
            if last is not None:
                last.ends_on, last = verdict.on, None
            if here.possible:
                last = DimensionScore(
                    station=station,
                    dimension=dimension,
                    check_of=verdict.check,
                    starts_on=verdict.on,
                    earned=here.earned,
                    possible=here.possible,
                    failing=here.failing,
                    pending=here.pending,
                )
                rows.append(last)
    return rows


def _points(row: DimensionScore) -> Points:
    return Points(row.earned, row.possible, row.failing, row.pending)


def failures_of(station: Station, found: list[Verdict]) -> list[ItemFailure]:
    """Unsaved rows: the items that fail, from when to when."""
    rows: list[ItemFailure] = []
    standing: dict[str, ItemFailure] = {}
    for verdict in found:
        failed = {r.item.code: _failure(station, r, verdict.on) for r in verdict.results if r.outcome == Outcome.FAILED}
        for code, row in list(standing.items()):
            if code not in failed or _told(failed[code]) != _told(row):
                row.ends_on = verdict.on
                del standing[code]
        for code, row in failed.items():
            if code not in standing:
                standing[code] = row
                rows.append(row)
    return rows


def _failure(station: Station, result: Result, on: date) -> ItemFailure:
    demand = result.item.demand
    return ItemFailure(
        station=station,
        code=demand.code,
        name=demand.name,
        dimension=demand.dimension,
        necessary=demand.necessary,
        reason=result.reason[:120],
        citation=str(result.by)[:160] if result.by else "",
        starts_on=on,
    )


def _told(row: ItemFailure) -> tuple[bool, str, str]:
    return row.necessary, row.reason, row.citation


def states_of(dimension: Dimension, found: list[Verdict]) -> list[DimensionSpell]:
    """Met or not: at each check, and where a standard changed it."""
    spells: list[DimensionSpell] = []
    for verdict in found:
        met = verdict.points[dimension].met
        if met is None or not (verdict.is_check or not spells or spells[-1].met != met):
            continue
        here = [r.item.demand for r in verdict.results if r.failed_necessary]
        failing = [demand.name for demand in here if demand.dimension == dimension]
        spells.append(DimensionSpell(verdict.on, met, f"未达标：{'、'.join(failing)}"[:200] if failing else ""))
    return spells


def judge_due() -> int:
    """Judge the stations below every standard whose beginning or end has come. How many stations' dimensions changed.

    One transaction for a station; what is interrupted is done again.
    """
    today = timezone.localdate()
    due = list(Standard.objects.filter(judge_from__lte=today).select_related("issuer").order_by("judge_from", "pk"))
    if not due:
        return 0
    book = StandardBook.load()
    checked = Check.objects.submitted(CheckKind.COUNTY).order_by().values("station")
    stations = Station.objects.in_paths({row.issuer.path for row in due}).filter(pk__in=checked).select_related("unit")
    changed: list[str] = []
    for station in stations:
        path = station.unit.path
        since = min(row.judge_from for row in due if row.judge_from and within(path, row.issuer.path))
        if judge_station(by=None, station=station, since=since, book=book):
            changed.append(path)
    for row in due:
        _judged(row, sum(within(path, row.issuer.path) for path in changed), today)
    return len(changed)


@transaction.atomic
def _judged(standard: Standard, changed: int, today: date) -> None:
    """Nothing more is due, but its end when that lies ahead. Unless somebody ended it meanwhile: then once more."""
    since = standard.judge_from
    later = standard.ends_on if standard.ends_on and standard.ends_on > today else None
    same = Standard.objects.filter(pk=standard.pk, judge_from=since, ends_on=standard.ends_on)
    if not same.update(judge_from=later):
        return
    audit.record(
        by=None,
        verb="按标准重新判定下级站点",
        target=standard,
        unit=standard.issuer,
        changes={"自": [None, str(since)], "结果有变的站点": [None, changed]},
    )
    log.info("standard %s judged from %s: %s stations changed", standard.pk, since, changed)

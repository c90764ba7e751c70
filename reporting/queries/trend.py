"""One indicator over twelve months, unit by unit: the share of clerk's work of each station (R20), or any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.months import Month
from common.templatetags.shezhan import delta, points
from policies.queries import RuleBook
from reporting.display import Shown, shown
from reporting.figures import Figures, Number, figures_of_many
from reporting.indicators import Indicator
from reporting.queries.faults import beyond, worsened
from stations.models import Station, month_end

MONTHS = 12
AGO = 3  # months: what the change is measured against


@dataclass(frozen=True)
class Cell:
    shown: Shown
    bad: bool = False


@dataclass(frozen=True)
class Row:
    """A unit's months, the oldest first; `change` between the last full month and three months before, in words."""

    unit: OrgUnit
    cells: list[Cell]
    change: str
    worse: bool


def units_of(user: User, unit: OrgUnit, month: Month, *, stations: bool) -> QuerySet[OrgUnit]:
    """The children of the unit, or all stations below it that stood in the month."""
    units = OrgUnit.objects.visible_to(user, Permission.VIEW)
    if not stations:
        return units.filter(parent=unit).live(month.last).order_by("path")
    standing = Station.objects.standing(month.last).under(unit).order_by().values("pk")
    return units.filter(level=Level.STATION, pk__in=standing).order_by("path")


def months_to(month: Month) -> list[Month]:
    """Twelve months, `month` the last."""
    return [month - back for back in reversed(range(MONTHS))]


def rows_of(units: Sequence[OrgUnit], indicator: Indicator, month: Month, closed: frozenset[str]) -> list[Row]:
    """A row a unit. One query for the figures, those of the rule book where a fault's number makes one red."""
    months = months_to(month)
    figures = figures_of_many([unit.pk for unit in units], months)
    rules = RuleBook.load([unit.path for unit in units]) if indicator.fault and units else None
    return [_row(unit, indicator, months, figures, rules, closed) for unit in units]


def _row(
    unit: OrgUnit,
    indicator: Indicator,
    months: list[Month],
    figures: dict[tuple[int, Month], Figures],
    rules: RuleBook | None,
    closed: frozenset[str],
) -> Row:
    told = []
    for month in months:
        found = figures[unit.pk, month]
        told.append(Figures(found.measures, found.computed_at, closed)[indicator.key])
    full = months[-1] if month_end(months[-1]) == months[-1].last else months[-2]
    at = months.index(full)
    now, before = told[at].value, told[at - AGO].value
    change = None if now is None or before is None else now - before
    cells = [
        Cell(shown(figure, unit, month), bool(rules and beyond(figure, unit.path, month_end(month), rules)))
        for figure, month in zip(told, months, strict=True)
    ]
    return Row(unit, cells, _words(change, indicator), worsened(told[at], change))


def _words(change: Number | None, indicator: Indicator) -> str:
    return points(change) if indicator.is_share else delta(change)

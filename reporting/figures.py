"""Reading figures: the stored measures of a unit and month, divided into indicators. No facts are read here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Level, OrgUnit
from common.months import Month
from common.templatetags.shezhan import rounded
from reporting.compute.rollup import bare
from reporting.compute.vectors import encode
from reporting.indicators import Indicator
from reporting.measures import POLICY, Place
from reporting.measures.parameters import Moment
from reporting.models import UnitMonth
from reporting.registry import INDICATORS, MEASURES

Number = int | Decimal


@dataclass(frozen=True)
class Figure:
    """One indicator of one unit and month. All numbers are None where the month was never counted for the unit.

    `value` is the numerator, the share of it in the denominator, or the mean, rounded to the indicator's decimals; None
    where the denominator is 0 or there is none (a unit without a target of its own).
    """

    indicator: Indicator
    numerator: Number | None
    denominator: Number | None
    value: Number | None
    closed: bool = False  # the reader may not open its records

    def url(self, unit: OrgUnit, month: Month) -> str:
        """The list of the records behind the number; "" where there is none to open."""
        records = self.indicator.records
        return records.url(unit.pk, month) if records and not self.closed else ""


class Figures(Mapping[str, Figure]):
    """The figures of one unit and month by indicator key, in the registry's order; each is made when asked for."""

    __slots__ = ("closed", "computed_at", "measures")

    def __init__(
        self,
        measures: Mapping[str, int] | None,
        computed_at: datetime | None = None,
        closed: Collection[str] = frozenset(),
    ) -> None:
        """`measures` as stored in UnitMonth; None: never counted. `closed`: lists that the reader may not open."""
        self.measures = measures
        self.computed_at = computed_at
        self.closed = closed

    def __getitem__(self, key: str) -> Figure:
        found = figure(INDICATORS[key], self.measures)
        records = found.indicator.records
        return replace(found, closed=True) if self.closed and records and records.url_name in self.closed else found

    def __iter__(self) -> Iterator[str]:
        return iter(INDICATORS)

    def __len__(self) -> int:
        return len(INDICATORS)


def measured(key: str, measures: Mapping[str, int]) -> Number | None:
    """The measure as people read it. What is left out is 0; a target that is left out is None."""
    measure = MEASURES[key]
    stored = measures.get(key)
    if stored is None:
        return None if measure.source == POLICY else measure.decode(0)
    return measure.decode(stored)


def decimals_of(indicator: Indicator) -> int:
    """With how many decimals a value that is no share is written."""
    return indicator.decimals if indicator.is_mean else MEASURES[indicator.numerator].decimals


def figure(indicator: Indicator, measures: Mapping[str, int] | None) -> Figure:
    """The indicator from stored measures (None: never counted)."""
    if measures is None:
        return Figure(indicator, None, None, None)
    numerator = measured(indicator.numerator, measures)
    if indicator.denominator is None:
        return Figure(indicator, numerator, None, numerator)
    denominator = measured(indicator.denominator, measures)
    if not denominator or numerator is None:
        return Figure(indicator, numerator, denominator, None)
    value = Decimal(numerator) / Decimal(denominator)
    return Figure(
        indicator, numerator, denominator, value if indicator.is_share else rounded(value, indicator.decimals)
    )


def figures_of_many(unit_ids: Iterable[int], months: Iterable[Month]) -> dict[tuple[int, Month], Figures]:
    """(unit id, month) → figures, for every pair asked for; one query, two more where a snapshot is missing."""
    unit_ids, months = list(unit_ids), list(months)
    rows = UnitMonth.objects.filter(unit_id__in=unit_ids, month__in=months)
    found = {
        (unit_id, month): Figures(measures, computed_at)
        for unit_id, month, measures, computed_at in rows.values_list("unit_id", "month", "measures", "computed_at")
    }
    missing = [(unit, month) for unit in unit_ids for month in months if (unit, month) not in found]
    if missing:
        found |= _of_bare_townships(missing)
    return {(unit, month): found.get((unit, month)) or Figures(None) for unit in unit_ids for month in months}


def _of_bare_townships(missing: Collection[tuple[int, Month]]) -> dict[tuple[int, Month], Figures]:
    """The figures of townships where nothing stands: they keep no snapshot (reporting.compute.rollup.Total)."""
    townships = OrgUnit.objects.filter(level=Level.TOWNSHIP).in_bulk({unit_id for unit_id, _ in missing})
    counted = whole_months({month for _, month in missing}) if townships else {}
    result = {}
    for unit_id, month in missing:
        if unit_id in townships and month in counted:
            township = townships[unit_id]
            place = Place(Level.TOWNSHIP, township.is_virtual, township.lives_on(Moment.of(month).day))
            if place.live:
                result[unit_id, month] = Figures(json.loads(encode(bare(place))), counted[month])
    return result


def whole_months(months: Collection[Month]) -> dict[Month, datetime]:
    """Those of the months that were counted as a whole, and when; one query."""
    rows = UnitMonth.objects.filter(month__in=months, unit__level=Level.NATION)
    return dict(rows.values_list("month", "computed_at"))


def figures_of(unit: OrgUnit, month: Month) -> Figures:
    """All figures of one unit and month; one query."""
    return figures_of_many([unit.pk], [month])[unit.pk, month]


def counted_at(unit: OrgUnit, months: Collection[Month]) -> dict[Month, datetime]:
    """When each of these months was last counted for the unit; a change anywhere below moves it."""
    rows = UnitMonth.objects.filter(unit=unit, month__in=months)
    found = dict(rows.values_list("month", "computed_at"))
    if unit.level == Level.TOWNSHIP and len(found) < len(months):
        return {**whole_months(months), **found}
    return found


def as_json(figures: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    """indicator key → {"label", "unit", "numerator", "denominator", "value"}; hours, money and quotients as floats."""
    return {
        key: {
            "label": figure.indicator.label,
            "unit": figure.indicator.unit,
            "numerator": _plain(figure.numerator),
            "denominator": _plain(figure.denominator),
            "value": _plain(figure.value),
        }
        for key, figure in figures.items()
    }


def _plain(number: Number | None) -> int | float | None:
    return round(float(number), 6) if isinstance(number, Decimal) else number

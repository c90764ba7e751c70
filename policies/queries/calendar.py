"""The official calendar as the pure rules take it."""

from __future__ import annotations

from datetime import date

from common.workdays import OfficialDay, OfficialYears
from policies.models import CalendarYear


def official_years() -> OfficialYears:
    """Every confirmed year and its days, in one query."""
    days: dict[date, OfficialDay] = {}
    confirmed = set()
    rows = CalendarYear.objects.order_by().values_list("year", "days__date", "days__rest", "days__name")
    for year, day, rest, name in rows:
        confirmed.add(year)
        if day is not None:
            days[day] = OfficialDay(rest=rest, name=name)
    return OfficialYears(days, frozenset(confirmed))

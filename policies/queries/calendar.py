"""The official calendar: as the pure rules take it, and as the pages show it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from common.months import Month
from common.workdays import OfficialDay, OfficialYears, is_rest_day
from policies.models import CalendarDay, CalendarYear
from policies.notices import NoticeDay

FIRST_YEAR, LAST_YEAR = 2004, 2099


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


@dataclass(frozen=True)
class YearRow:
    """A year of the list; `confirmed` is None while no notice is entered."""

    year: int
    confirmed: CalendarYear | None


def list_years(today: date) -> list[YearRow]:
    """From next year down to the first one known; confirmed ones carry `rest_days` and `make_up_days`."""
    rows = CalendarYear.objects.select_related("confirmed_by").annotate(
        rest_days=Count("days", filter=Q(days__rest=True)), make_up_days=Count("days", filter=Q(days__rest=False))
    )
    known = {row.year: row for row in rows}
    first = min([FIRST_YEAR, *known])
    last = max([today.year + 1, *known])
    return [YearRow(year, known.get(year)) for year in range(last, first - 1, -1)]


def notice_days(year: int) -> list[NoticeDay]:
    """The days of a year's notice as entered; empty for an unconfirmed year."""
    return [NoticeDay(row.date, row.rest, row.name) for row in CalendarDay.objects.filter(year=year)]


@dataclass(frozen=True)
class Cell:
    """A date in a little month. `mark` is 休, 班 or "" for an ordinary day; `rest` also holds for ordinary weekends."""

    day: date
    rest: bool
    mark: str
    name: str


def months_of(year: int, years: OfficialYears) -> list[tuple[Month, list[list[Cell | None]]]]:
    """Twelve months of whole weeks, Monday first; None outside the month."""
    months = []
    for number in range(1, 13):
        weeks = calendar.Calendar().monthdatescalendar(year, number)
        cells = [[_cell(day, years) if day.month == number else None for day in week] for week in weeks]
        months.append((Month(year, number), cells))
    return months


def _cell(day: date, years: OfficialYears) -> Cell:
    official = years.day(day)
    mark = "" if official is None else ("休" if official.rest else "班")
    return Cell(day, is_rest_day(day, years), mark, official.name if official else "")


def with_notice(years: OfficialYears, year: int, days: list[NoticeDay]) -> OfficialYears:
    """The calendar as it would be with this notice: for the preview."""
    kept = {day: official for day, official in years.days.items() if day.year != year}
    entered = {day.date: OfficialDay(day.rest, day.name) for day in days}
    return OfficialYears(kept | entered, years.confirmed | {year})

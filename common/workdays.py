"""Working days from an official calendar: pure functions over facts that the caller hands in.

`OfficialYears` is what the program knows of the holiday notices; `policies.calendar` reads it from the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
# 全国年节及纪念日放假办法 (as revised in 2024): the days off that fall on the same date each year.
FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}


@dataclass(frozen=True)
class OfficialDay:
    """One date of a holiday notice: a day off (`rest`) or a make-up working day."""

    rest: bool
    name: str = ""


@dataclass(frozen=True)
class OfficialYears:
    """Days of the notices, and the years whose notice is known (confirmed)."""

    days: Mapping[date, OfficialDay] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()

    def day(self, day: date) -> OfficialDay | None:
        """What the notices say of `day`; in a year without a notice only fixed-date holidays are known.

        A notice may also name days of the December before its year, whether that year is confirmed or not.
        """
        said = self.days.get(day)
        if said is not None or day.year in self.confirmed:
            return said
        name = FIXED_HOLIDAYS.get((day.month, day.day))
        return OfficialDay(rest=True, name=name) if name else None


def is_rest_day(day: date, years: OfficialYears, *, weekends_rest: bool = True) -> bool:
    """domain.md §3: a day off of the notice and, by setting, an ordinary Saturday or Sunday; never a make-up day."""
    official = years.day(day)
    if official is not None:
        return official.rest
    return weekends_rest and day.weekday() >= 5


@dataclass(frozen=True)
class Extension:
    """A nominal date moved past the run of rest days that contains it."""

    due: date
    rest_from: date | None  # None: the nominal day is no rest day
    rest_to: date | None
    holiday: str  # name of the holiday that the run belongs to, "" for a plain weekend
    provisional: bool  # an unconfirmed year had a say in `due`


def extend_past_rest(
    nominal: date, years: OfficialYears, *, working_days: int, weekends_rest: bool = True
) -> Extension:
    """R7: if `nominal` is a rest day, the `working_days`-th working day after the run of rest days that contains it."""
    asked: set[int] = set()

    def rest(day: date) -> bool:
        asked.add(day.year)
        return is_rest_day(day, years, weekends_rest=weekends_rest)

    if not rest(nominal):
        return Extension(nominal, None, None, "", provisional=not asked <= years.confirmed)
    end = nominal
    while rest(end + ONE_DAY):
        end += ONE_DAY
    due, left = end, working_days
    while left:
        due += ONE_DAY
        left -= not rest(due)
    # Where the run began names it, but has no say in the date: it does not make the date provisional.
    start = nominal
    while is_rest_day(start - ONE_DAY, years, weekends_rest=weekends_rest):
        start -= ONE_DAY
    return Extension(due, start, end, _name(nominal, start, end, years), provisional=not asked <= years.confirmed)


def _name(nominal: date, start: date, end: date, years: OfficialYears) -> str:
    """The holiday of the nominal day itself; else the first of the run (中秋 and 国庆 may share one)."""
    run = [nominal, *(start + timedelta(days=n) for n in range((end - start).days + 1))]
    return next((official.name for day in run if (official := years.day(day)) and official.name), "")

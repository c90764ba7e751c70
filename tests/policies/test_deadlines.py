"""The three deadlines as pure rules, over every month that the calendar knows and some that it does not."""

from datetime import date, timedelta

import pytest
from chinese_calendar import holidays, workdays
from hypothesis import given
from hypothesis import strategies as st

from common.months import Month
from common.workdays import OfficialDay, OfficialYears, is_rest_day
from policies.deadlines import Basis
from policies.kinds import due_dates

YEARS = OfficialYears(
    {day: OfficialDay(True, name) for day, name in holidays.items()}
    | {day: OfficialDay(False, name) for day, name in workdays.items()},
    frozenset(range(2004, 2027)),
)
MONTHS = list(Month(2003, 12).until(Month(2030, 12)))  # due in 2004-01 … 2031-01


def basis(years: OfficialYears = YEARS, **parameters) -> Basis:
    return Basis(1, "市民函〔2023〕28号", "二(三)", parameters, years)


def report(
    month: Month, *, years: OfficialYears = YEARS, day: int = 3, working_days: int = 3, weekends_rest: bool = True
):
    return due_dates.monthly_report(
        month, basis(years, day=day, working_days=working_days, weekends_rest=weekends_rest)
    )


@pytest.mark.parametrize(
    ("month", "weekends_rest", "expected"),
    [
        ("2023-04", True, date(2023, 5, 6)),
        ("2023-09", True, date(2023, 10, 9)),
        ("2023-05", True, date(2023, 6, 7)),
        ("2023-05", False, date(2023, 6, 3)),
        ("2025-09", True, date(2025, 10, 11)),
    ],
)
def test_rows_of_the_table(month, weekends_rest, expected):
    assert report(Month.parse(month), weekends_rest=weekends_rest).due == expected


@pytest.mark.parametrize("weekends_rest", [True, False])
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_due_is_a_working_day_or_the_nominal_day_and_never_before_it(month, weekends_rest):
    due = report(month, weekends_rest=weekends_rest).due
    nominal = month.last + timedelta(days=3)
    assert due >= nominal
    assert not is_rest_day(due, YEARS, weekends_rest=weekends_rest)
    assert (due == nominal) == (not is_rest_day(nominal, YEARS, weekends_rest=weekends_rest))


@pytest.mark.parametrize("weekends_rest", [True, False])
def test_due_dates_rise_with_the_months(weekends_rest):
    dues = [report(month, weekends_rest=weekends_rest).due for month in MONTHS]
    assert dues == sorted(set(dues))


@pytest.mark.parametrize("weekends_rest", [True, False])
def test_provisional_exactly_from_the_first_unknown_year_on(weekends_rest):
    provisional = [month for month in MONTHS if report(month, weekends_rest=weekends_rest).provisional]
    assert provisional == [month for month in MONTHS if month >= Month(2026, 12)]


calendars = st.builds(
    lambda days, confirmed: OfficialYears(days, frozenset(confirmed)),
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2028, 12, 31)),
        st.builds(OfficialDay, st.booleans(), st.sampled_from(["", "春节"])),
        max_size=120,
    ),
    st.sets(st.integers(2026, 2028)),
)


@given(
    calendars,
    st.integers(1, 28),
    st.integers(1, 15),
    st.booleans(),
    st.integers(0, 33),
)
def test_the_rule_holds_on_any_calendar(years, day, working_days, weekends_rest, offset):
    month = Month(2026, 1) + offset
    due = report(month, years=years, day=day, working_days=working_days, weekends_rest=weekends_rest)
    nominal = month.last + timedelta(days=day)
    between = [nominal + timedelta(days=n) for n in range(1, (due.due - nominal).days + 1)]
    assert due.due >= nominal
    assert not is_rest_day(due.due, years, weekends_rest=weekends_rest)
    if due.due > nominal:
        working = [d for d in between if not is_rest_day(d, years, weekends_rest=weekends_rest)]
        assert len(working) == working_days
    later = report(month + 1, years=years, day=day, working_days=working_days, weekends_rest=weekends_rest)
    assert later.due >= due.due


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.integers(0, 60)
)
def test_a_service_that_ends_later_is_never_due_sooner(one, other, days):
    first, second = sorted([one, other])
    assert first <= due_dates.service_entry(first, basis(days=days)).due
    assert due_dates.service_entry(first, basis(days=days)).due <= due_dates.service_entry(second, basis(days=days)).due


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        (report(Month(2023, 9)), "国庆假期顺延，10月9日截止"),
        (report(Month(2023, 4)), "劳动节假期顺延，5月6日截止"),
        (report(Month(2023, 5)), "周末顺延，6月7日截止"),
        (report(Month(2023, 7)), "次月3日前上报，8月3日截止"),
        (due_dates.service_entry(date(2023, 9, 30), basis(days=1)), "服务结束次日录入，10月1日截止"),
        (due_dates.service_entry(date(2023, 9, 30), basis(days=0)), "服务结束当日录入，9月30日截止"),
        (due_dates.station_basics(date(2023, 6, 1), basis(days=7)), "建成后7日内录入，6月8日截止"),
        (
            due_dates.station_basics(date(2022, 6, 1), basis(due_on="2023-05-31")),
            "已建成站点统一录入，2023年5月31日截止",
        ),
    ],
)
def test_the_reason_in_words(due, reason):
    # The calendar of the package names holidays in English; the table of our own is Chinese.
    english = {"National Day": "国庆", "Labour Day": "劳动节"}
    words = due.reason
    for name, chinese in english.items():
        words = words.replace(name, chinese)
    assert words == reason


def test_a_report_of_the_last_month_has_a_due_date():
    assert report(Month(2099, 12)).due >= date(2100, 1, 3)


def test_the_whole_due_day_is_in_time():
    due = report(Month(2023, 7))
    assert not due.is_late(date(2023, 8, 3))
    assert due.is_late(date(2023, 8, 4))
    assert (due.days_late(date(2023, 8, 3)), due.days_late(date(2023, 8, 6))) == (0, 3)

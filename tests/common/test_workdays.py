"""Working days: pure functions over a calendar that the test hands in."""

from datetime import date, timedelta

from common.workdays import OfficialDay, OfficialYears, extend_past_rest, is_rest_day

NATIONAL_DAY_2023 = OfficialYears(
    {date(2023, 9, 29): OfficialDay(True, "中秋节")}
    | {date(2023, 9, 30) + timedelta(days=n): OfficialDay(True, "国庆节") for n in range(7)}
    | {date(2023, 10, 7): OfficialDay(False, "国庆节"), date(2023, 10, 8): OfficialDay(False, "国庆节")},
    frozenset({2023}),
)
UNKNOWN = OfficialYears()


def test_a_make_up_saturday_is_a_working_day():
    assert not is_rest_day(date(2023, 10, 7), NATIONAL_DAY_2023)


def test_an_ordinary_saturday_rests_by_setting():
    assert is_rest_day(date(2023, 6, 3), NATIONAL_DAY_2023)
    assert not is_rest_day(date(2023, 6, 3), NATIONAL_DAY_2023, weekends_rest=False)


def test_a_holiday_rests_whatever_the_setting():
    assert is_rest_day(date(2023, 10, 3), NATIONAL_DAY_2023, weekends_rest=False)


def test_an_unknown_year_knows_weekends_and_fixed_holidays_only():
    assert is_rest_day(date(2027, 10, 1), UNKNOWN)
    assert is_rest_day(date(2027, 1, 2), UNKNOWN)  # a Saturday
    assert not is_rest_day(date(2027, 2, 8), UNKNOWN)  # Spring Festival: its date is not fixed


def test_a_confirmed_year_asks_its_notice_only():
    assert not is_rest_day(date(2029, 1, 1), OfficialYears({}, frozenset({2029})))


def test_a_notice_may_name_days_of_the_december_before():
    years = OfficialYears({date(2026, 12, 31): OfficialDay(True, "元旦")}, frozenset({2027}))
    assert is_rest_day(date(2026, 12, 31), years)


def test_working_days_are_counted_from_the_day_after_the_run():
    extension = extend_past_rest(date(2023, 10, 3), NATIONAL_DAY_2023, working_days=3)
    assert (extension.rest_from, extension.rest_to, extension.due) == (
        date(2023, 9, 29),
        date(2023, 10, 6),
        date(2023, 10, 9),
    )


def test_the_holiday_of_the_day_itself_names_a_shared_run():
    assert extend_past_rest(date(2023, 10, 3), NATIONAL_DAY_2023, working_days=3).holiday == "国庆节"


def test_a_weekend_has_no_holiday_name():
    extension = extend_past_rest(date(2023, 6, 3), NATIONAL_DAY_2023, working_days=3)
    assert (extension.due, extension.holiday) == (date(2023, 6, 7), "")


def test_a_working_day_stays():
    extension = extend_past_rest(date(2023, 8, 3), NATIONAL_DAY_2023, working_days=3)
    assert (extension.due, extension.rest_from, extension.provisional) == (date(2023, 8, 3), None, False)


def test_a_run_that_began_in_an_unknown_year_is_not_provisional_for_that():
    years = OfficialYears({date(2028, 1, n): OfficialDay(True, "元旦") for n in (1, 2, 3)}, frozenset({2028}))
    assert not extend_past_rest(date(2028, 1, 3), years, working_days=3).provisional


def test_a_run_into_an_unknown_year_is_provisional():
    years = OfficialYears({date(2026, 12, n): OfficialDay(True) for n in range(28, 32)}, frozenset({2026}))
    assert extend_past_rest(date(2026, 12, 28), years, working_days=1).provisional

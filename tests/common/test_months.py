from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.months import Month

months = st.builds(Month, st.integers(1995, 2095), st.integers(1, 12))


@pytest.mark.parametrize("text", ["2023-13", "2023-00", "2023-9", "202309", "", "二〇二三", "1800-01", "2023-09-01"])
def test_what_is_no_month_is_refused_in_chinese(text):
    with pytest.raises(ValueError, match="月份"):
        Month.parse(text)


def test_ends_of_a_leap_february():
    assert (Month(2024, 2).first, Month(2024, 2).last) == (date(2024, 2, 1), date(2024, 2, 29))


@given(months)
def test_text_and_number_read_back(month):
    assert Month.parse(str(month)) == Month.from_int(int(month)) == Month.of(month.last) == month


@given(months, st.integers(-48, 48))
def test_adding_and_taking_away_months_is_exact(month, count):
    assert (month + count) - count == month


@given(months, st.integers(0, 30))
def test_a_run_of_months_is_ordered_and_whole(month, count):
    run = list(month.until(month + count))
    assert run == sorted(run)
    assert len(run) == count + 1


def test_a_month_does_not_change():
    with pytest.raises(AttributeError):
        Month(2023, 9).year = 2024

"""Late, at risk, done: milestones judged from facts and one day; and what today's pace leads to (R16). Pure."""

from __future__ import annotations

from datetime import date

import pytest

from stations.milestones import Standing, first_day_with, forecast, judge, standing_on

DUE = date(2023, 12, 31)


@pytest.mark.parametrize(
    ("done_on", "today", "standing"),
    [
        (None, date(2023, 6, 1), Standing.OPEN),
        (None, date(2023, 12, 1), Standing.AT_RISK),
        (None, DUE, Standing.AT_RISK),
        (None, date(2024, 1, 1), Standing.LATE),
        (DUE, date(2024, 1, 1), Standing.DONE),
        (date(2024, 1, 1), date(2024, 1, 5), Standing.DONE_LATE),
        (date(2024, 1, 5), date(2024, 1, 1), Standing.LATE),
    ],
)
def test_a_step_stands_by_its_dates(done_on, today, standing):
    assert judge(due_on=DUE, done_on=done_on, today=today) == standing


def test_a_counted_milestone_is_at_risk_when_the_pace_is_too_slow():
    on = date(2023, 7, 1)
    slow = forecast(built=40, target=118, lately=12, on=on, due=DUE)
    fast = forecast(built=40, target=118, lately=90, on=on, due=DUE)
    assert [judge(due_on=DUE, done_on=None, today=on, ahead=ahead) for ahead in (slow, fast)] == [
        Standing.AT_RISK, Standing.OPEN,
    ]  # fmt: skip


def test_the_pace_is_the_mean_of_six_months():
    ahead = forecast(built=40, target=100, lately=30, on=date(2023, 7, 1), due=DUE)
    assert ahead.per_month == 5
    assert ahead.by_due == 70  # 183 days are 6.01 months
    assert ahead.reached_on.replace(day=1) == date(2024, 7, 1)
    assert not ahead.enough


def test_without_building_the_target_is_never_reached():
    ahead = forecast(built=40, target=118, lately=0, on=date(2023, 7, 1), due=DUE)
    assert (ahead.by_due, ahead.reached_on) == (40, None)


def test_a_reached_target_is_reached_today():
    ahead = forecast(built=118, target=118, lately=0, on=DUE, due=DUE)
    assert (ahead.enough, ahead.reached_on) == (True, DUE)


def test_after_the_due_date_nothing_is_added():
    assert forecast(built=40, target=118, lately=60, on=date(2024, 2, 1), due=DUE).by_due == 40


LIVES = [(date(2023, 3, 1), None), (date(2023, 5, 1), date(2023, 6, 1)), (date(2023, 8, 1), None)]


@pytest.mark.parametrize(("count", "day"), [(1, date(2023, 3, 1)), (2, date(2023, 5, 1)), (3, None), (4, None)])
def test_the_first_day_counts_what_stood_together(count, day):
    assert first_day_with(LIVES, count, DUE) == day


def test_what_lies_ahead_is_not_reached_yet():
    assert first_day_with(LIVES, 1, date(2023, 2, 28)) is None
    assert first_day_with([(date(2023, 3, 1), date(2023, 3, 1))], 1, DUE) is None


def test_the_number_on_a_day_leaves_out_what_closed():
    assert [standing_on(LIVES, day) for day in (date(2023, 5, 31), date(2023, 6, 1), DUE)] == [2, 1, 2]

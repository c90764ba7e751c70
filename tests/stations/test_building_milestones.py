"""Late, at risk, done: milestones judged from facts and one day; and what today's pace leads to (R16). Pure."""

from __future__ import annotations

from datetime import date

import pytest

from stations.milestones import Standing, enough_since, forecast, judge, standing_on

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


@pytest.mark.parametrize(
    ("count", "today", "since"),
    [
        (1, DUE, date(2023, 3, 1)),
        (2, date(2023, 5, 31), date(2023, 5, 1)),
        (2, date(2023, 6, 30), None),  # one of the two has closed
        (2, DUE, date(2023, 8, 1)),
        (3, DUE, None),
        (1, date(2023, 2, 28), None),
    ],
)
def test_before_the_due_date_what_stands_today_counts(count, today, since):
    assert enough_since(LIVES, count, due=DUE, today=today) == since


def test_what_closes_after_the_due_date_undoes_nothing():
    lives = [(date(2023, 3, 1), date(2024, 7, 1))]
    assert enough_since(lives, 1, due=DUE, today=date(2026, 1, 1)) == date(2023, 3, 1)


def test_what_stood_long_before_the_due_date_does_not_count():
    lives = [(date(2021, 3, 1), date(2023, 7, 1))]
    assert enough_since(lives, 1, due=DUE, today=date(2026, 1, 1)) is None


def test_the_first_day_after_the_due_date_is_late():
    assert enough_since(LIVES, 2, due=date(2023, 7, 1), today=DUE) == date(2023, 8, 1)


def test_a_thing_of_no_day_never_stands():
    day = date(2023, 3, 1)
    assert enough_since([(day, day)], 1, due=DUE, today=DUE) is None


def test_the_number_on_a_day_leaves_out_what_closed():
    assert [standing_on(LIVES, day) for day in (date(2023, 5, 31), date(2023, 6, 1), DUE)] == [2, 1, 2]

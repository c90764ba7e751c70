"""What stations and workers counted as on a day: the words that lists and figures share."""

from datetime import date

import pytest

from common.months import Month
from stations.actions import edit_station
from stations.models import (
    BasicsFilter,
    Dimension,
    Station,
    StationPosting,
    StationState,
    StationStatus,
    StatusSpell,
    month_end,
)
from tests.dimensions import record_dimension
from tests.stations.conftest import advance
from tests.stations.test_station_actions import ALL_FOUR

S = StationStatus
EVER = {StationState.COMPLETED, StationState.ACCEPTED, StationState.SIGN_HUNG}
SUSPENDED_ON, CLOSED_ON = date(2023, 11, 10), date(2023, 11, 25)


@pytest.fixture
def whole_life(operating) -> Station:
    """Planned 06-01, building 07-01, completed 10-02, accepted 10-06, sign and operating 10-09, suspended 11-10, closed
    11-25."""
    advance(operating, (S.SUSPENDED, SUSPENDED_ON), (S.CLOSED, CLOSED_ON))
    return operating


def states_on(station, day):
    """All but NEW, which has its own test."""
    every = set(StationState) - {StationState.NEW}
    return {state for state in every if Station.objects.state_at(state, day).filter(pk=station.pk).exists()}


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (date(2023, 5, 31), set()),
        (date(2023, 6, 1), {StationState.PLANNED}),
        (date(2023, 7, 1), {StationState.BUILDING}),
        (date(2023, 10, 1), {StationState.BUILDING}),
        (date(2023, 10, 2), {StationState.COMPLETED, StationState.NOT_ACCEPTED, StationState.NOT_HUNG}),
        (date(2023, 10, 6), {StationState.COMPLETED, StationState.ACCEPTED, StationState.NOT_HUNG}),
        (date(2023, 10, 9), {*EVER, StationState.OPERATING}),
        (SUSPENDED_ON, {*EVER, StationState.SUSPENDED}),
        (CLOSED_ON, {StationState.CLOSED}),
        (date(2023, 12, 5), {StationState.CLOSED}),
    ],
)
def test_a_station_counts_by_its_statuses_on_the_day(whole_life, day, states):
    assert states_on(whole_life, day) == states


def test_a_station_is_new_in_the_year_of_its_completion_only(whole_life):
    new = [
        Station.objects.state_at(StationState.NEW, day).filter(pk=whole_life.pk).exists()
        for day in (date(2023, 10, 1), date(2023, 10, 2), SUSPENDED_ON, CLOSED_ON, date(2024, 1, 1))
    ]
    assert new == [False, True, True, False, False]


def test_a_hung_sign_without_operation_is_found(planned):
    day = date(2023, 8, 1)
    advance(planned, (S.BUILDING, day), (S.COMPLETED, day), (S.ACCEPTED, day), (S.SIGN_HUNG, day))
    assert states_on(planned, day) == {*EVER, StationState.NOT_OPERATING}


def test_a_status_of_no_day_never_holds(operating):
    hung = StatusSpell.objects.get(station=operating, status=S.SIGN_HUNG)
    assert hung.starts_on == hung.ends_on
    assert not StatusSpell.objects.at(hung.starts_on).filter(pk=hung.pk).exists()


def test_a_month_is_seen_at_its_end_and_the_running_one_today():
    assert month_end(Month(2023, 10)) == date(2023, 10, 31)
    assert month_end(Month(2023, 12)) == date(2023, 12, 5)
    assert month_end(Month(2024, 1)) == date(2023, 12, 5)


def basics_on(station, day):
    return {word for word in BasicsFilter if Station.objects.basics(word, day).filter(pk=station.pk).exists()}


def test_basics_that_are_not_entered_are_late_after_their_due_date(operating):
    """Due on 2023-10-09."""
    assert basics_on(operating, date(2023, 10, 8)) == set()
    assert basics_on(operating, date(2023, 10, 31)) == {BasicsFilter.DUE, BasicsFilter.LATE}


def test_basics_entered_after_the_due_date_stay_late(operating):
    edit_station(by=None, station=operating, **ALL_FOUR)
    assert basics_on(operating, date(2023, 10, 31)) == {BasicsFilter.DUE, BasicsFilter.LATE}


def test_the_whole_due_day_is_still_in_time(operating, time_machine):
    time_machine.move_to("2023-10-09T23:00:00+08:00")
    assert basics_on(operating, date(2023, 10, 9)) == set()
    edit_station(by=None, station=operating, **ALL_FOUR)
    assert basics_on(operating, date(2023, 10, 9)) == {BasicsFilter.DUE, BasicsFilter.ON_TIME}
    time_machine.move_to("2023-10-10T00:30:00+08:00")
    assert basics_on(operating, date(2023, 10, 10)) == {BasicsFilter.DUE, BasicsFilter.ON_TIME}


def test_basics_of_a_closed_station_are_not_due(whole_life):
    assert basics_on(whole_life, date(2023, 11, 24)) == {BasicsFilter.DUE, BasicsFilter.LATE}
    assert basics_on(whole_life, CLOSED_ON) == set()


def dimension(station, day, *, met):
    return Station.objects.dimension_at(Dimension.SIGNAGE, day, met=met).filter(pk=station.pk).exists()


def test_a_dimension_is_met_until_the_next_check(operating):
    record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 10, 20))
    record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=False, on=date(2023, 11, 20))
    assert [dimension(operating, date(2023, 10, 19), met=met) for met in (True, False)] == [False, True]
    assert [dimension(operating, date(2023, 11, 19), met=met) for met in (True, False)] == [True, False]
    assert [dimension(operating, date(2023, 11, 20), met=met) for met in (True, False)] == [False, True]


def test_a_station_that_is_not_completed_neither_meets_nor_fails(planned):
    record_dimension(by=None, station=planned, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 7, 1))
    assert [dimension(planned, date(2023, 8, 1), met=met) for met in (True, False)] == [False, False]


def test_a_posting_holds_from_its_first_day_and_not_on_its_last(operating, worker):
    StationPosting.objects.create(
        worker=worker, station=operating, starts_on=date(2023, 10, 9), ends_on=date(2023, 11, 1)
    )
    days = [date(2023, 10, 8), date(2023, 10, 9), date(2023, 10, 31), date(2023, 11, 1)]
    assert [StationPosting.objects.at(day).exists() for day in days] == [False, True, True, False]

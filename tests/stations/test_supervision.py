"""Supervisors of stations."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from stations.actions import (
    assign_supervisor,
    create_worker,
    employ,
    end_supervision,
    leave,
    withdraw_supervision,
)
from stations.models import EmployerKind, LeavingReason, StaleMonth, SupervisorAssignment, Worker
from tests.stations.conftest import errors_of

START = date(2023, 10, 9)


@pytest.fixture
def stations(world):
    return [world.station(), world.station("锦纶街道社工站")]


@pytest.fixture
def second(world):
    return create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")


def open_leads(station):
    return [str(row.supervisor) for row in SupervisorAssignment.objects.current().filter(station=station, lead=True)]


def test_a_worker_supervises_several_stations(world, worker, stations):
    rows = assign_supervisor(by=world.county, stations=stations, worker=worker, lead=True, on=START)
    assert [row.station for row in rows] == sorted(stations, key=lambda station: station.pk)


def test_a_user_may_supervise_too(world, stations):
    assign_supervisor(by=world.county, stations=stations, user=world.county, lead=False, on=START)
    assert SupervisorAssignment.objects.filter(user=world.county, worker=None).count() == 2


def test_a_new_lead_takes_the_place_of_the_one_before(worker, second, stations):
    assign_supervisor(by=None, stations=stations, worker=worker, lead=True, on=START)
    assign_supervisor(by=None, stations=stations[:1], worker=second, lead=True, on=date(2023, 11, 1))
    assert open_leads(stations[0]) == ["李娜（演示）"]
    assert open_leads(stations[1]) == ["张伟（演示）"]
    assert SupervisorAssignment.objects.get(station=stations[0], worker=worker).ends_on == date(2023, 11, 1)


def test_beside_the_lead_others_may_supervise(worker, second, stations):
    assign_supervisor(by=None, stations=stations[:1], worker=worker, lead=True, on=START)
    assign_supervisor(by=None, stations=stations[:1], worker=second, lead=False, on=START)
    assert SupervisorAssignment.objects.current().filter(station=stations[0]).count() == 2


def test_one_wrong_station_and_nothing_is_saved(worker, stations):
    assign_supervisor(by=None, stations=stations[1:], worker=worker, lead=False, on=START)
    with pytest.raises(ValidationError) as caught:
        assign_supervisor(by=None, stations=stations, worker=worker, lead=True, on=date(2023, 11, 1))
    assert "已是锦纶街道社工站的督导" in errors_of(caught)["stations"][0]
    assert SupervisorAssignment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"worker": None}, "worker"),
        ({"stations": []}, "stations"),
        ({"on": date(2023, 12, 6)}, "on"),
        ({"on": None}, "on"),
    ],
)
def test_a_wrong_assignment_is_refused(worker, stations, fields, field):
    values = {"stations": stations, "worker": worker, "lead": True, "on": START, **fields}
    with pytest.raises(ValidationError) as caught:
        assign_supervisor(by=None, **values)
    assert field in errors_of(caught)
    assert not SupervisorAssignment.objects.exists()


def test_a_lead_does_not_begin_before_the_last_one(worker, second, stations):
    assign_supervisor(by=None, stations=stations[:1], worker=worker, lead=True, on=START)
    with pytest.raises(ValidationError) as caught:
        assign_supervisor(by=None, stations=stations[:1], worker=second, lead=True, on=date(2023, 10, 8))
    assert "上一任主责督导的日期（2023-10-09）" in errors_of(caught)["on"][0]


def test_a_supervision_ends_once(world, worker, stations):
    (row,) = assign_supervisor(by=None, stations=stations[:1], worker=worker, lead=True, on=START)
    end_supervision(by=world.county, assignment=row, on=date(2023, 11, 1))
    with pytest.raises(ValidationError, match="已于 2023-11-01 结束"):
        end_supervision(by=world.county, assignment=row, on=date(2023, 11, 2))


def test_a_lead_taken_back_gives_its_place_to_the_one_before(world, worker, second, stations):
    assign_supervisor(by=None, stations=stations[:1], worker=worker, lead=True, on=START)
    assign_supervisor(by=None, stations=stations[:1], worker=second, lead=True, on=date(2023, 11, 1))
    withdraw_supervision(by=world.county, station=stations[0], reason="登记有误")
    assert open_leads(stations[0]) == ["张伟（演示）"]


def test_supervision_that_is_taken_back_or_ends_by_leaving_is_counted_again(world, worker, stations):
    assign_supervisor(by=None, stations=stations, worker=worker, lead=True, on=START)
    employ(
        by=None,
        worker=worker,
        employer_kind=EmployerKind.TOWNSHIP,
        employer_name="北关街道办事处",
        full_time=True,
        on=START,
    )
    StaleMonth.objects.all().delete()
    withdraw_supervision(by=None, station=stations[0], reason="登记有误")
    assert StaleMonth.objects.filter(unit=stations[0].pk).count() == 3  # October to December
    leave(by=None, worker=worker, on=date(2023, 11, 1), reason=LeavingReason.RESIGNED)
    assert StaleMonth.objects.filter(unit=stations[1].pk).count() == 2


def test_the_database_allows_one_lead(worker, second, stations):
    assign_supervisor(by=None, stations=stations[:1], worker=worker, lead=True, on=START)
    with pytest.raises(IntegrityError):
        SupervisorAssignment.objects.create(station=stations[0], worker=second, lead=True, starts_on=START)


def test_the_database_asks_for_one_of_worker_and_user(world, worker, stations):
    with pytest.raises(IntegrityError):
        SupervisorAssignment.objects.create(
            station=stations[0], worker=worker, user=world.county, lead=False, starts_on=START
        )


def test_workers_of_a_supervisor_are_those_at_the_stations(world, worker, second, stations):
    second.postings.create(station=stations[0], starts_on=date(2023, 9, 5))
    assign_supervisor(by=None, stations=stations, worker=worker, lead=True, on=START)
    assert list(Worker.objects.supervised_by(START, worker=worker.pk)) == [second]
    assert not Worker.objects.supervised_by(date(2023, 10, 8), worker=worker.pk).exists()
    assert not Worker.objects.supervised_by(START, user=world.county.pk).exists()


def test_the_list_of_supervisors_sorts_by_name_and_stations(world, worker, second, stations, sign_in):
    assign_supervisor(by=None, stations=stations, worker=worker, lead=True, on=START)
    assign_supervisor(by=None, stations=stations[:1], worker=second, lead=False, on=START)
    client = sign_in(world.city)
    for sort, first in (("stations", second), ("-stations", worker)):
        response = client.get(reverse("supervisor_list"), {"sort": sort})
        assert response.context["page"][0].name == first.name

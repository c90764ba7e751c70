"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from stations.actions import (
    apply_for_title,
    create_station,
    create_worker,
    decide_title,
    employ,
    post_worker,
    record_status,
    save_plan,
)
from stations.models import (
    Acceptance,
    Dimension,
    DimensionState,
    EmployerKind,
    Employment,
    Station,
    StationKind,
    StationPosting,
    StationStatus,
    StatusSpell,
    Worker,
)
from tests.dimensions import record_dimension
from tests.stations.conftest import OTHER_ID_NUMBER, accept, advance
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]
S = StationStatus


def refused(results: list[Any]) -> list[ValidationError]:
    """The acts that were refused; anything else that went wrong is raised."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ValidationError):
            raise result
    return [result for result in results if isinstance(result, ValidationError)]


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_statuses_at_once_the_second_is_told(operating, attempt):
    seen = StatusSpell.objects.current().get(station=operating).pk

    def record(status: StationStatus) -> Any:
        return record_status(by=None, station=operating, status=status, on=date(2023, 11, 20), expected=seen)

    (error,) = refused(together(lambda: record(S.SUSPENDED), lambda: record(S.CLOSED)))
    assert "他人刚刚" in error.messages[0]
    assert StatusSpell.objects.current().filter(station=operating).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_acceptances_at_once_one_is_recorded_and_the_other_told(planned, attempt):
    advance(planned, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 8, 1)))
    fails = {"passed": False, "comments": "整改", "correct_by": date(2023, 9, 1)}

    def hold(**fields: Any) -> Any:
        return accept(planned, date(2023, 8, 10), expected=1, **fields)

    (error,) = refused(together(hold, lambda: hold(**fails)))
    assert "他人刚刚登记了第 1 轮验收" in error.messages[0]
    assert Acceptance.objects.filter(station=planned).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_decisions_about_a_title_one_counts(planned, attempt):
    Station.objects.filter(pk=planned.pk).update(kind=StationKind.ROOM, completed_on=date(2023, 8, 1))
    planned.refresh_from_db()
    title = apply_for_title(by=None, room=planned, year=2023, on=date(2023, 9, 1), statement="申请")

    def decide(granted: bool) -> Any:
        return decide_title(by=None, title=title, granted=granted, on=date(2023, 9, 2), comment="意见")

    (error,) = refused(together(lambda: decide(True), lambda: decide(False)))
    assert "他人刚刚评定为" in error.messages[0]


@pytest.mark.parametrize("attempt", range(5))
def test_a_county_gets_one_plan_a_year_however_many_make_it(world, rules, attempt):
    def plan(title: str) -> Any:
        return save_plan(by=None, unit=world.units["榆次区"], year=2023, title=title)

    (error,) = refused(together(lambda: plan("甲"), lambda: plan("乙")))
    assert "已有 2023 年的建设计划" in error.message_dict["year"][0]


@pytest.mark.parametrize("attempt", range(5))
def test_two_checks_of_one_day_follow_each_other(operating, attempt):
    def check(met: bool) -> Any:
        return record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=met, on=date(2023, 11, 20))

    assert refused(together(lambda: check(True), lambda: check(False))) == []
    assert DimensionState.objects.current().filter(station=operating).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_township_gets_one_station_however_many_create_it(township, attempt):
    def create(name: str) -> Any:
        return create_station(
            by=None, township=township, name=name, kind=StationKind.STATION, started_on=date(2023, 6, 1)
        )

    assert len(refused(together(lambda: create("甲站"), lambda: create("乙站")))) == 1
    assert Station.objects.filter(unit__parent=township).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_one_identity_number_makes_one_worker(world, attempt):
    def create(name: str) -> Any:
        return create_worker(by=world.county, unit=world.units["榆次区"], name=name, id_number=OTHER_ID_NUMBER)

    (error,) = refused(together(lambda: create("甲"), lambda: create("乙")))
    assert "不能重复建档" in error.messages[0]
    assert Worker.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_postings_at_once_do_not_overlap(world, worker, attempt):
    stations = [world.station(), world.station("锦纶街道社工站")]

    def post(station: Station) -> Any:
        return post_worker(by=None, worker=worker, station=station, on=date(2023, 11, 20))

    refused(together(*[lambda station=station: post(station) for station in stations]))
    assert StationPosting.objects.at(date(2023, 11, 20)).filter(worker=worker).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_employments_at_once_do_not_overlap(worker, attempt):
    def hire(name: str) -> Any:
        return employ(
            by=None,
            worker=worker,
            employer_kind=EmployerKind.AGENCY,
            employer_name=name,
            full_time=True,
            on=date(2023, 11, 20),
        )

    refused(together(lambda: hire("甲"), lambda: hire("乙")))
    assert Employment.objects.at(date(2023, 11, 20)).filter(worker=worker).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_nobody_stays_posted_to_a_station_that_closes_at_the_same_moment(world, operating, worker, attempt):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    elsewhere = world.station()
    results = together(
        lambda: record_status(by=None, station=operating, status=S.CLOSED, on=date(2023, 11, 20)),
        lambda: post_worker(by=None, worker=worker, station=elsewhere, on=date(2023, 11, 20)),
    )
    assert refused(results) == []
    (posting,) = StationPosting.objects.current().filter(worker=worker)
    assert posting.station == elsewhere
    assert StationPosting.objects.at(date(2023, 11, 20)).filter(worker=worker).count() == 1

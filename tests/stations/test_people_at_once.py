"""Two people act on the same worker, certificate or station at the same moment: PostgreSQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from stations.actions import (
    add_certificate,
    assign_supervisor,
    create_worker,
    evaluate_worker,
    leave,
    post_worker,
    record_training,
    renew_certificate,
    set_attendance,
)
from stations.models import (
    CertificateLevel,
    Grade,
    LeavingReason,
    Renewal,
    StationPosting,
    SupervisorAssignment,
    TrainingKind,
    Worker,
    WorkerEvaluation,
)
from tests.stations.test_concurrency import refused
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]
DAY = date(2023, 11, 20)
attempts = pytest.mark.parametrize("attempt", range(5))


@pytest.fixture
def posted(world, worker) -> StationPosting:
    return post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))


@attempts
def test_of_two_transfers_of_one_worker_the_second_is_told(world, worker, posted, attempt):
    def transfer(name: str) -> Any:
        return post_worker(by=None, worker=worker, station=world.station(name), on=DAY, expected=posted.pk)

    (error,) = refused(together(lambda: transfer("锦纶街道社工站"), lambda: transfer("明星镇社工站")))
    assert "他人刚刚把该社工派驻到" in error.messages[0]
    assert StationPosting.objects.current().filter(worker=worker).count() == 1
    assert StationPosting.objects.filter(worker=worker).count() == 2


@attempts
def test_who_leaves_is_not_transferred_at_the_same_moment(world, worker, posted, attempt):
    results = together(
        lambda: leave(by=None, worker=worker, on=DAY, reason=LeavingReason.RESIGNED),
        lambda: post_worker(
            by=None, worker=worker, station=world.station("锦纶街道社工站"), on=DAY, expected=posted.pk
        ),
    )
    refused(results)
    standing = StationPosting.objects.at(DAY).filter(worker=worker).count()
    assert standing == (0 if not isinstance(results[0], Exception) else 1)


@attempts
def test_a_certificate_is_registered_again_once(worker, attempt):
    end = date(2023, 8, 31)
    certificate = add_certificate(
        by=None, worker=worker, level=CertificateLevel.ASSISTANT, number="SW2020000001", issued_on=date(2020, 9, 1),
        valid_until=end,
    )  # fmt: skip

    def renew(year: int) -> Any:
        return renew_certificate(
            by=None, certificate=certificate, registered_on=DAY, valid_until=date(year, 11, 19), expected=end
        )

    (error,) = refused(together(lambda: renew(2026), lambda: renew(2027)))
    assert "他人刚刚" in error.messages[0]
    assert Renewal.objects.count() == 1


@attempts
def test_a_station_gets_one_lead_supervisor(world, worker, attempt):
    other = create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")
    stations = [world.station(), world.station("锦纶街道社工站")]

    def lead(person: Worker, ordered: list[Any]) -> Any:
        return assign_supervisor(by=None, stations=ordered, worker=person, lead=True, on=DAY)

    assert refused(together(lambda: lead(worker, stations), lambda: lead(other, stations[::-1]))) == []
    leads = SupervisorAssignment.objects.current().filter(lead=True)
    assert sorted(leads.values_list("station", flat=True)) == sorted(station.pk for station in stations)
    assert leads.values("worker").distinct().count() == 1


@attempts
def test_a_year_is_evaluated_once(worker, posted, attempt):
    def evaluate(grade: Grade) -> Any:
        return evaluate_worker(by=None, worker=worker, year=2023, grade=grade, evaluator="区民政局", on=DAY)

    (error,) = refused(together(lambda: evaluate(Grade.GOOD), lambda: evaluate(Grade.EXCELLENT)))
    assert "已有 2023 年度考核" in error.messages[0]
    assert WorkerEvaluation.objects.count() == 1


@attempts
def test_two_who_tick_at_once_keep_both_ticks(world, worker, attempt):
    other = create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")
    training = record_training(
        by=None, unit=world.units["榆次区"], topic="个案", kind=TrainingKind.SKILLS, organiser="区民政局", place="",
        held_from=DAY, held_to=DAY, hours=Decimal(6), note="",
    )  # fmt: skip
    results = together(
        lambda: set_attendance(by=None, training=training, hours={worker: ""}),
        lambda: set_attendance(by=None, training=training, hours={other: ""}),
    )
    assert refused(results) == []
    assert training.attendances.count() == 2

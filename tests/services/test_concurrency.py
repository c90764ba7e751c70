"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from common.months import Month
from services.actions import MonthLocked, correct_service, lock_month, review_service
from services.models import MonthLock, ReviewState, ServiceRecord
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]

OCTOBER = Month(2026, 10)


@pytest.mark.parametrize("attempt", range(5))
def test_one_submit_sent_twice_at_once_makes_one_record(log, attempt):
    client_id = uuid.uuid4()
    first, second = together(lambda: log(client_id=client_id), lambda: log(client_id=client_id))
    assert first == second
    assert ServiceRecord.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_one_id_sent_at_once_for_two_stations_makes_one_record(log, world, team, attempt):
    client_id = uuid.uuid4()
    jinlun = world.station("锦纶街道社工站")
    results = together(
        lambda: log(client_id=client_id), lambda: log(client_id=client_id, station=jinlun, workers=[team.chen])
    )
    assert sorted(type(result) for result in results if isinstance(result, ValidationError)) == [ValidationError]
    assert ServiceRecord.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_service_logged_while_the_month_is_locked_is_either_before_the_lock_or_refused(log, world, attempt):
    station = world.station()
    at_lock: list[int] = []

    def lock() -> None:
        with transaction.atomic():
            lock_month(by=None, station=station, month=OCTOBER, reason="月报已上报")
            at_lock.append(ServiceRecord.objects.filter(station=station, month=OCTOBER).count())

    results = together(log, lock, log)
    refused = [result for result in results if isinstance(result, MonthLocked)]
    assert not [result for result in results if isinstance(result, Exception) and result not in refused]
    assert at_lock == [ServiceRecord.objects.count()]
    assert ServiceRecord.objects.count() == 2 - len(refused)


def test_a_service_waits_for_a_lock_that_is_being_written_and_is_refused(log, world):
    station = world.station()
    held, release = threading.Event(), threading.Event()

    def lock() -> None:
        with transaction.atomic():
            lock_month(by=None, station=station, month=OCTOBER, reason="月报已上报")
            held.set()
            release.wait(timeout=10)

    def late_log() -> Any:
        held.wait(timeout=10)
        threading.Timer(0.3, release.set).start()
        return log()

    _, result = together(lock, late_log)
    assert isinstance(result, MonthLocked)
    assert not ServiceRecord.objects.exists()


def test_two_locks_at_once_are_one(world):
    station = world.station()
    first, second = together(*[lambda: lock_month(by=None, station=station, month=OCTOBER, reason="月报已上报")] * 2)
    assert first == second
    assert MonthLock.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_a_correction_does_not_undo_a_review_of_the_same_moment(log, world, attempt):
    record = log()
    results = together(
        lambda: correct_service(by=world.worker, record=record, reason="人次填错", contacts=4),
        lambda: review_service(by=world.township, record=record, state=ReviewState.ACCEPTED),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    record.refresh_from_db()
    assert record.contacts == 4
    assert record.review_state == record.reviews.latest("pk").state

"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from clients.models import Client
from common.months import Month
from services.actions import MonthLocked, correct_service, lock_month, review_service
from services.models import MonthLock, ReviewState, ServiceRecord
from tests.clients.make import make_client
from tests.together import together
from visits.models import Visit

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


def test_a_correction_takes_old_and_new_files_in_the_order_of_their_keys(log, world):
    """It waits for the first file without holding a later one that a planner, who holds the first, asks for next."""
    low, high = (make_client(world.station(), name, level=3) for name in ("演示甲", "演示乙"))
    record = log(clients=[low])
    assert Visit.objects.filter(record=record, client=low).exists()  # so that the visits' room locks the old file too
    held, free = threading.Event(), []

    def plan_both() -> None:
        with transaction.atomic():
            list(Client.objects.filter(pk=low.pk).select_for_update())
            held.set()
            time.sleep(1)
            try:
                with transaction.atomic():
                    free.extend(Client.objects.filter(pk=high.pk).select_for_update(nowait=True))
            except OperationalError:
                pass

    def correct() -> Any:
        held.wait(timeout=10)
        return correct_service(by=world.worker, record=record, reason="选错了人", clients=[high])

    _, result = together(plan_both, correct)
    assert free == [high]
    assert isinstance(result, ServiceRecord)

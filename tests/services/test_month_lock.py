"""The lock of a month: nothing moves while its report is with the county."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from services.actions import MonthLocked, correct_service, lock_month, unlock_month, void_service
from services.models import MonthLock, ServiceRecord
from tests.services.conftest import NOW, OCTOBER, SEPTEMBER, TODAY

LOCKED = "2026年10月已上报锁定，如需修改请联系县级民政部门退回月报"


def test_a_locked_month_refuses_every_change(log, world):
    record = log()
    lock_month(by=None, station=record.station, month=OCTOBER, reason="月报已上报")
    for act in (
        log,
        lambda: correct_service(by=world.worker, record=record, reason="更正", contacts=5, now=NOW),
        lambda: void_service(by=world.worker, record=record, reason="作废"),
    ):
        with pytest.raises(MonthLocked) as caught:
            act()
        assert caught.value.messages == [LOCKED]


def test_a_record_can_be_moved_neither_into_nor_out_of_a_locked_month(log, world):
    inside, outside = log(), log(starts_on=date(2026, 9, 10), ends_on=date(2026, 9, 10))
    lock_month(by=None, station=inside.station, month=SEPTEMBER, reason="月报已上报")
    for record, day in ((inside, date(2026, 9, 30)), (outside, date(2026, 10, 1))):
        with pytest.raises(MonthLocked):
            correct_service(by=world.worker, record=record, reason="日期写错", starts_on=day, ends_on=day, now=NOW)


def test_a_lock_holds_for_its_station_and_month_only(log, world, team):
    lock_month(by=None, station=world.station(), month=SEPTEMBER, reason="月报已上报")
    assert log()
    assert log(station=world.station("锦纶街道社工站"), workers=[team.chen], starts_on=date(2026, 9, 1), ends_on=TODAY)


def test_locking_twice_keeps_the_first_lock_and_unlocking_opens_the_month(log, world):
    station = world.station()
    lock_month(by=None, station=station, month=OCTOBER, reason="月报已上报")
    lock_month(by=None, station=station, month=OCTOBER, reason="再次上报")
    assert MonthLock.objects.get().reason == "月报已上报"
    unlock_month(by=None, station=station, month=OCTOBER, reason="月报已退回")
    unlock_month(by=None, station=station, month=OCTOBER, reason="月报已退回")
    assert log()


def test_locking_and_opening_a_month_leave_an_event_each_with_who_and_why(log, world):
    station = world.station()
    lock_month(by=world.township, station=station, month=OCTOBER, reason="月报已上报")
    lock_month(by=world.township, station=station, month=OCTOBER, reason="再次上报")
    unlock_month(by=world.county, station=station, month=OCTOBER, reason="月报已退回")
    unlock_month(by=world.county, station=station, month=OCTOBER, reason="月报已退回")
    events = AuditEvent.objects.filter(target_type="services.monthlock").order_by("id")
    assert list(events.values_list("verb", "actor", "reason", "path")) == [
        ("锁定月份", world.township.pk, "月报已上报", station.unit.path),
        ("开放月份", world.county.pk, "月报已退回", station.unit.path),
    ]


def test_a_repeat_of_what_was_saved_before_the_lock_is_still_answered(log, world):
    record = log()
    lock_month(by=None, station=record.station, month=OCTOBER, reason="月报已上报")
    assert log(client_id=record.client_id) == record


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["log", "lock", "unlock", "correct", "void"]), max_size=10))
def test_whatever_the_order_nothing_moves_while_the_month_is_locked(log, world, steps):
    station, locked = world.station(), False
    unlock_month(by=None, station=station, month=OCTOBER, reason="月报已退回")
    record = log()

    def standing() -> list[tuple]:
        rows = ServiceRecord.objects.filter(station=station, month=OCTOBER).order_by("pk")
        return list(rows.values_list("pk", "contacts", "voided_at"))

    for number, step in enumerate(steps):
        before = standing()
        try:
            match step:
                case "log":
                    record = log()
                case "lock":
                    lock_month(by=None, station=station, month=OCTOBER, reason="月报已上报")
                    locked = True
                case "unlock":
                    unlock_month(by=None, station=station, month=OCTOBER, reason="月报已退回")
                    locked = False
                case "correct":
                    record = correct_service(by=None, record=record, reason="更正", contacts=10 + number, now=NOW)
                case "void":
                    void_service(by=None, record=record, reason="作废")
        except MonthLocked:
            assert locked
        except ValidationError:
            pass
        if locked:
            assert standing() == before

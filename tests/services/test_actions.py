"""Logging, correcting and voiding a service; the lock of a month."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from common.months import Month
from services.actions import MonthLocked, correct_service, lock_month, log_service, unlock_month, void_service
from services.models import MonthLock, ServiceRecord
from stations.models import StaleMonth, StationPosting, StationStatus, StatusSpell
from stations.stale import months_since
from tests.services.conftest import NOW, SHANGHAI, TODAY, facts

OCTOBER = Month(2026, 10)
SEPTEMBER = Month(2026, 9)


def since(month: Month) -> set[str]:
    """That month and all until the running one: promises of contracts are counted to date."""
    return {str(later) for later in months_since(month.first)}


def stale_months(station) -> set[str]:
    return {str(month) for month in StaleMonth.objects.filter(unit_id=station.pk).values_list("month", flat=True)}


def problems(act, **arguments) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        act(**arguments)
    return caught.value.message_dict


# ---- logging --------------------------------------------------------------------------------------------------------


def test_a_logged_service_is_kept_with_its_workers_and_month(log, team, world):
    record = log(workers=[team.zhang, team.liu, team.zhang], starts_on=date(2026, 9, 30))
    assert record.month == SEPTEMBER
    assert not record.administrative
    assert set(record.workers.all()) == {team.zhang, team.liu}
    assert record.entered_at == NOW
    assert record.entered_by == world.worker


def test_entry_on_the_day_after_the_end_is_on_time_with_its_clause(log):
    record = log(starts_on=date(2026, 10, 18), ends_on=date(2026, 10, 19))
    assert record.on_time
    assert record.due_on == TODAY
    assert record.due_reason
    assert record.due_provision.clause == "二(三)"


def test_entry_two_days_after_the_end_is_late(log):
    assert not log(starts_on=date(2026, 10, 18), ends_on=date(2026, 10, 18)).on_time


def test_the_last_minute_of_the_due_day_is_on_time_and_the_next_is_not(log):
    midnight = datetime(2026, 10, 21, 0, 0, tzinfo=SHANGHAI)
    yesterday = {"starts_on": date(2026, 10, 19), "ends_on": date(2026, 10, 19)}
    assert log(now=midnight - timedelta(minutes=1), **yesterday).on_time
    assert not log(now=midnight, **yesterday).on_time


def test_logging_leaves_its_audit_event_and_marks_the_months_since(log, world):
    record = log()
    event = AuditEvent.objects.get(verb="登记服务")
    assert (event.actor, event.path, event.target_id) == (world.worker, record.station.unit.path, str(record.pk))
    assert event.changes["contacts"] == [None, 3]
    assert stale_months(record.station) == since(OCTOBER)


def test_today_is_the_local_day(log):
    early = datetime(2026, 10, 20, 1, 0, tzinfo=SHANGHAI)  # still the 19th in UTC
    assert log(now=early).starts_on == TODAY


def test_a_bad_field_saves_nothing(log):
    with pytest.raises(ValidationError):
        log(contacts=-1)
    assert not ServiceRecord.objects.exists()
    assert not AuditEvent.objects.filter(target_type="services.servicerecord").exists()
    assert not StaleMonth.objects.exists()


def test_a_service_before_the_station_was_completed_is_refused(log):
    with pytest.raises(ValidationError, match="2023-09-01 建成"):
        log(starts_on=date(2023, 8, 31), ends_on=date(2023, 8, 31))


def test_an_unfinished_station_logs_nothing(log, world):
    station = world.station()
    station.completed_on = None
    with pytest.raises(ValidationError, match="尚未建成"):
        log(station=station)


@pytest.mark.parametrize("status", [StationStatus.SUSPENDED, StationStatus.CLOSED])
def test_a_station_that_stands_still_logs_nothing_from_that_day(log, world, status):
    station = world.station()
    station.spells.filter(ends_on=None).update(ends_on=date(2026, 10, 10))
    StatusSpell.objects.create(station=station, status=status, starts_on=date(2026, 10, 10))
    assert log(starts_on=date(2026, 10, 9), ends_on=date(2026, 10, 9))
    with pytest.raises(ValidationError, match=status.label) as caught:
        log(starts_on=date(2026, 10, 9), ends_on=date(2026, 10, 10))
    assert set(caught.value.message_dict) == {"ends_on"}
    with pytest.raises(ValidationError, match=status.label) as caught:
        log()
    assert set(caught.value.message_dict) == {"starts_on"}


def test_a_sign_hung_station_may_log(log, world):
    world.station().spells.filter(ends_on=None).update(status=StationStatus.SIGN_HUNG)
    assert log()


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("none", "请至少选择一名社工"),
        ("chen", "陈（演示）在服务日期不驻本站"),
        ("early", "刘（演示）在服务日期不驻本站"),
    ],
)
def test_workers_must_be_posted_here_on_that_day(log, team, who, words):
    dates = {"starts_on": date(2024, 12, 31), "ends_on": date(2024, 12, 31)} if who == "early" else {}
    workers = {"none": [], "chen": [team.zhang, team.chen], "early": [team.zhang, team.liu]}[who]
    with pytest.raises(ValidationError, match=words):
        log(workers=workers, **dates)


def test_a_worker_who_leaves_serves_until_the_day_before(log, team):
    StationPosting.objects.filter(worker=team.zhang).update(ends_on=TODAY)
    assert log(starts_on=date(2026, 10, 19), ends_on=TODAY)
    with pytest.raises(ValidationError, match="不驻本站"):
        log()


def test_records_of_a_demo_station_are_demo(log, world):
    station = world.station()
    station.is_demo = True
    assert log(station=station).is_demo


# ---- the repeated submit --------------------------------------------------------------------------------------------


def test_a_repeated_submit_makes_one_record(log, world, team):
    record = log()
    again, created = log_service(
        by=world.worker,
        station=world.station(),
        client_id=str(record.client_id),
        workers=[team.zhang],
        **facts(contacts=9),
    )
    assert (again, created) == (record, False)
    assert again.contacts == 3
    assert AuditEvent.objects.filter(verb="登记服务").count() == 1


@pytest.mark.parametrize("other", ["user", "station"])
def test_an_id_in_use_tells_nobody_else_whose_it_is(log, world, team, other):
    record = log()
    with pytest.raises(ValidationError) as caught:
        if other == "user":
            log(client_id=record.client_id, by=world.township)
        else:
            log(client_id=record.client_id, station=world.station("锦纶街道社工站"), workers=[team.chen])
    assert caught.value.message_dict == {"client_id": ["提交编号已被使用，请刷新页面后重新填写"]}


def test_an_id_that_appears_between_look_and_save_is_found(log, world, team, monkeypatch):
    record = log()
    found = ServiceRecord.objects.filter
    looks = []

    def blind_at_first(*args, **kwargs):
        looks.append(kwargs)
        return found(pk=None) if len(looks) == 1 else found(*args, **kwargs)

    monkeypatch.setattr(ServiceRecord.objects, "filter", blind_at_first)
    assert log(client_id=record.client_id) == record
    monkeypatch.undo()
    assert ServiceRecord.objects.count() == 1


@pytest.mark.parametrize("client_id", ["", "abc", "x" * 10_000_000, None])
def test_a_bad_id_is_refused(log, client_id):
    with pytest.raises(ValidationError) as caught:
        log(client_id=client_id)
    assert set(caught.value.message_dict) == {"client_id"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(submits=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["worker", "township"])), min_size=1, max_size=8))
def test_however_often_ids_are_sent_each_makes_one_record_of_its_first_sender(log, world, submits):
    ids = [uuid.uuid4() for _ in range(3)]
    first: dict[uuid.UUID, str] = {}
    for number, user in submits:
        client_id = ids[number]
        try:
            log(client_id=client_id, by=getattr(world, user))
        except ValidationError:
            assert first[client_id] != user
        else:
            assert first.setdefault(client_id, user) == user
    assert ServiceRecord.objects.filter(client_id__in=ids).count() == len(first)


# ---- correcting -----------------------------------------------------------------------------------------------------


def test_a_correction_changes_what_is_given_and_keeps_the_rest(log, world):
    record = log(place="社区活动室")
    corrected = correct_service(by=world.worker, record=record, reason="人次写错", contacts=5, now=NOW)
    assert (corrected.contacts, corrected.place, corrected.entered_at) == (5, "社区活动室", NOW)
    event = AuditEvent.objects.get(verb="更正服务")
    assert (event.changes, event.reason) == ({"contacts": [3, 5]}, "人次写错")


def test_a_correction_may_change_the_team(log, world, team):
    record = log()
    correct_service(by=world.worker, record=record, reason="漏选", workers=[team.liu], now=NOW)
    assert list(record.workers.all()) == [team.liu]
    assert AuditEvent.objects.get(verb="更正服务").changes == {"workers": [["张（演示）"], ["刘（演示）"]]}


def test_a_correction_needs_a_reason(log, world):
    assert problems(correct_service, by=world.worker, record=log(), reason="  ", contacts=5) == {
        "reason": ["请填写理由"]
    }


def test_a_correction_that_changes_nothing_is_refused(log, world, team):
    record = log()
    with pytest.raises(ValidationError, match="没有任何改动"):
        correct_service(by=world.worker, record=record, reason="核对", workers=[team.zhang], contacts=3, now=NOW)


def test_a_correction_is_checked_like_an_entry(log, world):
    found = problems(correct_service, by=world.worker, record=log(), reason="更正", contacts=2, now=NOW)
    assert found == {"elderly": ["老年人人次不能超过服务人次 2"]}


def test_a_new_method_changes_the_nature(log, world):
    corrected = correct_service(by=world.worker, record=log(), reason="方法选错", method="CLERICAL", now=NOW)
    assert corrected.administrative


def test_a_correction_that_moves_the_start_marks_the_months_since_the_earlier(log, world):
    record = log()
    StaleMonth.objects.all().delete()
    corrected = correct_service(by=world.worker, record=record, reason="日期写错", starts_on=date(2026, 9, 30), now=NOW)
    assert corrected.month == SEPTEMBER
    assert stale_months(record.station) == since(SEPTEMBER)


def test_an_earlier_end_date_makes_an_entry_late(log, world):
    early = date(2026, 10, 17)
    corrected = correct_service(
        by=world.worker, record=log(), reason="日期写错", starts_on=early, ends_on=early, now=NOW
    )
    assert not corrected.on_time
    assert corrected.due_on == date(2026, 10, 18)


def test_a_later_end_date_never_makes_a_late_entry_punctual(log, world):
    early = date(2026, 10, 17)
    record = log(starts_on=early, ends_on=early)
    corrected = correct_service(by=world.worker, record=record, reason="日期写错", ends_on=TODAY, now=NOW)
    assert not corrected.on_time
    assert corrected.due_on == date(2026, 10, 18)


def test_other_corrections_leave_the_judgement_alone_however_late_they_come(log, world):
    record = log()
    later = NOW + timedelta(days=30)
    corrected = correct_service(by=world.worker, record=record, reason="补结果", result="老人情绪稳定", now=later)
    assert (corrected.on_time, corrected.due_on) == (record.on_time, record.due_on)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_no_chain_of_corrections_improves_the_judgement(log, world, ends):
    start = date(2026, 10, 8)
    record = log(starts_on=start, ends_on=start + timedelta(days=ends[0]))
    for days in ends[1:]:
        was = record.on_time
        try:
            record = correct_service(
                by=world.worker, record=record, reason="更正日期", ends_on=start + timedelta(days=days), now=NOW
            )
        except ValidationError:
            continue
        assert record.on_time <= was
        assert record.on_time == (timezone.localdate(record.entered_at) <= record.due_on)


def test_a_title_can_be_corrected_after_the_worker_left(log, world, team):
    record = log()
    StationPosting.objects.filter(worker=team.zhang).update(ends_on=date(2026, 10, 1))
    corrected = correct_service(
        by=world.worker, record=record, reason="错字", title="探访空巢老人", workers=[team.zhang], now=NOW
    )
    assert corrected.title == "探访空巢老人"


# ---- voiding --------------------------------------------------------------------------------------------------------


def test_a_voided_record_stays_but_does_not_count(log, world):
    record = log()
    StaleMonth.objects.all().delete()
    voided = void_service(by=world.worker, record=record, reason="重复登记")
    assert voided.voided_at
    assert list(ServiceRecord.objects.all()) == [record]
    assert not ServiceRecord.objects.valid().exists()
    assert stale_months(record.station) == since(OCTOBER)
    assert AuditEvent.objects.get(verb="作废服务").reason == "重复登记"


def test_voiding_needs_a_reason_and_happens_once(log, world):
    record = log()
    assert problems(void_service, by=world.worker, record=record, reason="") == {"reason": ["请填写理由"]}
    void_service(by=world.worker, record=record, reason="重复登记")
    with pytest.raises(ValidationError, match="已经作废"):
        void_service(by=world.worker, record=record, reason="再次作废")
    with pytest.raises(ValidationError, match="不能更正"):
        correct_service(by=world.worker, record=record, reason="更正", contacts=5)


# ---- the lock -------------------------------------------------------------------------------------------------------

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


def test_decimals_come_back_as_they_were_typed(log):
    record = ServiceRecord.objects.get(pk=log(hours="2.5", volunteers=2, volunteer_hours=3).pk)
    assert (record.hours, record.volunteer_hours) == (Decimal("2.5"), Decimal("3.0"))

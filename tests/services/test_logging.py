"""Logging a service: what is kept, what is refused, and the repeated submit."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from services.actions import log_service
from services.models import ServiceRecord
from stations.models import StaleMonth, StationPosting, StationStatus, StatusSpell
from tests.services.conftest import NOW, OCTOBER, SEPTEMBER, SHANGHAI, TODAY, facts, since, stale_months


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


# ---- the repeated submit -----------------------------------------------------------------------------


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


def test_decimals_come_back_as_they_were_typed(log):
    record = ServiceRecord.objects.get(pk=log(hours="2.5", volunteers=2, volunteer_hours=3).pk)
    assert (record.hours, record.volunteer_hours) == (Decimal("2.5"), Decimal("3.0"))

"""Correcting and voiding a service."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from services.actions import correct_service, void_service
from services.models import ServiceRecord
from stations.models import StaleMonth, StationPosting
from tests.services.conftest import NOW, OCTOBER, SEPTEMBER, TODAY, problems, since, stale_months


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


# ---- voiding -----------------------------------------------------------------------------


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

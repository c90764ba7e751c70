"""The report flow: draft → submitted → returned → approved (R7)."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from common.months import Month
from reporting.actions import approve_report, open_report, return_report, save_report, submit_report
from reporting.models import MonthlyReport, ReportState, ReportStep
from services.models import MonthLock, ServiceRecord
from stations.models import StaleMonth, StationStatus
from tests.world import make_station

SEPTEMBER = Month(2023, 9)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def station(world, rules):
    return world.station()


def serve(station, day=date(2023, 9, 12), **fields):
    facts = {
        "title": "入户探访", "domain": "ELDERLY_CARE", "method": "VISIT", "administrative": False, "contacts": 3,
        "elderly": 3, "hours": "1.5", "entered_at": at(day), "on_time": True, **fields,
    }  # fmt: skip
    return ServiceRecord.objects.create(
        station=station, month=Month.of(day), starts_on=day, ends_on=day, client_id=uuid4(), **facts
    )


def written(world, station, month=SEPTEMBER, **fields):
    report = open_report(by=world.worker, station=station, month=month)
    texts = {"summary": "走访老人三户", "problems": "", "plan": "", "zero_confirmed": False, **fields}
    return save_report(by=world.worker, report=report, **texts)


def submitted(world, station, when=date(2023, 10, 9)):
    serve(station)
    with time_machine.travel(at(when), tick=False):
        return submit_report(by=world.worker, report=written(world, station))


def refusal(caught) -> str:
    return "；".join(caught.value.messages)


class TestOpening:
    @time_machine.travel(at(date(2023, 9, 20)))
    def test_a_draft_is_made_once_with_its_due_date(self, world, station):
        first = open_report(by=world.worker, station=station, month=SEPTEMBER)
        again = open_report(by=world.township, station=station, month=SEPTEMBER)
        assert first == again
        assert first.state == ReportState.DRAFT
        assert first.due_on == date(2023, 10, 9)
        assert "国庆" in first.due_reason
        assert first.due_provision.document.number == "市民函〔2023〕28号"
        assert first.due_provision.clause == "二(三)"

    @time_machine.travel(at(date(2023, 9, 20)))
    def test_a_month_to_come_is_refused(self, world, station):
        with pytest.raises(ValidationError) as caught:
            open_report(by=world.worker, station=station, month=Month(2023, 10))
        assert "还没有开始" in refusal(caught)

    @time_machine.travel(at(date(2023, 9, 20)))
    def test_a_month_before_the_station_operated_is_refused(self, world, station):
        with pytest.raises(ValidationError) as caught:
            open_report(by=world.worker, station=station, month=Month(2023, 8))
        assert "不需要报送月报" in refusal(caught)

    @time_machine.travel(at(date(2023, 9, 20)))
    def test_a_room_owes_no_report(self, world, station):
        room = make_station(world.units["北关街道"], date(2023, 9, 1), "北关社区社工室")
        room.kind = "ROOM"
        room.save()
        with pytest.raises(ValidationError):
            open_report(by=world.worker, station=room, month=SEPTEMBER)


class TestSaving:
    @time_machine.travel(at(date(2023, 10, 2)))
    def test_the_narrative_is_kept_and_leaves_its_event(self, world, station):
        report = written(world, station, summary="走访老人", problems="人手紧", plan="继续")
        assert (report.summary, report.problems, report.plan) == ("走访老人", "人手紧", "继续")
        event = AuditEvent.objects.filter(verb="填写月报").latest("id")
        assert event.actor == world.worker
        assert event.changes["summary"] == ["0 字", "4 字"]  # a narrative may name people, the trail is never erased

    @time_machine.travel(at(date(2023, 10, 2)))
    def test_ten_megabytes_are_refused_with_their_length(self, world, station):
        with pytest.raises(ValidationError) as caught:
            written(world, station, summary="长" * 3_500_000, plan="长" * 3001)
        assert set(caught.value.message_dict) == {"summary", "plan"}
        assert "最多 5000 个字" in refusal(caught)
        assert MonthlyReport.objects.get().summary == ""

    @time_machine.travel(at(date(2023, 9, 20)))
    def test_a_citizens_number_stays_out_of_the_narrative(self, world, station):
        with pytest.raises(ValidationError) as caught:
            written(world, station, summary="走访王奶奶（110101199003077715）")
        assert list(caught.value.message_dict) == ["summary"]
        assert "不能填写身份证号" in refusal(caught)

    @time_machine.travel(at(date(2023, 10, 2)))
    def test_a_month_with_services_cannot_be_confirmed_as_empty(self, world, station):
        serve(station)
        with pytest.raises(ValidationError) as caught:
            written(world, station, zero_confirmed=True)
        assert "已有 1 条服务记录" in refusal(caught)


class TestSubmitting:
    def test_in_time_is_judged_by_the_extended_date(self, world, station):
        report = submitted(world, station, date(2023, 10, 9))
        assert report.state == ReportState.SUBMITTED
        assert report.on_time is True
        assert report.submitted_by == world.worker
        assert report.submitted_at == at(date(2023, 10, 9))

    def test_a_day_later_is_late(self, world, station):
        assert submitted(world, station, date(2023, 10, 10)).on_time is False

    def test_the_months_services_are_locked(self, world, station):
        submitted(world, station)
        lock = MonthLock.objects.get()
        assert (lock.station, lock.month) == (station, SEPTEMBER)

    def test_the_figures_are_counted_from_the_facts_of_that_moment(self, world, station):
        serve(station, date(2023, 9, 13), voided_at=at(date(2023, 9, 14)), void_reason="重复")
        report = submitted(world, station)
        report.refresh_from_db()
        indicators = report.figures["indicators"]
        assert indicators["services"]["value"] == 1
        assert indicators["contacts"]["value"] == 3
        assert indicators["hours"]["value"] == 1.5
        assert indicators["reports_on_time"] == {
            "label": "月报按时上报率", "unit": "%", "numerator": 1, "denominator": 1, "value": 1.0,
        }  # fmt: skip
        assert report.figures["measures"]["services"] == 1

    def test_it_leaves_a_step_an_event_and_a_stale_month(self, world, station):
        StaleMonth.objects.all().delete()
        report = submitted(world, station)
        step = ReportStep.objects.get(report=report)
        assert (step.state, step.by) == (ReportState.SUBMITTED, world.worker)
        event = AuditEvent.objects.filter(verb="上报月报").get()
        assert event.changes["state"] == ["DRAFT", "SUBMITTED"]
        assert "figures" not in event.changes
        assert StaleMonth.objects.filter(unit=station.unit, month=SEPTEMBER).exists()

    @time_machine.travel(at(date(2023, 9, 29)))
    def test_not_before_the_last_day_of_the_month(self, world, station):
        serve(station)
        with pytest.raises(ValidationError) as caught:
            submit_report(by=world.worker, report=written(world, station))
        assert "9月30日起可以上报" in refusal(caught)

    @time_machine.travel(at(date(2023, 9, 30)))
    def test_on_the_last_day_of_the_month(self, world, station):
        serve(station)
        assert submit_report(by=world.worker, report=written(world, station)).on_time is True

    @time_machine.travel(at(date(2023, 10, 2)))
    def test_not_without_a_narrative(self, world, station):
        serve(station)
        with pytest.raises(ValidationError) as caught:
            submit_report(by=world.worker, report=written(world, station, summary="  "))
        assert "summary" in caught.value.message_dict
        assert not MonthLock.objects.exists()

    @time_machine.travel(at(date(2023, 10, 2)))
    def test_an_empty_month_must_be_confirmed(self, world, station):
        report = written(world, station)
        with pytest.raises(ValidationError) as caught:
            submit_report(by=world.worker, report=report)
        assert "zero_confirmed" in caught.value.message_dict
        report = written(world, station, zero_confirmed=True)
        assert submit_report(by=world.worker, report=report).state == ReportState.SUBMITTED

    @time_machine.travel(at(date(2023, 10, 2)))
    def test_a_confirmation_that_the_facts_overtook_is_refused(self, world, station):
        report = written(world, station, zero_confirmed=True)
        serve(station)
        with pytest.raises(ValidationError) as caught:
            submit_report(by=world.worker, report=report)
        assert "取消" in refusal(caught)

    def test_twice_is_refused(self, world, station):
        report = submitted(world, station)
        with pytest.raises(ValidationError) as caught:
            submit_report(by=world.worker, report=report)
        assert "现在是“待审核”" in refusal(caught)

    @time_machine.travel(at(date(2023, 10, 2)))
    def test_without_any_rule_it_says_so(self, world):
        station = world.station()
        with pytest.raises(ValidationError) as caught:
            open_report(by=world.worker, station=station, month=SEPTEMBER)
        assert "load_policies" in refusal(caught)


class TestReviewing:
    def test_returning_needs_a_comment(self, world, station):
        report = submitted(world, station)
        with pytest.raises(ValidationError) as caught:
            return_report(by=world.county, report=report, comment=" ")
        assert "comment" in caught.value.message_dict
        assert MonthLock.objects.exists()

    def test_a_comment_has_its_length(self, world, station):
        report = submitted(world, station)
        with pytest.raises(ValidationError):
            approve_report(by=world.county, report=report, comment="长" * 501)

    def test_returning_opens_the_month_and_keeps_the_first_submission(self, world, station):
        report = submitted(world, station, date(2023, 10, 8))
        returned = return_report(by=world.county, report=report, comment="请补充个案成效")
        assert returned.state == ReportState.RETURNED
        assert returned.reviewed_by == world.county
        assert not MonthLock.objects.exists()
        serve(station, date(2023, 9, 20))
        with time_machine.travel(at(date(2023, 10, 20)), tick=False):
            again = submit_report(by=world.worker, report=returned)
        assert again.submitted_at == at(date(2023, 10, 8))
        assert again.on_time is True
        assert again.figures["indicators"]["services"]["value"] == 2
        assert MonthLock.objects.exists()
        states = list(report.steps.values_list("state", flat=True))
        assert states == ["SUBMITTED", "RETURNED", "SUBMITTED"]

    def test_approving_keeps_the_lock(self, world, station):
        report = approve_report(by=world.county, report=submitted(world, station), comment="很好")
        assert report.state == ReportState.APPROVED
        assert report.steps.last().comment == "很好"
        assert MonthLock.objects.exists()

    def test_of_two_reviewers_the_second_gets_a_message(self, world, station):
        report = submitted(world, station)
        stale_copy = MonthlyReport.objects.get(pk=report.pk)
        approve_report(by=world.county, report=report)
        with pytest.raises(ValidationError) as caught:
            return_report(by=world.city, report=stale_copy, comment="请补充")
        assert "可能刚被别人处理过" in refusal(caught)
        assert MonthlyReport.objects.get(pk=report.pk).state == ReportState.APPROVED

    def test_a_draft_cannot_be_reviewed(self, world, station):
        with time_machine.travel(at(date(2023, 10, 2))):
            report = written(world, station)
        with pytest.raises(ValidationError):
            approve_report(by=world.county, report=report)

    def test_nobody_reviews_what_they_sent(self, world, station):
        report = submitted(world, station)
        with pytest.raises(ValidationError) as caught:
            approve_report(by=world.worker, report=report)
        assert "其他人" in refusal(caught)

    def test_a_report_that_was_sent_takes_no_writing(self, world, station):
        report = submitted(world, station)
        with pytest.raises(ValidationError):
            save_report(by=world.worker, report=report, summary="改", problems="", plan="", zero_confirmed=False)


def test_a_station_that_stopped_within_the_month_still_owes_it(world, station):
    spell = station.spells.get(ends_on=None)
    spell.ends_on = date(2023, 9, 15)
    spell.save()
    station.spells.create(status=StationStatus.SUSPENDED, starts_on=date(2023, 9, 15))
    with time_machine.travel(at(date(2023, 10, 2))):
        assert open_report(by=world.worker, station=station, month=SEPTEMBER).pk
    with time_machine.travel(at(date(2023, 11, 2))), pytest.raises(ValidationError):
        open_report(by=world.worker, station=station, month=Month(2023, 10))

"""Writes of the report flow 月报: open, save, submit, return, approve (R7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from common.months import Month
from common.text import long_text
from policies.deadlines import Due
from policies.models import JUDGED, ProvisionKind
from policies.queries import NoRule, RuleBook
from reporting.freeze import frozen_figures
from reporting.models import MonthlyReport, ReportState, ReportStep
from reporting.queries.reports import owes, valid_services
from services.actions import lock_month, unlock_month
from stations import stale
from stations.models import Station

NARRATIVE = {"summary": ("本月工作情况", 5000), "problems": ("存在问题和困难", 3000), "plan": ("下月工作计划", 3000)}
COMMENT_LENGTH = 500
WRITABLE = frozenset({ReportState.DRAFT, ReportState.RETURNED})


@transaction.atomic
def open_report(*, by: User | None, station: Station, month: Month) -> MonthlyReport:
    """The report of the station's month, made as a draft when there is none; its due date is judged by R7.

    Raises ValidationError for a month to come, or one in which the station owes no report.
    """
    existing = MonthlyReport.objects.filter(station=station, month=month).first()
    if existing:
        return existing
    if month > Month.of(timezone.localdate()):
        raise ValidationError({"month": f"{month.label}还没有开始，不能填写月报"})
    if not owes(station, month):
        raise ValidationError({"month": f"{station}在{month.label}没有运营，不需要报送月报"})
    report = MonthlyReport(station=station, month=month)
    report.judge_by(due_of(report))
    report, created = MonthlyReport.objects.get_or_create(
        station=station, month=month, defaults={field: getattr(report, field) for field in JUDGED}
    )
    if created:
        audit.record(by=by, verb="新建月报", target=report, unit=station.unit)
    return report


@transaction.atomic
def save_report(
    *, by: User | None, report: MonthlyReport, summary: str, problems: str, plan: str, zero_confirmed: bool
) -> MonthlyReport:
    """Keep the narrative of a draft or a returned report. Raises ValidationError with the field that is wrong."""
    report = _held(report)
    _expect(report, WRITABLE, "修改")
    before = audit.state(report)
    _set_narrative(report, summary=summary, problems=problems, plan=plan)
    if zero_confirmed and (count := valid_services(report.station, report.month).count()):
        raise ValidationError({"zero_confirmed": f"本月已有 {count} 条服务记录，不能确认为没有服务"})
    report.zero_confirmed = zero_confirmed
    report.save()
    changes = _told(before, report)
    if changes:
        audit.record(by=by, verb="填写月报", target=report, unit=report.station.unit, changes=changes)
    return report


@transaction.atomic
def submit_report(*, by: User | None, report: MonthlyReport) -> MonthlyReport:
    """Send the report: judge it by R7, lock the month, and freeze the station's figures as the facts stand now.

    The first submission decides whether it was on time; sending it again after a return keeps that judgement.
    Raises ValidationError when the month has not reached its last day, the narrative is missing, or the
    confirmation of an empty month does not fit the facts.
    """
    report = _held(report)
    _expect(report, WRITABLE, "上报")
    now = timezone.now()
    _require_ready(report, now)
    before = audit.state(report)
    if report.submitted_at is None:
        due = due_of(report)  # again: the year's holiday notice may have come since the draft was made
        report.judge_by(due)
        report.submitted_at, report.submitted_by, report.on_time = now, by, not due.is_late(now)
    report.state = ReportState.SUBMITTED
    report.figures = {}
    report.save()
    # The lock comes before the count, so that nothing can slip in between; the state too, so that the figures
    # count this very report as submitted.
    lock_month(by=by, station=report.station, month=report.month, reason=f"{report.month.label}月报已上报")
    report.figures = frozen_figures(report.station.unit, report.month)
    report.save(update_fields=["figures"])
    return _step(report, by, now, verb="上报月报", before=before)


@transaction.atomic
def return_report(*, by: User | None, report: MonthlyReport, comment: str) -> MonthlyReport:
    """Send a submitted report back with what is wrong; the month opens again for corrections."""
    report = _held(report)
    _expect(report, {ReportState.SUBMITTED}, "退回")
    text = _comment(comment)
    if not text:
        raise ValidationError({"comment": "请写明退回原因，站点据此修改"})
    _refuse_own(report, by)
    before = audit.state(report)
    report.state = ReportState.RETURNED
    now = _review(report, by)
    unlock_month(by=by, station=report.station, month=report.month, reason=f"{report.month.label}月报已退回")
    return _step(report, by, now, verb="退回月报", before=before, comment=text)


@transaction.atomic
def approve_report(*, by: User | None, report: MonthlyReport, comment: str = "") -> MonthlyReport:
    """Accept a submitted report; its month stays locked."""
    report = _held(report)
    _expect(report, {ReportState.SUBMITTED}, "通过")
    text = _comment(comment)
    _refuse_own(report, by)
    before = audit.state(report)
    report.state = ReportState.APPROVED
    now = _review(report, by)
    return _step(report, by, now, verb="通过月报", before=before, comment=text)


def due_of(report: MonthlyReport) -> Due:
    """The due date as the rules and the calendar stand now (R7). Two queries."""
    path = report.station.unit.path
    try:
        return RuleBook.load([path]).due(ProvisionKind.MONTHLY_REPORT, path, report.month)
    except NoRule as error:
        raise ValidationError(str(error)) from error


def _held(report: MonthlyReport) -> MonthlyReport:
    """The row as it stands, held until the transaction ends: of two writers the second sees what the first did."""
    rows = MonthlyReport.objects.select_for_update(of=("self",)).select_related("station__unit")
    return rows.get(pk=report.pk)


def _expect(report: MonthlyReport, states: Any, doing: str) -> None:
    if report.state not in states:
        state = ReportState(report.state).label
        raise ValidationError(f"这份月报现在是“{state}”，不能{doing}。可能刚被别人处理过，请刷新后再看。")


def _set_narrative(report: MonthlyReport, **texts: str) -> None:
    errors: dict[str, Any] = {}
    for field, (label, length) in NARRATIVE.items():
        try:
            setattr(report, field, long_text(texts[field], field=field, label=label, max_length=length))
        except ValidationError as error:
            errors.update(error.message_dict)
    if errors:
        raise ValidationError(errors)


def _require_ready(report: MonthlyReport, now: datetime) -> None:
    errors: dict[str, str] = {}
    if timezone.localdate(now) < report.month.last:
        last = report.month.last
        raise ValidationError(f"{report.month.label}还没有结束，{last.month}月{last.day}日起可以上报")
    if not report.summary:
        errors["summary"] = "请填写本月工作情况后再上报"
    count = valid_services(report.station, report.month).count()
    if not count and not report.zero_confirmed:
        errors["zero_confirmed"] = "本月没有服务记录：请补录，或确认本月确实没有开展服务"
    if count and report.zero_confirmed:
        errors["zero_confirmed"] = f"本月已有 {count} 条服务记录，请取消“本月没有服务”的确认"
    if errors:
        raise ValidationError(errors)


def _comment(comment: str) -> str:
    return long_text(comment, field="comment", label="意见", max_length=COMMENT_LENGTH)


def _refuse_own(report: MonthlyReport, by: User | None) -> None:
    """Four eyes: who sent it last does not review it, even when they hold both roles."""
    sent = report.steps.filter(state=ReportState.SUBMITTED).last()
    if by is not None and sent and sent.by_id == by.pk:
        raise ValidationError("这份月报由您本人上报，须由其他人审核")


def _review(report: MonthlyReport, by: User | None) -> datetime:
    report.reviewed_at, report.reviewed_by = timezone.now(), by
    report.save()
    return report.reviewed_at


def _step(
    report: MonthlyReport, by: User | None, now: datetime, *, verb: str, before: dict[str, Any], comment: str = ""
) -> MonthlyReport:
    ReportStep.objects.create(report=report, state=report.state, comment=comment, by=by, at=now)
    changes = _told(before, report)
    audit.record(by=by, verb=verb, target=report, unit=report.station.unit, changes=changes, reason=comment)
    stale.mark(report.station_id, [report.month])
    return report


def _told(before: dict[str, Any], report: MonthlyReport) -> dict[str, list[Any]]:
    """The changes as the trail keeps them: of narratives only how long they are, of the figures nothing.

    The trail is never erased, and a narrative may name people.
    """

    def plain(state: dict[str, Any]) -> dict[str, Any]:
        lengths = {field: f"{len(state[field])} 字" for field in NARRATIVE}
        # The same length says nothing of a change: the text itself decides whether there is one.
        return {**state, **lengths, "figures": None}

    after = audit.state(report)
    changes = audit.changes(plain(before), plain(after))
    return changes | {
        field: ["已修改", f"{len(after[field])} 字"]
        for field in NARRATIVE
        if before[field] != after[field] and field not in changes
    }

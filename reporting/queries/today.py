"""What a station worker has to do today, each item with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from casework.models import Case, CaseComment
from clients.queries.transfers import transfers_of
from common.months import Month
from policies.models import ProvisionKind
from policies.queries import NoRule, RuleBook
from reporting.models import MonthlyReport, ReportState, ReportStep
from reporting.queries.timing import Timing, monthly_due, timing_of
from reporting.words import owing_spells
from services.models import ServiceRecord
from services.queries import is_locked
from services.queries.review import asked_back
from stations.models import Station, StationStatus
from visits.queries.batches import batches_waiting

QUESTIONS = 5  # asked back by a checker; the list of services has the rest
MONTHS_BACK = 3  # how many ended months are asked after; what is older is the county's list


@dataclass(frozen=True)
class Task:
    """One row of “今天要办”. `when` is short; `late` means overdue."""

    title: str
    reason: str
    href: str
    when: str = ""
    late: bool = False


@dataclass(frozen=True)
class MonthReport:
    """How a month's report of the station stands."""

    month: Month
    report: MonthlyReport | None
    timing: Timing


def owed_reports(station: Station, today: date, rules: RuleBook, now: datetime) -> list[MonthReport]:
    """The running month's report and those of the months before, the latest first, as far as the station owes them.

    Two queries.
    """
    months = [Month.of(today) - back for back in range(MONTHS_BACK + 1)]
    asked = {f"m{int(month)}": Exists(owing_spells(month).filter(station=OuterRef("pk"))) for month in months}
    owing = Station.objects.filter(pk=station.pk).annotate(**asked).values(*asked).get()
    rows = MonthlyReport.objects.filter(station=station, month__in=months).select_related("due_provision__document")
    reports = {row.month: row for row in rows}
    return [
        MonthReport(month, reports.get(month), _timing(station, month, reports.get(month), rules, now))
        for month in months
        if owing[f"m{int(month)}"]
    ]


def _timing(station: Station, month: Month, report: MonthlyReport | None, rules: RuleBook, now: datetime) -> Timing:
    return timing_of(report, monthly_due(rules, station.unit.path, month), now)


def tasks(user: User, station: Station, reports: list[MonthReport], rules: RuleBook, now: datetime) -> list[Task]:
    """What the user has to do at the station, the overdue first."""
    today = timezone.localdate(now)
    found = [
        *_report_tasks(station, reports, today),
        *_basics_tasks(station, today),
        *_questions(station),
        *_transfers(user),
        *_batches(user, station, today),
        *_cases(station, today),
        *_yesterday(station, rules, today),
    ]
    return sorted(found, key=lambda task: not task.late)


def _report_tasks(station: Station, reports: list[MonthReport], today: date) -> Iterator[Task]:
    returned = [row.report for row in reports if row.report and row.report.state == ReportState.RETURNED]
    comments = _comments(returned)
    for row in reports:
        report, timing, month = row.report, row.timing, row.month
        if report is not None and report.state == ReportState.RETURNED:
            by, comment = comments.get(report.pk, ("", ""))
            href = reverse("report_edit", args=[report.pk])
            yield Task(
                f"{_name(month, today)}月报被退回", f"{by}：{comment}" if by else comment, href, "待修改重报", late=True
            )
        elif timing.submitted_at is None and month.last <= today:
            when = timing.words if timing.overdue else f"{_day(timing.due_on)}前" if timing.due_on else ""
            if timing.due_on == today:
                when = "今天截止"
            reason = " · ".join(filter(None, [timing.reason, timing.source_label]))
            title = f"上报{_name(month, today)}月报"
            yield Task(title, reason, _write_url(station, month, report), when, late=timing.overdue)


def _write_url(station: Station, month: Month, report: MonthlyReport | None) -> str:
    if report is not None:
        return reverse("report_edit", args=[report.pk])
    return reverse("report_of", args=[station.pk, month])


def _comments(returned: list[MonthlyReport]) -> dict[int, tuple[str, str]]:
    """Report id → (who returned it, with what comment); no query without such reports."""
    if not returned:
        return {}
    steps = ReportStep.objects.filter(report__in=returned, state=ReportState.RETURNED).order_by("id")
    return {step.report_id: (step.by.name if step.by else "", step.comment) for step in steps.select_related("by")}


def _basics_tasks(station: Station, today: date) -> Iterator[Task]:
    due = station.judged_due(cited=True)
    if due is None or station.basics_entered_on is not None:
        return
    late = due.days_late(today)
    yield Task(
        "录入站点基础信息",
        " · ".join(filter(None, ["地址、联系人、电话、运营方式", due.reason, due.citation])),
        reverse("station_detail", args=[station.pk]),
        f"已逾期{late}天" if late else "今天截止" if due.due == today else f"{_day(due.due)}前",
        late=late > 0,
    )


def _questions(station: Station) -> Iterator[Task]:
    """Records that a checker asked back. One query."""
    for record in asked_back(station.pk)[:QUESTIONS]:
        day = _day(record.starts_on)
        yield Task(
            f"答复对“{record.title}”的询问",
            f"{day}的记录被退回询问，请更正或答复",
            reverse("service_detail", args=[record.pk]),
            "待答复",
        )


def _transfers(user: User) -> Iterator[Task]:
    """Moves of files that wait for an answer of any of the user's stations, as the list has them. One query."""
    waiting = transfers_of(user, "mine").count()
    if waiting:
        href = f"{reverse('transfer_list')}?state=mine"
        reason = "其他站点提出，请核对后接受或拒绝"
        yield Task(f"有 {waiting} 份档案转移等待答复", reason, href, "待答复")


def _batches(user: User, station: Station, today: date) -> Iterator[Task]:
    """Running batches with somebody of the station left to visit. One query."""
    for batch in batches_waiting(user, station):
        late = (today - batch.due_on).days
        when = f"已逾期{late}天" if late > 0 else "今天截止" if late == 0 else f"{_day(batch.due_on)}前"
        href = f"{reverse('visit_list')}?batch={batch.pk}&unit={station.pk}"
        yield Task(f"{batch.unit}布置了探访：{batch.title}", f"本站待访 {batch.waiting} 人", href, when, late=late > 0)


def _cases(station: Station, today: date) -> Iterator[Task]:
    """Open cases whose review is due, and supervisors' comments that nobody read. Two queries."""
    due = Case.objects.review_due(today).filter(station=station).count()
    if due:
        href = f"{reverse('case_list')}?due=yes&unit={station.pk}"
        yield Task(f"复核 {due} 个个案", "计划的复核日期已过", href, "已到期", late=True)
    unread = (
        CaseComment.objects.filter(case__station=station, read_at=None).order_by("-at").values_list("case", flat=True)
    )
    for case in list(dict.fromkeys(unread))[:QUESTIONS]:
        yield Task("阅读督导点评", "个案有新的督导点评，请阅读、回复", reverse("case_detail", args=[case]), "未读")


def _yesterday(station: Station, rules: RuleBook, today: date) -> Iterator[Task]:
    """R6 asks for entry by the day after: what was done yesterday and is not here is late tomorrow."""
    yesterday = today - timedelta(days=1)
    if station.completed_on is None or yesterday < station.completed_on or is_locked(station, Month.of(yesterday)):
        return
    if not station.spells.at(yesterday).filter(status=StationStatus.OPERATING).exists():
        return
    if ServiceRecord.objects.valid().filter(station=station, ends_on=yesterday).exists():
        return
    try:
        due = rules.due(ProvisionKind.SERVICE_ENTRY, station.unit.path, yesterday)
    except NoRule:
        return
    if due.due != today:
        return
    reason = f"昨天（{_day(yesterday)}）还没有服务记录；如有，今天录入为按时 · {due.citation}"
    yield Task("补记昨天的服务", reason, f"{reverse('service_log')}?station={station.pk}", "今天截止")


def _name(month: Month, today: date) -> str:
    return f"{month.month}月" if month.year == today.year else month.label


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def recent_services(station: Station, number: int = 3) -> list[dict[str, Any]]:
    """The latest entries of the station, so that what was just saved is seen."""
    rows = ServiceRecord.objects.valid().filter(station=station).order_by("-entered_at", "-id")[:number]
    return [dict(row) for row in rows.values("pk", "title", "starts_on", "contacts", "on_time")]

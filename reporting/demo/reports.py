"""Monthly reports of the demo months: most in time, some late, a few returned or missing (R7)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import Count
from django.utils import timezone

from accounts.models import OrgUnit, User
from common.months import Month
from policies.models import ProvisionKind
from policies.queries import RuleBook
from reporting.demo import demo_months
from reporting.demo.places import Place
from reporting.freeze import frozen_figures_of_many
from reporting.models import MonthlyReport, ReportState, ReportStep
from services.models import MonthLock, ServiceRecord

MISSING = 0.035
LATE = 0.09
REVIEW_DAYS = 6


def build_reports(
    rng: Random, places: list[Place], now: datetime, submitter: User, reviewer: User, home: OrgUnit
) -> int:
    """Reports of every full demo month whose stations operated then, with their steps and month locks.

    Their figures are empty until `freeze_reports`. `home` is the county of both users.
    """
    rules = RuleBook.load()
    today = timezone.localdate(now)
    reports: list[MonthlyReport] = []
    steps: list[ReportStep] = []
    locks: list[MonthLock] = []
    for month in demo_months(today)[:-1]:
        services = dict(
            ServiceRecord.objects.filter(month=month, voided_at=None).values_list("station").annotate(n=Count("pk"))
        )
        owing = [p for p in places if p.operating_from and p.operating_from <= month.last]
        for place in owing:
            if rng.random() < MISSING:
                continue
            count = services.get(place.station.pk, 0)
            report, at = _report(rng, rules, place, month, count)
            if at > now:
                continue
            own = place.county.pk == home.pk  # elsewhere nobody with a sign-in could have sent or reviewed it
            by, checker = (submitter, reviewer) if own else (None, None)
            report.figures, report.submitted_by = {}, by
            reports.append(report)
            steps.append(ReportStep(report=report, state=ReportState.SUBMITTED, by=by, at=at))
            _review(rng, report, at, steps, now, checker)
            if report.state != ReportState.RETURNED:
                locks.append(MonthLock(station=place.station, month=month, reason=f"{month.label}月报已上报"))
    MonthlyReport.objects.bulk_create(reports, batch_size=200)
    ReportStep.objects.bulk_create(steps, batch_size=1000)
    MonthLock.objects.bulk_create(locks, batch_size=1000)
    return len(reports)


def freeze_reports() -> None:
    """After everything else is built: a report's figures count all that its month held, the report itself too."""
    by_month: dict[Month, list[MonthlyReport]] = defaultdict(list)
    for report in MonthlyReport.objects.filter(is_demo=True):
        by_month[report.month].append(report)
    for month, sent in by_month.items():
        figures = frozen_figures_of_many([report.station_id for report in sent], month)
        for report in sent:
            report.figures = figures[report.station_id]
        MonthlyReport.objects.bulk_update(sent, ["figures"], batch_size=200)


def _at(rng: Random, day: date) -> datetime:
    return datetime.combine(day, time(rng.randint(9, 20), rng.randint(0, 59)), tzinfo=timezone.get_default_timezone())


def _report(rng: Random, rules: RuleBook, place: Place, month: Month, services: int) -> tuple[MonthlyReport, datetime]:
    """A report as it was sent, and when."""
    due = rules.due(ProvisionKind.MONTHLY_REPORT, place.station.unit.path, month)
    late = rng.random() < LATE
    first = (month + 1).first + timedelta(days=2)  # after the last late entry of the month: see activity._enter
    day = due.due + timedelta(days=rng.randint(1, 6)) if late else min(first, due.due)
    at = _at(rng, day)
    report = MonthlyReport(
        station=place.station,
        month=month,
        state=ReportState.SUBMITTED,
        summary=_summary(month, services),
        problems="部分偏远村入户路程较长，人手偏紧（演示）。",
        plan="继续做好重点对象探访，推进小组和社区活动（演示）。",
        zero_confirmed=services == 0,
        submitted_at=at,
        on_time=not due.is_late(at),
        is_demo=True,
    )
    report.judge_by(due)
    return report, at


def _summary(month: Month, services: int) -> str:
    if not services:
        return f"{month.label}因人员调整未开展服务（演示）。"
    return f"{month.label}本站围绕一老一小和困难群众开展服务 {services} 次，重点探访对象均已联系（演示）。"


def _review(
    rng: Random, report: MonthlyReport, sent_at: datetime, steps: list[ReportStep], now: datetime, reviewer: User | None
) -> None:
    """The county answers within days; what was sent lately may still wait, and a few are sent back."""
    at = sent_at + timedelta(days=rng.randint(1, REVIEW_DAYS), hours=rng.randint(0, 3))
    recent = sent_at > now - timedelta(days=40)
    if at > now or (recent and rng.random() < 0.2):
        return
    report.reviewed_at, report.reviewed_by = at, reviewer
    returned = recent and rng.random() < 0.03
    report.state = ReportState.RETURNED if returned else ReportState.APPROVED
    comment = "请补充个案成效一节（演示）" if returned else ""
    steps.append(ReportStep(report=report, state=report.state, comment=comment, by=reviewer, at=at))

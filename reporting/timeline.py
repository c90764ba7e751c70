"""Events that monthly reports add to the life of a station: those sent late, and those returned."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from reporting.models import MonthlyReport, ReportState, ReportStep
from stations.models import Station
from stations.timeline import Event, timeline


@timeline(permission=Permission.VIEW_RECORDS)
def late_reports(user: User, station: Station) -> Iterator[Event]:
    """Reports whose first submission missed its due date. One query."""
    late = MonthlyReport.objects.filter(station=station, on_time=False, submitted_at__isnull=False)
    rows = late.select_related("submitted_by").only("month", "due_on", "submitted_at", "submitted_by__name")
    for report in rows.order_by("submitted_at"):
        sent = timezone.localtime(report.submitted_at)
        yield Event(
            sent.date(),
            f"{report.month.label}月报迟报",
            f"应于 {report.due_on} 前上报",
            reverse("report_detail", args=[report.pk]),
            report.submitted_by.name if report.submitted_by else "",
        )


@timeline(permission=Permission.VIEW_RECORDS)
def returned_reports(user: User, station: Station) -> Iterator[Event]:
    """Reports that the county sent back. One query."""
    steps = ReportStep.objects.filter(report__station=station, state=ReportState.RETURNED)
    rows = steps.select_related("report", "by").only("comment", "at", "report__month", "by__name")
    for step in rows.order_by("at"):
        yield Event(
            timezone.localtime(step.at).date(),
            f"{step.report.month.label}月报退回",
            step.comment,
            reverse("report_detail", args=[step.report_id]),
            step.by.name if step.by else "",
        )

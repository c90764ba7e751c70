"""Moving a monthly report on: open, write, send, return, approve."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.gate import scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import put_errors
from common.months import Month
from reporting import actions
from reporting.forms import CommentForm, ReportForm
from reporting.models import MonthlyReport, ReportState
from reporting.queries.reports import valid_services
from reporting.views.reports import REPORT_RELATED, again, page_context
from stations.models import Station

P = Permission


@require_POST
@scoped(Station, P.WRITE_REPORT, related=("unit",))
def report_open(request: SignedIn, station: Station, month: Month) -> HttpResponse:
    """Start the draft, or go on with the one that is there."""
    try:
        report = actions.open_report(by=request.user, station=station, month=month)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("report_list")
    if report.state in actions.WRITABLE:
        return redirect("report_edit", report.pk)
    return redirect("report_detail", report.pk)


@GET_OR_POST
@scoped(MonthlyReport, P.WRITE_REPORT, related=REPORT_RELATED)
def report_edit(request: SignedIn, report: MonthlyReport) -> HttpResponse:
    """The narrative beside the figures; “save” stays a draft, “save and send” goes on to the confirmation."""
    if request.method != "POST" and report.state not in actions.WRITABLE:
        messages.info(request, f"这份月报现在是“{report.get_state_display()}”，不能修改")
        return redirect("report_detail", report.pk)
    fields = ("summary", "problems", "plan", "zero_confirmed")
    form = ReportForm(request.POST or None, initial={field: getattr(report, field) for field in fields})
    if form.is_bound and form.is_valid():
        try:
            actions.save_report(by=request.user, report=report, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            if "send" in request.POST:
                return redirect("report_submit", report.pk)
            messages.success(request, "已保存，尚未上报")
            return redirect("report_detail", report.pk)
    services = valid_services(report.station, report.month).count()
    if services and not report.zero_confirmed and not form.errors.get("zero_confirmed"):
        del form.fields["zero_confirmed"]
    context = page_context(request, report.station, report.month, report, form=form, services=services)
    return render(request, "reporting/report_edit.html", context, status=400 if form.errors else 200)


@GET_OR_POST
@scoped(MonthlyReport, P.WRITE_REPORT, related=REPORT_RELATED)
def report_submit(request: SignedIn, report: MonthlyReport) -> HttpResponse:
    """Confirm and send: what will be frozen, and whether it is in time."""
    if request.method == "POST":
        try:
            sent = actions.submit_report(by=request.user, report=report)
        except ValidationError as error:
            return _refused(request, report, error)
        messages.success(request, _sent_words(sent))
        return redirect("report_detail", report.pk)
    if report.state not in actions.WRITABLE:
        return redirect("report_detail", report.pk)
    if timezone.localdate() < report.month.last:
        messages.info(request, f"{report.month.label}还没有结束，月末最后一天起可以上报")
        return redirect("report_edit", report.pk)
    return render(request, "reporting/report_submit.html", page_context(request, report.station, report.month, report))


@require_POST
@scoped(MonthlyReport, P.REVIEW_REPORT, related=REPORT_RELATED)
def report_return(request: SignedIn, report: MonthlyReport) -> HttpResponse:
    """Send it back with what is wrong."""
    return _review(request, report, actions.return_report, "已退回，站点可以修改后重新上报")


@require_POST
@scoped(MonthlyReport, P.REVIEW_REPORT, related=REPORT_RELATED)
def report_approve(request: SignedIn, report: MonthlyReport) -> HttpResponse:
    """Accept it."""
    return _review(request, report, actions.approve_report, "已通过")


def _review(request: SignedIn, report: MonthlyReport, act: Any, done: str) -> HttpResponse:
    form = CommentForm(request.POST)
    form.is_valid()
    try:
        act(by=request.user, report=report, comment=form.cleaned_data.get("comment", ""))
    except ValidationError as error:
        report = again(request, report)
        if report.state != ReportState.SUBMITTED:  # someone else was faster: show where it stands
            messages.error(request, "；".join(error.messages))
            return redirect("report_detail", report.pk)
        put_errors(form, error)
        context = page_context(request, report.station, report.month, report, review_form=form)
        return render(request, "reporting/report_detail.html", context, status=400)
    messages.success(request, f"{report.station} {report.month.label}月报{done}")
    return redirect("report_detail", report.pk)


def _refused(request: SignedIn, report: MonthlyReport, error: ValidationError) -> HttpResponse:
    report = again(request, report)
    if report.state not in actions.WRITABLE:
        messages.error(request, "；".join(error.messages))
        return redirect("report_detail", report.pk)
    context = page_context(request, report.station, report.month, report, problems=error.messages)
    return render(request, "reporting/report_submit.html", context, status=400)


def _sent_words(report: MonthlyReport) -> str:
    if report.on_time:
        return f"{report.month.label}月报已按时上报，等待审核"
    return f"{report.month.label}月报已上报，等待审核；已超过期限，记为迟报"

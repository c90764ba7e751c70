"""Asking for the monthly statistics table of a unit."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.gate import scoped
from accounts.models import OrgUnit
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.months import Month
from jobs.actions import request_job
from reporting.forms import this_month
from reporting.views.crumbs import dashboard_url
from reporting.workbooks.monthly import KIND, title_of


@require_POST
@scoped(OrgUnit, Permission.EXPORT)
def workbook_request(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """Queue the job that makes it, and go to the job's page."""
    try:
        month = Month.parse(request.POST.get("month", ""))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("dashboard", unit.pk)
    if month > this_month():
        messages.error(request, f"{month.label}还没有到，没有可以导出的数据")
        return redirect("dashboard", unit.pk)
    try:
        job = request_job(
            by=request.user, kind=KIND, title=title_of(unit, month), unit=unit, parameters={"month": str(month)}
        )
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(dashboard_url(unit.pk, month))
    return redirect("job_detail", job.pk)

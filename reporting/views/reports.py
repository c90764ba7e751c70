"""The queue of monthly reports, one report, and its printed form."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import may, permitted, scoped
from accounts.models import User
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.months import Month
from reporting.actions import WRITABLE
from reporting.forms import CommentForm, ReportFilter, this_month, unit_choices
from reporting.models import MonthlyReport, ReportState
from reporting.queries.places import place_of
from reporting.queries.report_pages import QueueRow, document_url, queue_rows, report_figures, state_of, timing_for
from reporting.queries.reports import SORTS, filtered, owes, queue, state_counts
from reporting.queries.timing import Timing
from reporting.views.crumbs import crumbs_of
from reporting.views.params import asked_unit, month_picker, with_query
from reporting.words import QueueState
from stations.models import Station

P = Permission
PAGE = 50
REPORT_RELATED = ("station__unit__parent__parent", "due_provision__document", "submitted_by", "reviewed_by")
STEP_WORDS = {ReportState.SUBMITTED: "上报", ReportState.RETURNED: "退回", ReportState.APPROVED: "通过"}
TABS = (QueueState.MISSING, QueueState.SUBMITTED, QueueState.RETURNED, QueueState.APPROVED)


@require_safe
@permitted(P.VIEW_RECORDS)
def report_list(request: SignedIn) -> HttpResponse:
    """The queue of one month: every station that owes its report, whether it sent one or not."""
    unit = asked_unit(request, P.VIEW_RECORDS)
    form = ReportFilter(request.GET, units=unit_choices(request.user, P.VIEW_RECORDS, unit))
    valid = form.is_valid()
    asked = form.cleaned_data if valid else {}
    month = asked.get("month") or this_month() - 1
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "station"
    stations = Station.objects.visible_to(request.user, P.VIEW_RECORDS)
    whole = queue(stations.under(unit) if unit else stations, month)
    if not valid:
        whole = whole.none()
    counts = state_counts(whole)
    rows = filtered(whole, asked).order_by(*SORTS[sort]).select_related("unit__parent__parent")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = queue_rows(list(page.object_list), month, timezone.now())
    context = {
        "filter_form": form,
        "month": month,
        "unit": unit,
        "crumbs": crumbs_of(request.user, unit, "月报", month=month) if unit else [],
        "picker": month_picker(request, month),
        "tabs": _tabs(request, counts),
        "page_obj": page,
        "rows": [_row(row, request.user) for row in shown],
        "deadline": _common_deadline(shown),
        "sort": sort,
        "everything_url": with_query(request, state=None, on_time=None, page=None),
        "nobody_owes": valid and not counts[QueueState.MISSING] and not counts[QueueState.SENT],
    }
    return render(request, "reporting/report_list.html", context)


def _tabs(request: SignedIn, counts: dict[QueueState, int]) -> list[dict[str, Any]]:
    state = request.GET.get("state", "")
    everyone = counts[QueueState.MISSING] + counts[QueueState.SENT]
    tabs = [
        {"label": "全部", "url": with_query(request, state=None, page=None), "active": not state, "badge": everyone}
    ]
    # A figure may lead to a state that has no tab of its own.
    for choice in (*TABS, *(other for other in QueueState if other == state and other not in TABS)):
        url = with_query(request, state=choice.value, page=None)
        tabs.append({"label": choice.label, "url": url, "active": state == choice.value, "badge": counts[choice]})
    return tabs


def _row(row: QueueRow, user: User) -> dict[str, Any]:
    report, timing = row.report, row.timing
    label, tone = state_of(report)
    to_review = report is not None and report.state == ReportState.SUBMITTED
    return {
        "name": row.station.unit.name,
        "place": row.place,
        "url": report_url(row.station, row.month, report),
        "state": label,
        "tone": tone,
        "due": timing.due_on.isoformat() if timing.due_on else "—",
        "provisional": timing.provisional,
        "sent": f"{timezone.localtime(timing.submitted_at):%Y-%m-%d %H:%M}" if timing.submitted_at else "—",
        "words": timing.words,
        "overdue": timing.overdue,
        "sent_late": timing.sent_late,
        "reviewer": report.reviewed_by.name if report and report.reviewed_by else "",
        "action": "审核" if to_review and may(user, P.REVIEW_REPORT, row.station.unit.path) else "",
    }


def report_url(station: Station, month: Month, report: MonthlyReport | None) -> str:
    """The page of the report, or of its absence."""
    if report is not None:
        return reverse("report_detail", args=[report.pk])
    return reverse("report_of", args=[station.pk, month])


def _common_deadline(rows: list[QueueRow]) -> Timing | None:
    """The due date and clause of the page's rows, when it is one and the same."""
    seen = {(row.timing.due_on, row.timing.reason, row.timing.source_label) for row in rows}
    return rows[0].timing if len(seen) == 1 else None


# ---- one report -----------------------------------------------------------------------------------------------------


@require_safe
@scoped(MonthlyReport, P.VIEW_RECORDS, related=REPORT_RELATED)
def report_detail(request: SignedIn, report: MonthlyReport) -> HttpResponse:
    return render(request, "reporting/report_detail.html", page_context(request, report.station, report.month, report))


@require_safe
@scoped(MonthlyReport, P.VIEW_RECORDS, related=REPORT_RELATED)
def report_print(request: SignedIn, report: MonthlyReport) -> HttpResponse:
    """The report as a formal paper, A4."""
    return render(request, "reporting/report_print.html", page_context(request, report.station, report.month, report))


@require_safe
@scoped(Station, P.VIEW_RECORDS, related=("unit__parent__parent",))
def report_of(request: SignedIn, station: Station, month: Month) -> HttpResponse:
    """The station's report of a month; where there is none, a page that says so and by when it is owed."""
    reports = MonthlyReport.objects.visible_to(request.user, P.VIEW_RECORDS)
    report = reports.filter(station=station, month=month).first()
    if report is not None:
        return redirect("report_detail", report.pk)
    if month > this_month() or not owes(station, month):
        words = "还没有开始" if month > this_month() else "没有运营，不需要报送月报"
        raise Http404(f"{station}在{month.label}{words}")
    return render(request, "reporting/report_detail.html", page_context(request, station, month, None))


def again(request: SignedIn, report: MonthlyReport) -> MonthlyReport:
    """The report as it stands after an action refused it."""
    rows = MonthlyReport.objects.visible_to(request.user, P.VIEW_RECORDS)
    return rows.select_related(*REPORT_RELATED).get(pk=report.pk)


def page_context(
    request: SignedIn, station: Station, month: Month, report: MonthlyReport | None, **extra: Any
) -> dict[str, Any]:
    """Everything that the pages of one report show."""
    path = station.unit.path
    label, tone = state_of(report)
    state = report.state if report else None
    writing = state in (None, *WRITABLE) and may(request.user, P.WRITE_REPORT, path)
    steps = list(report.steps.select_related("by").order_by("-id")) if report else []
    sent_at = next((step.at for step in steps if step.state == ReportState.SUBMITTED), None)
    returned = steps[0] if steps and state == ReportState.RETURNED else None
    timing = timing_for(station, month, report, timezone.now())
    return {
        "report": report,
        "station": station,
        "month": month,
        "place": place_of(station.unit),
        "returned_with": returned,
        "crumbs": crumbs_of(request.user, station.unit, f"{month.label}月报", month=month),
        "state_label": label,
        "state_tone": tone,
        "timing": timing,
        "document_url": document_url(timing),
        "figures": report_figures(station, month, report, sent_at),
        "steps": [{"label": STEP_WORDS[ReportState(step.state)], "step": step} for step in steps],
        "can_write": writing,
        "may_send": timezone.localdate() >= month.last,
        "review_form": CommentForm(),
        "can_review": state == ReportState.SUBMITTED and may(request.user, P.REVIEW_REPORT, path),
        **extra,
    }

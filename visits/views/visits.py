"""Pages of visits: the list, counts by unit, one visit and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import allowed, may, permitted, require, scoped
from accounts.links import url_or_empty
from accounts.queries import crumbs, home_unit, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.gate import supervises
from clients.models import Client
from common.forms import attempt
from common.months import Month
from common.pages import led_back
from visits.actions import arrange_visit, cancel_visit, note_attempt, plan_visit, refuses_plan, write_result
from visits.actions.locks import NOT_OPEN
from visits.forms.filters import CountsFilter, VisitFilter
from visits.forms.visits import ArrangeForm, AttemptForm, CancelForm, PlanForm, result_form
from visits.models import Visit, VisitState
from visits.queries.batches import answers_of
from visits.queries.counts import COLUMNS, counts, counts_table
from visits.queries.listing import JOINED, seen, sorted_visits, visit_rows
from visits.vocabulary import CONDITION_TONES, STATE_TONES, Condition

P = Permission
PAGE = 50
OF_PAGE = ("client", "station__unit", "worker", "batch__unit", "record", "due_provision__document")


@require_GET
@permitted(P.VIEW_RECORDS, also=supervises)
def visit_list(request: SignedIn) -> HttpResponse:
    """One list for all: names where the user may read of the person, else station, dates and kinds. Without `sort` the
    most urgent first: the focus groups over their interval, what is overdue, the rest by day."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_RECORDS)
    form = VisitFilter(request.GET, user=user, unit=unit)
    sort, today = request.GET.get("sort", ""), timezone.localdate()
    found = sorted_visits(form.apply(seen(user)), sort, today).select_related(*JOINED)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    reads = bool(user.paths(P.VIEW_CLIENTS)) or supervises(user)
    context = {
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": visit_rows(user, page.object_list, today),
        "reads": reads,
        "may_log": bool(user.paths(P.LOG_SERVICE)),
        "clients_url": url_or_empty("client_list") if reads else "",
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
    }
    return render(request, "visits/visit_list.html", context)


@require_GET
@permitted(P.VIEW_RECORDS)
def visit_counts(request: SignedIn) -> HttpResponse:
    """Due, made, late, unreachable and people over their interval, by unit down to the station. No names."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_RECORDS) or home_unit(user)
    if unit is None:
        raise Http404("您没有管辖的单位")
    require(user, P.VIEW_RECORDS, unit.path)
    form = CountsFilter(request.GET, user=user, unit=unit)
    now = Month.of(timezone.localdate())
    month = (form.cleaned_data["month"] if form.is_valid() else None) or now
    found = counts(user, unit, min(month, now))
    context = {
        "form": form,
        "unit": unit,
        "found": found,
        "table": counts_table(found),
        "figures": [(column.label, column.value(found.total.figures), column.bad) for column in COLUMNS],
        "crumbs": crumbs(user, unit),
    }
    return render(request, "visits/visit_counts.html", context)


@require_GET
@scoped(Visit, P.VIEW_CLIENTS, related=OF_PAGE)
def visit_detail(request: SignedIn, visit: Visit) -> HttpResponse:
    """The visit, why it is due, attempts, the record, the result."""
    today = timezone.localdate()
    writes = may(request.user, P.LOG_SERVICE, visit.station.unit.path)
    client_url = url_or_empty("client_detail", visit.client_id)
    context = {
        "visit": visit,
        "client_url": client_url,
        "tone": STATE_TONES[VisitState(visit.state)],
        "condition_tone": CONDITION_TONES[Condition(visit.condition)] if visit.condition else "",
        "due": {
            "date": visit.due_on,
            "late": visit.is_late(today),
            "late_days": max(((visit.closed_on or today) - visit.due_on).days, 0),
            "done": visit.state == VisitState.MADE,
            "reason": visit.due_reason,
            "source": _source(visit),
        },
        "over": visit.over_interval(today),
        "attempts": visit.attempts.select_related("by"),
        "answers": answers_of(visit),
        "writes": writes,
        "crumbs": [{"label": "探访", "url": reverse("visit_list")}, {"label": f"档案 {visit.client_id}"}],
    }
    return render(request, "visits/visit_detail.html", context)


def _source(visit: Visit) -> dict[str, str] | None:
    due = visit.judged_due(cited=True)
    if due and due.citation:
        return {"label": due.citation}
    if visit.batch:
        return {
            "label": f"{visit.batch.unit}：{visit.batch.title}",
            "url": reverse("batch_detail", args=[visit.batch_id]),
        }
    return None


@GET_OR_POST
@permitted(P.LOG_SERVICE)
def visit_plan(request: SignedIn) -> HttpResponse:
    """Plan one by hand: `?client=` is the key of the file."""
    client = _client(request)
    if sent := led_back(request, refuses_plan(client), reverse("client_detail", args=[client.pk])):
        return sent
    form = PlanForm(request.POST or None, station=client.station)
    if visit := attempt(form, lambda: plan_visit(by=request.user, client=client, **form.cleaned_data)[0]):
        messages.success(request, "探访已安排")
        return redirect("visit_detail", visit.pk)
    back = reverse("client_detail", args=[client.pk])
    return _form(request, form, "安排探访", back, about=f"{client} · {client.station}")


def _client(request: SignedIn) -> Client:
    raw = request.GET.get("client") or request.POST.get("client") or ""
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 18):
        raise Http404("请从服务对象档案安排探访")
    rows = Client.objects.visible_to(request.user).select_related("station__unit")
    client = get_object_or_404(rows, pk=int(raw))
    require(request.user, P.LOG_SERVICE, client.station.unit.path)
    return client


def _form(request: SignedIn, form: Form, title: str, back: str, **extra: Any) -> HttpResponse:
    return render(request, "visits/visit_form.html", {"form": form, "title": title, "back": back, **extra})


def _step(
    request: SignedIn, visit: Visit, form: Form, write: Callable[[], Visit], title: str, done: str, **extra: Any
) -> HttpResponse:
    if attempt(form, write):
        messages.success(request, done)
        return redirect("visit_detail", visit.pk)
    about = f"{visit.client} · {visit.due_on} 前探访"
    return _form(request, form, title, reverse("visit_detail", args=[visit.pk]), about=about, **extra)


def _open_only(request: SignedIn, visit: Visit) -> HttpResponse | None:
    return led_back(request, "" if visit.is_open else NOT_OPEN, reverse("visit_detail", args=[visit.pk]))


@GET_OR_POST
@scoped(Visit, P.LOG_SERVICE, related=OF_PAGE)
def visit_arrange(request: SignedIn, visit: Visit) -> HttpResponse:
    if sent := _open_only(request, visit):
        return sent
    form = ArrangeForm(request.POST or None, station=visit.station, worker=visit.worker_id, ask=visit.ask)
    return _step(
        request, visit, form, lambda: arrange_visit(by=request.user, visit=visit, **form.cleaned_data),
        "调整安排", "安排已保存",
    )  # fmt: skip


@GET_OR_POST
@scoped(Visit, P.LOG_SERVICE, related=OF_PAGE)
def visit_attempt(request: SignedIn, visit: Visit) -> HttpResponse:
    if sent := _open_only(request, visit):
        return sent
    form = AttemptForm(request.POST or None)
    return _step(
        request, visit, form, lambda: note_attempt(by=request.user, visit=visit, **form.cleaned_data),
        "登记未遇", "已登记未遇",
    )  # fmt: skip


@GET_OR_POST
@scoped(Visit, P.LOG_SERVICE, related=OF_PAGE)
def visit_cancel(request: SignedIn, visit: Visit) -> HttpResponse:
    if sent := _open_only(request, visit):
        return sent
    form = CancelForm(request.POST or None, visit=visit)
    return _step(
        request, visit, form, lambda: cancel_visit(by=request.user, visit=visit, **form.cleaned_data),
        "取消探访", "探访已取消", submit="确认取消", danger=True,
    )  # fmt: skip


@GET_OR_POST
@scoped(Visit, P.LOG_SERVICE, related=OF_PAGE)
def visit_result(request: SignedIn, visit: Visit) -> HttpResponse:
    """What was found, with the batch's questions before it; a visit that is not made yet leads to its record first."""
    if visit.state == VisitState.OPEN and allowed(request.user, P.LOG_SERVICE, visit):
        return redirect(f"{reverse('service_log')}?link=visit:{visit.pk}")
    not_made = "" if visit.state == VisitState.MADE else f"探访{visit.get_state_display()}，没有结果可填"
    if sent := led_back(request, not_made, reverse("visit_detail", args=[visit.pk])):
        return sent
    form = result_form(visit, request.POST or None)
    return _step(
        request, visit, form, lambda: write_result(by=request.user, visit=visit, **form.values()),
        "填写探访结果", "探访结果已保存", requirement=visit.batch.requirement if visit.batch else "",
    )  # fmt: skip

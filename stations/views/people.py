"""Pages about the team as a whole: staffing against the standard, supervisors."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.gate import permitted, scoped
from accounts.queries import unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common.forms import attempt
from stations.actions import assign_supervisor, end_supervision
from stations.forms.filters import ListFilter
from stations.forms.supervision import EndSupervisionForm, SupervisorForm
from stations.forms.worker_filter import EXPIRED, EXPIRING
from stations.models import Station, SupervisorAssignment, Worker
from stations.queries.people_rules import PeopleRules, expiring_by_rule
from stations.queries.staffing import staffing
from stations.queries.supervision import supervisor_rows
from stations.queries.where import Scope
from stations.queries.worker_list import sorted_workers, worker_rows
from stations.views.lists import PAGE, list_context, top_of

MANAGE, VIEW = Permission.MANAGE_WORKERS, Permission.VIEW_WORKERS
SHOWN = 20  # workers of each kind; the list of workers has the rest


@require_GET
@permitted(VIEW)
def staffing_page(request: SignedIn) -> HttpResponse:
    """Filters: unit, month (as of its end). Stations that are short, and stationed workers without what they need."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), VIEW)
    form = ListFilter(request.GET, user=user, unit=unit, permission=VIEW)
    del form.fields["q"]
    on = form.on
    stations = Station.objects.visible_to(user, VIEW)
    stations = stations.under(unit) if unit else stations
    below = top_of(request, unit, VIEW)
    found = staffing(stations, on, below=below)
    place = unit.path if unit else next(iter(user.paths(VIEW)))
    rules = PeopleRules.at(place, on)
    posted = Worker.objects.visible_to(user, VIEW).posted_at(on, stations)
    scope = Scope(user, VIEW)
    kinds = [
        ("uncertified", "未持有效证书的驻站社工", {"certified": "no"},
         posted.certified(on, yes=False), rules.certificate),
        ("part_time", "非专职的驻站社工", {"full_time": "no"}, posted.full_time(on, yes=False), rules.part_time),
        ("expiring", "证书即将到期的驻站社工", {"certified": EXPIRING},
         expiring_by_rule(posted, on), rules.expiry_days),
    ]  # fmt: skip
    lists = [
        {
            "key": key,
            "title": title,
            "query": query,
            "total": workers.count(),
            "rows": worker_rows(
                sorted_workers(workers, "expiry" if key == "expiring" else "", on).select_related("unit")[:SHOWN],
                on, scope=scope, below=below,
            ),
            "source": ruled.source,
        }
        for key, title, query, workers, ruled in kinds
        if ruled.value is not None
    ]  # fmt: skip
    context = list_context(request, form, unit) | {
        "found": found,
        "page": Paginator(found.short, PAGE).get_page(request.GET.get("page")),
        "lists": lists,
        "rules": rules,
        "expired": posted.expired(on).count(),
        "expired_value": EXPIRED,
    }
    return render(request, "stations/staffing.html", context)


@require_GET
@permitted(VIEW)
def supervisor_list(request: SignedIn) -> HttpResponse:
    """Who supervises which stations. Filters: unit, q (a name), month (as of its end)."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), VIEW)
    form = ListFilter(request.GET, user=user, unit=unit, permission=VIEW)
    form.fields["q"].label = "督导姓名"
    assigned = SupervisorAssignment.objects.visible_to(user, VIEW)
    assigned = assigned.under(unit) if unit else assigned
    assigned = assigned.at(form.on) if form.is_valid() else assigned.none()
    word = form.cleaned_data.get("q", "").strip() if form.is_valid() else ""
    rows = supervisor_rows(assigned, word, user, request.GET.get("sort", ""))
    context = list_context(request, form, unit) | {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "may_create": bool(user.paths(MANAGE)),
        "stations": len({station.pk for row in rows for station in row.stations}),
    }
    return render(request, "stations/supervisor_list.html", context)


@GET_OR_POST
@permitted(MANAGE)
def supervisor_create(request: SignedIn) -> HttpResponse:
    form = SupervisorForm(request.POST or None, user=request.user)
    if first := attempt(form, lambda: assign_supervisor(by=request.user, **form.values())[0]):
        messages.success(request, f"“{first.supervisor}”督导 {len(form.cleaned_data['stations'])} 个站点，已登记")
        return redirect("supervisor_list")
    return render(request, "stations/supervisor_form.html", {"form": form, "title": "安排督导"})


@GET_OR_POST
@scoped(SupervisorAssignment, MANAGE, related=("station__unit", "worker", "user"))
def supervisor_end(request: SignedIn, assignment: SupervisorAssignment) -> HttpResponse:
    if assignment.ends_on:
        messages.info(request, f"这项督导已于 {assignment.ends_on} 结束")
        return redirect("supervisor_list")
    form = EndSupervisionForm(request.POST or None)
    if attempt(form, lambda: end_supervision(by=request.user, assignment=assignment, **form.cleaned_data)):
        messages.success(request, "督导已结束")
        return redirect("supervisor_list")
    about = f"{assignment}，{assignment.starts_on} 起"
    context = {
        "form": form,
        "title": "结束督导",
        "about": about,
        "assignment": assignment,
    }
    return render(request, "stations/supervisor_form.html", context)

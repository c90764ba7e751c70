"""The two lists: stations and workers. What passes their filters is what the figures count."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.gate import permitted
from accounts.models import OrgUnit
from accounts.queries import unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from stations.forms.filters import ListFilter, StationFilter
from stations.forms.worker_filter import WorkerFilter
from stations.models import Station, Worker
from stations.queries.station_list import COLUMNS, sorted_stations, station_rows
from stations.queries.where import Scope
from stations.queries.worker_list import sorted_workers, worker_rows
from stations.views.station_table import station_table

PAGE = 50


def top_of(request: SignedIn, unit: OrgUnit | None, permission: Permission) -> str:
    """The path below which places are told: the chosen unit, or the user's only one."""
    tops = request.user.paths(permission)
    return unit.path if unit else tops[0] if len(tops) == 1 else ""


def list_context(request: SignedIn, form: ListFilter, unit: OrgUnit | None) -> dict[str, Any]:
    """What the page of every list here shows beside its rows."""
    return {
        "form": form,
        "unit": unit,
        "on": form.on,
        "month": form.until,
        "sort": request.GET.get("sort", ""),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
    }


@require_GET
@permitted(Permission.VIEW)
def station_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, kind, state, basics, dimension + met, hosting, month (as of its end). Sort: name, or a date."""
    unit = unit_in_scope(request.user, request.GET.get("unit"))
    form = StationFilter(request.GET, user=request.user, unit=unit, permission=Permission.VIEW)
    stations = form.apply(Station.objects.visible_to(request.user))
    stations = sorted_stations(stations, request.GET.get("sort", ""))
    page = Paginator(stations.values_list(*COLUMNS), PAGE).get_page(request.GET.get("page"))
    rows = station_rows(page.object_list, form.on, below=top_of(request, unit, Permission.VIEW))
    context = list_context(request, form, unit) | {
        "page": page,
        "rows": rows,
        "table": station_table(rows),
        "may_create": bool(request.user.paths(Permission.CREATE_STATION)),
    }
    return render(request, "stations/station_list.html", context)


@require_GET
@permitted(Permission.VIEW_WORKERS)
def worker_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, posted, certified, full_time, employer, education, language, supervisor, training, moved,
    month (posted to a station at its end). Sort: station, name, age, since, tenure, expiry."""
    permission = Permission.VIEW_WORKERS
    unit = unit_in_scope(request.user, request.GET.get("unit"), permission)
    form = WorkerFilter(request.GET, user=request.user, unit=unit, permission=permission)
    workers = form.apply(
        Worker.objects.visible_to(request.user, permission), Station.objects.visible_to(request.user, permission)
    )
    workers = sorted_workers(workers, request.GET.get("sort", ""), form.on).select_related("unit")
    page = Paginator(workers, PAGE).get_page(request.GET.get("page"))
    scope = Scope(request.user, permission)
    context = list_context(request, form, unit) | {
        "page": page,
        "rows": worker_rows(page.object_list, form.on, scope=scope, below=top_of(request, unit, permission)),
        "rules": form.rules,
        "may_create": bool(request.user.paths(Permission.MANAGE_WORKERS)),
    }
    return render(request, "stations/worker_list.html", context)

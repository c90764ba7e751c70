"""Pages of one station: see, its file, create, edit, record checks, history. Its steps: stations.views.steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import may, permitted, scoped
from accounts.links import url_or_empty
from accounts.queries import crumbs, places
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from common.forms import attempt
from stations.actions import create_station, edit_station
from stations.forms.stations import CreateForm, EditForm
from stations.models import Station
from stations.panels import panels_of
from stations.queries.station_page import station_head
from stations.queries.steps import steps_for
from stations.timeline import events_of, years_of

JOINED = ("unit", "due_provision__document")
LATEST = 12  # events on the page; the file has all


@require_GET
@scoped(Station, Permission.VIEW, related=JOINED)
def station_detail(request: SignedIn, station: Station) -> HttpResponse:
    """The station's cards, its own and those of the rooms above, and the latest of its events."""
    path = station.unit.path
    user = request.user
    records = may(user, Permission.VIEW_RECORDS, path)
    query = f"?unit={station.pk}"
    events = events_of(user, station, newest_first=True)
    context = station_head(station) | {
        "crumbs": crumbs(user, station.unit),
        "panels": panels_of(user, station),
        "events": events[:LATEST],
        "events_total": len(events),
        "steps": steps_for(user, station),
        "sees_history": records,
        "service_url": url_or_empty("service_list") + query if records and url_or_empty("service_list") else "",
        "report_url": url_or_empty("report_list") + query if records and url_or_empty("report_list") else "",
        "dashboard_url": url_or_empty("dashboard", station.pk),
    }
    return render(request, "stations/station_detail.html", context)


@require_GET
@scoped(Station, Permission.VIEW, related=JOINED)
def station_file(request: SignedIn, station: Station) -> HttpResponse:
    """The station's whole life as a formal paper, A4: every card in print, then every event. `?order=newest`."""
    newest_first = request.GET.get("order") == "newest"
    context = station_head(station) | {
        "paper": True,
        "place": places([station.unit])[station.pk],
        "panels": [built for built in panels_of(request.user, station) if built.panel.paper],
        "years": years_of(events_of(request.user, station, newest_first=newest_first)),
        "newest_first": newest_first,
        "now": timezone.localtime(),
    }
    return render(request, "stations/station_file.html", context)


@GET_OR_POST
@permitted(Permission.CREATE_STATION)
def station_create(request: SignedIn) -> HttpResponse:
    form = CreateForm(request.POST or None, user=request.user)
    if station := attempt(form, lambda: create_station(by=request.user, **form.values())):
        messages.success(request, f"已新建“{station}”")
        return redirect("station_detail", station.pk)
    return render(request, "stations/station_create.html", {"form": form})


@GET_OR_POST
@scoped(Station, Permission.EDIT_STATION, related=JOINED)
def station_edit(request: SignedIn, station: Station) -> HttpResponse:
    may_rename = may(request.user, Permission.CREATE_STATION, station.unit.path)
    form = EditForm(request.POST or None, station=station, may_rename=may_rename)
    if attempt(form, lambda: edit_station(by=request.user, station=station, **form.cleaned_data)):
        messages.success(request, "基础信息已保存")
        return redirect("station_detail", station.pk)
    return render(
        request,
        "stations/station_form.html",
        {"station": station, "form": form, "title": "编辑基础信息", "crumbs": crumbs(request.user, station.unit)},
    )


@require_GET
@scoped(Station, Permission.VIEW_RECORDS, related=("unit",))
def station_history(request: SignedIn, station: Station) -> HttpResponse:
    """Every recorded change of the station."""
    return history_page(request, station, title=station.unit.name, back=("station_detail", station.pk))

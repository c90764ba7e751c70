"""What pages of groups and activities share: choosing the station, a page that is one form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.queries import crumbs
from accounts.requests import SignedIn
from accounts.roles import Permission
from casework.models import Activity, Group
from common.pages import led_back
from services.queries import usual_station
from stations.models import Station


def stations_of(request: SignedIn) -> list[Station]:
    """Where the user may plan: completed and not closed."""
    rows = Station.objects.visible_to(request.user, Permission.EDIT_CASES)
    rows = rows.filter(completed_on__isnull=False, closed_on=None)
    return list(rows.select_related("unit").order_by("unit__path"))


def chosen_station(request: SignedIn, stations: list[Station]) -> Station | None:
    """The one that `?station=` names (404 for any other), else the usual one; None when there is none at all."""
    asked = request.GET.get("station", "")
    if not asked:
        return usual_station(request.user, stations)
    for station in stations:
        if str(station.pk) == asked:
            return station
    raise Http404("没有这个站点，或您不能在那里登记")


def station_tabs(stations: list[Station], chosen: Station) -> list[dict[str, Any]]:
    """Tabs to change the station; none when there is one."""
    tabs = [
        {"label": station.unit.name, "url": f"?station={station.pk}", "active": station.pk == chosen.pk}
        for station in stations
    ]
    return tabs if len(tabs) > 1 else []


def form_page(
    request: SignedIn, row: Group | Activity, form: Form, title: str, *, template: str = "plan_form", **extra: Any
) -> HttpResponse:
    """A page about one group or activity that is one form."""
    context = {
        "row": row,
        "form": form,
        "title": title,
        "crumbs": [*crumbs(request.user, row.station.unit), {"label": row.name, "url": page_of(row)}],
        "back_url": page_of(row),
        **extra,
    }
    return render(request, f"casework/{template}.html", context)


def page_of(row: Group | Activity) -> str:
    name = "group_detail" if isinstance(row, Group) else "activity_detail"
    return reverse(name, args=[row.pk])


def early(request: SignedIn, row: Group | Activity, reason: str) -> HttpResponse | None:
    """To the page of the row with the reason, when a form of it is opened that could only be refused."""
    return led_back(request, reason, page_of(row))


def done(request: SignedIn, row: Group | Activity, words: str) -> HttpResponse:
    """Back to the page, with what was done."""
    messages.success(request, words)
    return redirect(page_of(row))

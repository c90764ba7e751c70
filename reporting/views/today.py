"""Today: what a station worker opens on the phone."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.requests import SignedIn
from accounts.roles import Permission
from casework.queries.planned import planned
from common.months import Month
from policies.queries import RuleBook
from reporting.display import shown
from reporting.figures import figures_of
from reporting.layout import TODAY_FIGURES
from reporting.queries.today import owed_reports, recent_services, tasks
from services.models import Method
from services.queries.people import recent_people
from services.queries.usual import templates_for
from services.vocabulary import entry_labels
from stations.models import Station
from visits.queries.person import today_visits

QUICK = ((Method.VISIT, "探访"), (Method.CASE, "个案"), (Method.HOTLINE, "电话"))
PLANNED_SINCE, PLANNED_AHEAD = timedelta(days=14), timedelta(days=7)  # sessions and activities that wait
PEOPLE = 6  # how many of those served last stand on the page


@require_safe
@permitted(Permission.LOG_SERVICE)
def today(request: SignedIn) -> HttpResponse:
    """What is due and why, one button to log a service, this month so far. `?station=` for users with several."""
    now = timezone.now()
    day = timezone.localdate(now)
    stations = list(
        Station.objects.visible_to(request.user, Permission.LOG_SERVICE)
        .standing(day)
        .select_related("unit", "due_provision__document")
        .order_by("unit__path")
    )
    if not stations:
        return render(request, "reporting/today.html", {"stations": []})
    station = _chosen(request, stations)
    month = Month.of(day)
    figures = figures_of(station.unit, month)
    rules = RuleBook.load([station.unit.path])
    reports = owed_reports(station, day, rules, now)
    context = {
        "stations": stations,
        "station": station,
        "day": day,
        "month": month,
        "quick": [{"label": label, "value": method.value} for method, label in QUICK],
        "people": recent_people(request.user, station, day, PEOPLE),
        "templates": templates_for(station),
        "visits": today_visits(request.user, station, day),
        "planned": planned(station, day - PLANNED_SINCE, day + PLANNED_AHEAD),
        "tasks": tasks(request.user, station, reports, rules, now),
        "figures": [shown(figures[key], station.unit, month, label=label) for key, label in TODAY_FIGURES],
        "figures_at": figures.computed_at,
        "report": next((row for row in reports if row.month == month), None),
        "days_done": {"number": day.day, "of": month.last.day, "ratio": day.day / month.last.day},
        "recent": recent_services(station),
        "entry_labels": entry_labels(),
    }
    return render(request, "reporting/today.html", context)


def _chosen(request: SignedIn, stations: list[Station]) -> Station:
    asked = request.GET.get("station", "")
    if not asked:
        return stations[0]
    for station in stations:
        if str(station.pk) == asked:
            return station
    raise Http404

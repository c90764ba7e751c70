"""Lists behind figures of building and use: townships with and without a station, stations without a service."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.models import OrgUnit
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.months import Month
from policies.queries import RuleBook
from reporting.forms import CoverageFilter, UnitMonthFilter, this_month, unit_choices
from reporting.queries.coverage import IDLE_SORTS, UNIT_SORTS, counties, idle_row, idle_stations, stations_of
from reporting.queries.places import place_of
from reporting.views.crumbs import crumbs_of, dashboard_url
from reporting.views.params import asked_unit, month_picker
from reporting.words import CoverageLevel, Covered
from stations.models import Station, month_end
from stations.queries.coverage import townships

P = Permission
PAGE = 50


def _page_head(
    request: SignedIn, form: UnitMonthFilter, unit: OrgUnit | None, month: Month, tail: str, sort: str
) -> dict[str, Any]:
    return {
        "filter_form": form,
        "unit": unit,
        "month": month,
        "day": month_end(month),
        "crumbs": crumbs_of(request.user, unit, tail, month=month) if unit else [],
        "picker": month_picker(request, month),
        "sort": sort,
    }


@require_safe
@permitted(P.VIEW)
def coverage_list(request: SignedIn) -> HttpResponse:
    """Townships (or whole counties) as of a month's end: built or not, by which station, since when (R1)."""
    unit = asked_unit(request, P.VIEW)
    form = CoverageFilter(request.GET, units=unit_choices(request.user, P.VIEW, unit))
    valid = form.is_valid()
    asked = form.cleaned_data if valid else {}
    month = asked.get("month") or this_month()
    day = month_end(month)
    level = CoverageLevel(asked.get("level") or CoverageLevel.TOWNSHIP)
    sort = request.GET.get("sort", "")
    sort = sort if sort in UNIT_SORTS else "name"
    units = OrgUnit.objects.visible_to(request.user, P.VIEW)
    units = units.under(unit) if unit else units
    whole = (townships if level == CoverageLevel.TOWNSHIP else counties)(units, day)
    if not valid:
        whole = whole.none()
    rows = whole.filter(covered=asked["covered"] == Covered.YES) if asked.get("covered") else whole
    page = Paginator(rows.order_by(UNIT_SORTS[sort]).select_related("parent__parent"), PAGE)
    page_obj = page.get_page(request.GET.get("page"))
    found = list(page_obj.object_list)
    show = _township_rows if level == CoverageLevel.TOWNSHIP else _county_rows
    context = {
        **_page_head(request, form, unit, month, "建站情况", sort),
        "level": level,
        "page_obj": page_obj,
        "rows": show(found, day, month),
        "total": whole.count(),
        "built": whole.filter(covered=True).count(),
    }
    return render(request, "reporting/coverage_list.html", context)


def _township_rows(found: list[OrgUnit], day: date, month: Month) -> list[dict[str, Any]]:
    stations = stations_of(found, day)
    return [
        {
            "name": unit.name,
            "place": place_of(unit),
            "url": dashboard_url(unit.pk, month),
            "covered": unit.covered,  # type: ignore[attr-defined]
            "stations": [{"pk": s.pk, "name": s.unit.name, "completed_on": s.completed_on} for s in stations[unit.pk]],
            "completed_on": next((s.completed_on for s in stations[unit.pk] if _built(s, day)), None),
        }
        for unit in found
    ]


def _built(station: Station, day: date) -> bool:
    return station.completed_on is not None and station.completed_on <= day


def _county_rows(found: list[OrgUnit], day: date, month: Month) -> list[dict[str, Any]]:
    return [
        {
            "name": unit.name,
            "place": place_of(unit),
            "url": dashboard_url(unit.pk, month),
            "pk": unit.pk,
            "covered": unit.covered,  # type: ignore[attr-defined]
            "due": unit.due,  # type: ignore[attr-defined]
            "built": unit.built,  # type: ignore[attr-defined]
            "left": unit.due - unit.built,  # type: ignore[attr-defined]
        }
        for unit in found
    ]


@require_safe
@permitted(P.VIEW)
def idle_station_list(request: SignedIn) -> HttpResponse:
    """Stations in operation that served nobody in the month (R10), with the threshold that makes it a fault."""
    unit = asked_unit(request, P.VIEW)
    form = UnitMonthFilter(request.GET, units=unit_choices(request.user, P.VIEW, unit))
    valid = form.is_valid()
    month = (form.cleaned_data.get("month") if valid else None) or this_month()
    day = month_end(month)
    sort = request.GET.get("sort", "")
    sort = sort if sort in IDLE_SORTS else "name"
    stations = Station.objects.visible_to(request.user, P.VIEW)
    whole = idle_stations(stations.under(unit) if unit else stations, month, day)
    if not valid:
        whole = whole.none()
    rows = whole.order_by(IDLE_SORTS[sort], "unit__path").select_related("unit__parent__parent")
    page_obj = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = list(page_obj.object_list)
    rules = RuleBook.load([station.unit.path for station in found]) if found else None
    context = {
        **_page_head(request, form, unit, month, "本月没有服务的站点", sort),
        "page_obj": page_obj,
        "rows": [idle_row(station, day, rules) for station in found],
    }
    return render(request, "reporting/idle_station_list.html", context)

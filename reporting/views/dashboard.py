"""The dashboard of a unit: one view for every level, from snapshots.

What it shows is the same for everyone who may open it and changes only with the snapshots, so the page's body is kept
for a minute under the time of the latest count: a change is on the page as soon as it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import may, scoped
from accounts.models import Level, OrgUnit
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.months import Month
from common.paths import within
from reporting.forms import this_month
from reporting.layout import LAYOUTS
from reporting.queries.dashboard import DashboardData, closed_lists, last_counted, load
from reporting.queries.dashboard import charts as chart
from reporting.queries.dashboard.compare import CHANGE, NAME, comparison, sort_of
from reporting.queries.dashboard.headline import blocks, cards, strip
from reporting.queries.dashboard.todo import items
from reporting.views.crumbs import crumbs_of, dashboard_url
from reporting.views.params import AskedMonth, asked_month, month_picker

P = Permission
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Kept:
    """Rendered pieces of the page. `as_of`: when the shown month was counted; None: never."""

    crumbs: str
    picker: str
    body: str
    as_of: datetime | None


@require_safe
@scoped(OrgUnit, P.VIEW)
def dashboard(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """`?month=2023-09` (else the running month), `?sort=` and `?chart=` of the comparison."""
    asked = asked_month(request, this_month())
    month = asked.month
    if asked.error:
        return _refused(request, unit, asked)
    context = {
        "unit": unit,
        "month": month,
        "kept": _kept(request, unit, month),
        "may_export": may(request.user, P.EXPORT, unit.path),
        "is_station": unit.level == Level.STATION,
    }
    return render(request, "reporting/dashboard.html", context)


def _refused(request: SignedIn, unit: OrgUnit, asked: AskedMonth) -> HttpResponse:
    context = {
        "unit": unit,
        "month": asked.month,
        "error": asked.error,
        "month_url": dashboard_url(unit.pk, asked.month),
        "crumbs": crumbs_of(request.user, unit),
    }
    return render(request, "reporting/dashboard_month.html", context, status=400)


def _kept(request: SignedIn, unit: OrgUnit, month: Month) -> Kept:
    """The page's pieces, made anew when a count is newer or the minute is over."""
    layout = LAYOUTS[Level(unit.level)]
    sort, shown = request.GET.get("sort", ""), request.GET.get("chart", "")
    sort = sort if sort.removeprefix("-") in {NAME, CHANGE, *(column.key for column in layout.columns)} else ""
    shown = shown if shown in layout.charts else ""
    counted = last_counted(unit, month)
    stamp = counted.timestamp() if counted else 0
    tops = "+".join(path for path in request.user.paths(P.VIEW) if within(unit.path, path))
    closed = closed_lists(request.user, unit)
    shut = sha256("+".join(sorted(closed)).encode()).hexdigest()[:16]  # a key holds 250 characters
    key = f"dashboard:{unit.pk}:{month}:{sort}:{shown}:{stamp}:{timezone.localdate()}:{tops}:{shut}"
    kept = cache.get(key)
    if kept is None:
        data = load(unit, month, timezone.now(), closed)
        crumbs = {"crumbs": crumbs_of(request.user, unit, month=month)}
        picker = {"picker": month_picker(request, month, keep={"sort": sort, "chart": shown})}
        kept = Kept(
            crumbs=render_to_string("components/breadcrumbs.html", crumbs),
            picker=render_to_string("components/month_picker.html", picker),
            body=render_to_string("reporting/_dashboard.html", _context(data, sort, shown)),
            as_of=data.figures.computed_at,
        )
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _context(data: DashboardData, sort: str, shown: str) -> dict[str, Any]:
    context: dict[str, Any] = {
        "unit": data.unit,
        "month": data.month,
        "layout": data.layout,
        "missing": data.figures.measures is None,
        "cards": cards(data),
        "strip": strip(data),
        "blocks": blocks(data),
        "todos": items(data),
        "trend": chart.trend_chart(data, dashboard_url),
        "facets": chart.facet_charts(data),
    }
    if data.layout.building:
        context["building"] = chart.building_chart(data, dashboard_url)
        context["building_facts"] = chart.building_facts(data)
        context["standards"] = chart.standards(data)
    if data.children:
        key = chart.chart_choice(data, shown)
        order = sort_of(data, sort)
        compared = comparison(data, order, dashboard_url)
        context |= {
            "sort": order,
            "chosen": shown,
            "comparison": compared,
            "labels": [heading.label for heading in compared.headings[1:]],
            "chart": chart.compared_chart(data, key, dashboard_url) if len(data.children) > 1 else None,
            "choices": chart.choices(data, key),
        }
    return context

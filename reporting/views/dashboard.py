"""The dashboard of a unit: one view for every level, from snapshots.

What it shows is the same for everyone who may open it and changes only with the snapshots, so the page's body is kept
for a minute under the time of the latest count: a change is on the page as soon as it is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.gate import may, scoped
from accounts.models import Level, OrgUnit
from accounts.roles import Permission
from common.months import Month
from reporting.figures import counted_at
from reporting.layout import LAYOUTS
from reporting.queries.dashboard import DashboardData, load, window
from reporting.queries.dashboard import charts as chart
from reporting.queries.dashboard.compare import CHANGE, NAME, comparison, sort_of
from reporting.queries.dashboard.headline import cards, strip
from reporting.queries.dashboard.todo import items
from reporting.views.crumbs import crumbs_of, dashboard_url
from reporting.views.params import asked_month, month_picker, this_month

P = Permission
KEPT_SECONDS = 60


@require_safe
@scoped(OrgUnit, P.VIEW, related=("parent",))
def dashboard(request: HttpRequest, unit: OrgUnit) -> HttpResponse:
    """`?month=2023-09` (else the running month), `?sort=` and `?chart=` of the comparison."""
    asked = asked_month(request, this_month())
    month = asked.month
    head = {
        "unit": unit,
        "month": month,
        "crumbs": crumbs_of(request.user, unit, month=month),
        "picker": month_picker(request, month),
        "may_export": may(request.user, P.EXPORT, unit.path),
        "is_station": unit.level == Level.STATION,
    }
    if asked.error:
        context = {**head, "error": asked.error, "month_url": dashboard_url(unit.pk, month)}
        return render(request, "reporting/dashboard_month.html", context, status=400)
    counted = counted_at(unit, window(month))
    body = _body(unit, month, request.GET, max(counted.values(), default=None))
    return render(request, "reporting/dashboard.html", {**head, "as_of": counted.get(month), "body": body})


def _body(unit: OrgUnit, month: Month, asked: Mapping[str, str], counted: datetime | None) -> str:
    layout = LAYOUTS[Level(unit.level)]
    sort, shown = asked.get("sort", ""), asked.get("chart", "")
    sort = sort if sort.removeprefix("-") in {NAME, CHANGE, *(column.key for column in layout.columns)} else ""
    shown = shown if shown in layout.charts else ""
    stamp = counted.timestamp() if counted else 0
    key = f"dashboard:{unit.pk}:{month}:{sort}:{shown}:{stamp}:{timezone.localdate()}"
    body = cache.get(key)
    if body is None:
        data = load(unit, month, timezone.now())
        body = render_to_string("reporting/_dashboard.html", _context(data, sort, shown))
        cache.set(key, body, KEPT_SECONDS)
    return mark_safe(body)


def _context(data: DashboardData, sort: str, shown: str) -> dict[str, Any]:
    context: dict[str, Any] = {
        "unit": data.unit,
        "month": data.month,
        "layout": data.layout,
        "missing": data.figures.measures is None,
        "cards": cards(data),
        "strip": strip(data),
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
            "comparison": compared,
            "labels": [heading.label for heading in compared.headings[1:]],
            "chart": chart.compared_chart(data, key, dashboard_url),
            "choices": chart.choices(data, key),
        }
    return context

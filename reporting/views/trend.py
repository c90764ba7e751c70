"""One indicator over twelve months, unit by unit or station by station (R20)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.models import Level
from accounts.queries import home_unit
from accounts.requests import SignedIn
from accounts.roles import Permission
from policies.kinds import sentence
from policies.queries import RuleBook
from reporting.forms import TrendFilter, this_month, unit_choices
from reporting.indicators import Indicator
from reporting.queries.dashboard import closed_lists
from reporting.queries.trend import months_to, rows_of, units_of
from reporting.registry import INDICATORS
from reporting.views.crumbs import crumbs_of
from reporting.views.params import asked_unit, month_picker
from stations.models import month_end

P = Permission
PAGE = 50
FIRST = "administrative"


@require_safe
@permitted(P.VIEW)
def figure_trend(request: SignedIn) -> HttpResponse:
    """`?key=` an indicator (share of clerk's work unless said), `?unit=`, `?by=station` for all stations below."""
    unit = asked_unit(request, P.VIEW) or home_unit(request.user)
    asked = request.GET.copy()
    asked.setdefault("key", FIRST)
    form = TrendFilter(asked, units=unit_choices(request.user, P.VIEW, unit))
    valid = form.is_valid() and unit is not None
    typed = form.cleaned_data if valid else {}
    month = typed.get("month") or this_month()
    indicator = INDICATORS[typed.get("key") or FIRST]
    context: dict[str, Any] = {
        "filter_form": form,
        "unit": unit,
        "month": month,
        "indicator": indicator,
        "months": months_to(month),
        "crumbs": crumbs_of(request.user, unit, "逐月", month=month) if unit else [],
        "picker": month_picker(request, month),
    }
    if valid and unit is not None:
        closed = closed_lists(request.user, unit)
        stations = bool(typed.get("by")) or unit.level == Level.TOWNSHIP
        page = Paginator(units_of(request.user, unit, month, stations=stations), PAGE)
        page_obj = page.get_page(request.GET.get("page"))
        context |= {
            "page_obj": page_obj,
            "rows": rows_of(list(page_obj.object_list), indicator, month, closed),
            "total": rows_of([unit], indicator, month, closed)[0],
            "line": _line(indicator, unit.path, month_end(month)),
        }
    return render(request, "reporting/figure_trend.html", context)


def _line(indicator: Indicator, path: str, on: Any) -> dict[str, str]:
    """The number by which the fault is told, in words, with its document; {} without one."""
    if indicator.fault is None:
        return {}
    threshold = RuleBook.load([path]).threshold(indicator.fault, path, on)
    if threshold is None:
        return {}
    words = sentence(indicator.fault, threshold.provision.parameters)
    return {"words": words, "source": threshold.named_by.citation + threshold.borrowed}

"""Lists across stations: scores by dimension, and the three registers."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.gate import View, may, permitted
from accounts.models import Level
from accounts.queries import unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from standards.forms.filters import AssetFilter, CheckFilter, HoldingFilter, InstitutionFilter, SignFilter
from standards.models import Asset, Institution, Sign
from standards.queries.check_list import COLUMNS, check_rows, sorted_stations
from standards.queries.holding_list import holding_rows, sorted_holdings
from standards.views.check_table import check_table, holding_table
from standards.views.shared import PAGE, list_context, tabs, top
from stations.models import Station

P = Permission


@require_GET
@permitted(P.VIEW)
def check_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, kind, checked, dimension, item, month (at its end). Sort: score, failing, checked_on, name."""
    unit = unit_in_scope(request.user, request.GET.get("unit"))
    form = CheckFilter(request.GET, user=request.user, unit=unit, permission=P.VIEW)
    stations = sorted_stations(
        form.apply(Station.objects.visible_to(request.user)), request.GET.get("sort", ""), form.on
    )
    page = Paginator(stations.values_list(*COLUMNS), PAGE).get_page(request.GET.get("page"))
    rows = check_rows(page.object_list, form.on, below=top(request, unit))
    context = list_context(request, form, unit) | {
        "tabs": tabs("check_list", request),
        "page": page,
        "rows": rows,
        "table": check_table(rows),
    }
    context["sort"] = context["sort"] or "score"
    return render(request, "standards/check_list.html", context)


def _register(model: type[Any], filter_class: type[HoldingFilter], name: str) -> View:
    """The list of one register, of one station (`?unit=`) or across stations."""

    @require_GET
    @permitted(P.VIEW)
    def view(request: SignedIn) -> HttpResponse:
        user = request.user
        unit = unit_in_scope(user, request.GET.get("unit"))
        form = filter_class(request.GET, user=user, unit=unit, permission=P.VIEW)
        rows = sorted_holdings(form.apply(model.objects.visible_to(user)), request.GET.get("sort", ""))
        page = Paginator(rows.select_related("station__unit"), PAGE).get_page(request.GET.get("page"))
        shown = holding_rows(user, page.object_list, below=top(request, unit))
        station = _addable(request, unit)
        context = list_context(request, form, unit) | {
            "tabs": tabs(f"{name}_list", request),
            "page": page,
            "rows": shown,
            "table": holding_table(shown, name),
            "name": name,
            "word": model._meta.verbose_name,
            "station": station,
            "export": f"{name}s",
        }
        return render(request, "standards/holding_list.html", context)

    return view


def _addable(request: SignedIn, unit: Any) -> Station | None:
    """The station to which this page may add: the chosen one, or the user's only one."""
    seen = Station.objects.visible_to(request.user, P.SELF_CHECK).filter(closed_on=None).select_related("unit")
    if unit is not None:
        if unit.level != Level.STATION or not may(request.user, P.SELF_CHECK, unit.path):
            return None
        return seen.filter(pk=unit.pk).first()
    if not request.user.paths(P.SELF_CHECK):
        return None
    few = list(seen[:2])
    return few[0] if len(few) == 1 else None


asset_list = _register(Asset, AssetFilter, "asset")
institution_list = _register(Institution, InstitutionFilter, "institution")
sign_list = _register(Sign, SignFilter, "sign")

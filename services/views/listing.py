"""The list of service records."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.gate import permitted
from accounts.requests import SignedIn
from accounts.roles import Permission
from services.filters import ServiceFilter
from services.queries import Page, Selection, list_rows, totals


@require_safe
@permitted(Permission.VIEW_RECORDS)
def service_list(request: SignedIn) -> HttpResponse:
    """Fifty records at a time. `part=totals` answers with the totals alone, which a wide list fetches afterwards."""
    form = ServiceFilter(request.GET, user=request.user)
    selection = form.selection()
    if request.GET.get("part") == "totals":
        found = totals(selection) if selection and _summable(selection) else None
        return render(request, "services/_totals.html", {"totals": found})
    form.offer_units(selection.unit if selection else None)
    context: dict[str, Any] = {
        "form": form,
        "page": Page([]),
        "list_url": reverse("service_list"),
        "sort": request.GET.get("sort") or "-starts_on",
        "may_log": bool(request.user.paths(Permission.LOG_SERVICE)),
        "may_review": bool(request.user.paths(Permission.REVIEW_SERVICES)),
    }
    if selection:
        typed = form.cleaned_data
        page = list_rows(
            selection, after=typed["after"], before=typed["before"], oldest_first=typed["sort"] == "starts_on"
        )
        context |= {
            "selection": selection,
            "page": page,
            "many_stations": selection.wide or len(selection.station_ids or []) > 1,
            "totals": totals(selection) if not selection.wide else None,
            "totals_later": selection.wide and _summable(selection),
            "totals_need_month": not _summable(selection),
        }
    return render(request, "services/service_list.html", context)


def _summable(selection: Selection) -> bool:
    """In a wide reach only one month is summed up: that reads an index, all months would read every record."""
    return bool(not selection.wide or selection.month)

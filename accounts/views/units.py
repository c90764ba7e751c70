"""The search box of the page head, and the hits of the unit picker in forms."""

from __future__ import annotations

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.forms.unit_field import TEXT, picker_context
from accounts.gate import permitted
from accounts.models import OrgUnit
from accounts.queries import find_units
from accounts.queries.units import found
from accounts.requests import SignedIn
from accounts.roles import Permission

IN_BOX, ON_PAGE = 12, 50
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


@require_GET
@permitted(Permission.VIEW)
def unit_search(request: SignedIn) -> HttpResponse:
    """`?q=`: hits within the user's scope; only the list for the search box (htmx), else a page."""
    q = request.GET.get("q", "").strip()[:40]
    if request.htmx:
        units = find_units(request.user, q, IN_BOX)
        return render(request, "components/unit_results.html", {"units": units, "q": q})
    units = find_units(request.user, q, ON_PAGE)
    return render(request, "accounts/unit_search.html", {"units": units, "q": q, "limit": ON_PAGE})


@require_GET
@permitted(Permission.VIEW)
def unit_picker(request: SignedIn) -> HttpResponse:
    """Hits for the picker `name`, or the picker itself with the unit `pick` chosen (empty: none)."""
    name, element = request.GET.get("name", ""), request.GET.get("id", "")
    if not _FIELD.fullmatch(name) or (element and not _FIELD.fullmatch(element)):
        raise Http404
    try:
        permission = Permission(request.GET.get("permission", Permission.VIEW))
        levels = tuple(int(level) for level in request.GET.get("levels", "").split(",") if level)
    except ValueError:
        raise Http404 from None
    picked = request.GET.get("pick")
    if picked is None:
        q = request.GET.get(name + TEXT, "")
        hits = find_units(request.user, q, IN_BOX, permission=permission, levels=levels or None, live=True)
        picker = picker_context(name, chosen=None, text=q, element=element, permission=permission, levels=levels)
        return render(request, "accounts/_unit_hits.html", {"units": hits, "q": q.strip()[:40], "picker": picker})
    chosen = None
    if picked:
        units = OrgUnit.objects.visible_to(request.user, permission).filter(pk=int(picked) if picked.isdigit() else 0)
        chosen = next(iter(found(units)), None)
    picker = picker_context(
        name, chosen=chosen, text="", element=element, permission=permission, levels=levels, focus=True
    )
    return render(request, "accounts/unit_picker.html", {"picker": picker})

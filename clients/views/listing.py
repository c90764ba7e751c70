"""The list of people served. What is typed to find somebody is posted: no name or number stands in an address, a
history or an access log. The filters do, and lead here from figures."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.gate import permitted
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from clients.forms.filters import ClientFilter
from clients.gate import supervises
from clients.models import Client
from clients.queries.client_list import COLUMNS, client_rows, sorted_clients
from clients.queries.search import matching, number_in

PAGE = 50
VIEW = Permission.VIEW_CLIENTS


@GET_OR_POST
@permitted(VIEW, also=supervises)
def client_list(request: SignedIn) -> HttpResponse:
    """GET: filters unit, state, category, focus, level, age, living, self_care, consent; sort. POST: the same address
    with `q` in the body, a name, pinyin initials or a whole identity number; the first fifty that answer to it, open
    and closed files alike unless the state is chosen. A number that one file bears opens it."""
    form = ClientFilter(request.GET, user=request.user)
    asked = request.POST.get("q", "").strip()[:40] if request.method == "POST" else ""
    if request.method == "POST" and not asked:
        return redirect(request.get_full_path())
    rows = form.apply(Client.objects.visible_to(request.user, VIEW), any_state=bool(asked))
    if asked:
        rows = matching(rows, asked)
        if number_in(asked) and len(only := list(rows.values_list("pk", flat=True)[:2])) == 1:
            return redirect("client_detail", only[0])
    sort = request.GET.get("sort", "")
    ordered = sorted_clients(rows, sort).select_related("station__unit").only(*COLUMNS)
    page = Paginator(ordered, PAGE).get_page(None if asked else request.GET.get("page"))
    shown = client_rows(page.object_list, timezone.localdate())
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": shown,
        "sort": sort,
        "asked": "" if number_in(asked) else asked,
        "searched": bool(asked),
        "by_number": bool(number_in(asked)),
        "many_stations": len(form.stations) > 1,
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_open": bool(request.user.paths(Permission.EDIT_CLIENTS)),
    }
    response = render(request, "clients/client_list.html", context)
    response["Cache-Control"] = "no-store"
    return response

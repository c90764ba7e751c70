"""What the pages of this room share: a list with its filter, the address of a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts.models import OrgUnit
from accounts.queries import unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from linkage.forms.filters import LinkageFilter

PAGE = 50
VIEW, READ, EDIT = Permission.VIEW_RECORDS, Permission.VIEW_CLIENTS, Permission.EDIT_LINKAGE


def filtered(request: SignedIn, kind: type[LinkageFilter], rows: Any) -> tuple[Any, Any, dict[str, Any]]:
    """The form, those of the visible `rows` that pass it, what every list shows. Http404 for a unit outside."""
    unit: OrgUnit | None = unit_in_scope(request.user, request.GET.get("unit"), VIEW)
    form = kind(request.GET, user=request.user, unit=unit, permission=VIEW)
    found = form.apply(rows)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "unit": unit,
        "sort": request.GET.get("sort", ""),
        "month": form.cleaned_data.get("month") if form.is_valid() else None,
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_write": bool(request.user.paths(EDIT)),
    }
    return form, found, context


def paged(request: SignedIn, rows: Any) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def page_of(name: str) -> Callable[[Any], str]:
    """The address of a row's page."""
    return lambda row: reverse(name, args=[row.pk])

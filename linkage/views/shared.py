"""What the pages of this room share: a list with its filter, a page with one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import OrgUnit
from accounts.queries import unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.forms import attempt
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


def form_page(
    request: SignedIn,
    form: Form,
    act: Callable[[], Any],
    *,
    title: str,
    done: str | Callable[[Any], str],
    back: str,
    after: Callable[[Any], str] | None = None,
    **context: Any,
) -> HttpResponse:
    """A page with one form that calls an action. `back`: where 取消 leads, and where it goes when done (unless
    `after(row)` says otherwise). `context`: about, words, submit, danger, tabs."""
    if row := attempt(form, act):
        messages.success(request, done if isinstance(done, str) else done(row))
        return redirect(after(row) if after else back)
    return render(request, "linkage/form.html", {"form": form, "title": title, "back": back, **context})


def page_of(name: str) -> Callable[[Any], str]:
    """The address of a row's page."""
    return lambda row: reverse(name, args=[row.pk])

"""What the pages of this room share: who opens the lists, and the page of one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.gate import permitted
from accounts.requests import SignedIn
from accounts.roles import Permission
from agencies.models import is_member
from common.forms import attempt

PAGE = 50

# Officials with the right, and the members of an agency: what each sees is for `visible_to` to say.
for_contracts = permitted(Permission.VIEW_CONTRACTS, also=is_member)


def form_page(
    request: SignedIn,
    form: forms.Form,
    write: Callable[[], Any],
    *,
    title: str,
    done: str,
    back: tuple[str, int | None],
    about: str = "",
    to: Callable[[Any], tuple[str, int]] | None = None,
    template: str = "agencies/form.html",
    **extra: Any,
) -> HttpResponse:
    """A form and the action that it feeds. `back` is where it came from and, unless `to` says, where it goes on.

    `extra`: `submit_label`, `danger`, and what the template needs.
    """
    result = attempt(form, write)
    if result is not None and result is not False:
        messages.success(request, done)
        name, key = to(result) if to else back
        return redirect(name, *([] if key is None else [key]))
    name, key = back
    url = reverse(name, args=[] if key is None else [key])
    context = {"form": form, "title": title, "about": about, "back": url, **extra}
    return render(request, template, context)


def list_context(request: SignedIn, form: Any, rows: Any) -> dict[str, Any]:
    """What every list shows; `page` holds the rows of one page."""
    return {
        "form": form,
        "unit": form.chosen_unit,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "sort": request.GET.get("sort", ""),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_manage": bool(request.user.paths(Permission.MANAGE_CONTRACTS)),
        "today": form.on,
    }

"""A page that is one form, as most writes are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.forms import attempt

T = TypeVar("T")


def led_back(request: HttpRequest, reason: str, back: str) -> HttpResponse | None:
    """To `back` with the reason, when a form is opened that could only be refused. None without a reason, and for one
    that was sent: then the action refuses, and what was typed stays on the page."""
    if not reason or request.method == "POST":
        return None
    messages.warning(request, reason)
    return redirect(back)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    back: str,
    template: str = "components/form_page.html",
    **context: Any,
) -> HttpResponse:
    """`back`: where 取消 leads. `context`: about (words under the title), hint (before the form), warning, tabs,
    crumbs, submit_label, danger, and what a template of its own needs."""
    return render(request, template, {"form": form, "title": title, "back": back, **context})


def write_page(
    request: HttpRequest,
    form: forms.Form,
    write: Callable[[], T],
    *,
    done: str | Callable[[T], str],
    back: str,
    after: Callable[[T], str] | None = None,
    **page: Any,
) -> HttpResponse:
    """The page of a form and the action that it feeds. Done, it says so and goes `back`, or where `after(row)` says.

    `page`: title and what else `form_page` takes.
    """
    row = attempt(form, write)
    if row is None:
        return form_page(request, form, back=back, **page)
    messages.success(request, done if isinstance(done, str) else done(row))
    return redirect(after(row) if after else back)

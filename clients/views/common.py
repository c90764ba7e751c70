"""What the pages of a file share. No title of a page and no message names the person: titles stay in the browser's
history, messages in a cookie."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.requests import SignedIn
from clients.models import Client
from common import pages

RELATED = ("station__unit",)
OF_CLIENT = ("client__station__unit",)


def crumbs_of(client: Client) -> list[dict[str, str]]:
    return [
        {"label": "服务对象", "url": reverse("client_list")},
        {"label": f"档案 {client.pk}", "url": reverse("client_detail", args=[client.pk])},
    ]


def form_page(request: SignedIn, client: Client, form: forms.Form, title: str, **extra: Any) -> HttpResponse:
    """A page that is one form about the file. `about`: words beside the person's name; `extra`: see common.pages."""
    back = reverse("client_detail", args=[client.pk])
    trail = crumbs_of(client)
    return pages.form_page(
        request, form, title=title, back=back, template="clients/form.html", client=client, crumbs=trail, **extra
    )


def done(request: SignedIn, client: Client, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("client_detail", client.pk)

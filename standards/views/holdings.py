"""Pages of one row of a register: see, add, correct, end. The three registers share them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.gate import View, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from common.forms import attempt
from files.queries import attachments_of
from standards.actions import add_holding, edit_holding, end_holding
from standards.actions.holdings import BEGUN
from standards.forms.holdings import FORMS, EndHoldingForm
from standards.models import Asset, Institution, Sign
from standards.queries.holding_list import changes_here, holding_rows
from stations.models import Station

P = Permission
JOINED = ("station__unit",)


def _crumbs(request: SignedIn, station: Station, model: type[Any]) -> list[dict[str, str]]:
    word, name = model._meta.verbose_name, model._meta.model_name
    url = f"{reverse(f'{name}_list')}?unit={station.pk}"
    return [*crumbs(request.user, station.unit), {"label": str(word), "url": url}]


def _list(row: Any) -> HttpResponse:
    return redirect(f"{reverse(f'{row._meta.model_name}_list')}?unit={row.station_id}")


def _form(request: SignedIn, station: Station, model: type[Any], form: Any, title: str, **more: Any) -> HttpResponse:
    back = f"{reverse(f'{model._meta.model_name}_list')}?unit={station.pk}"
    context = {"station": station, "form": form, "title": title, "back": back, **more}
    return render(
        request, "standards/holding_form.html", context | {"crumbs": _crumbs(request, station, model)},
        status=400 if form.errors else 200,
    )  # fmt: skip


def add_page(model: type[Any]) -> View:
    @GET_OR_POST
    @scoped(Station, P.SELF_CHECK, related=("unit",))
    def view(request: SignedIn, station: Station) -> HttpResponse:
        form = FORMS[model](request.POST or None, request.FILES or None)
        word = model._meta.verbose_name

        def write() -> Any:
            return add_holding(by=request.user, model=model, station=station, **form.values())

        if row := attempt(form, write):
            messages.success(request, f"已登记“{row}”")
            return _list(row)
        return _form(request, station, model, form, f"登记{word}")

    return view


def detail_page(model: type[Any]) -> View:
    @require_GET
    @scoped(model, P.VIEW, related=JOINED)
    def view(request: SignedIn, row: Any) -> HttpResponse:
        name = model._meta.model_name
        context = {
            "row": row,
            "shown": holding_rows(request.user, [row])[0],
            "files": attachments_of(request.user, [row])[row.pk],
            "station": row.station,
            "name": name,
            "begun": BEGUN[model],
            "is_asset": model is Asset,
            "may_change": changes_here(request.user, row),
            "edit_url": reverse(f"{name}_edit", args=[row.pk]),
            "end_url": reverse(f"{name}_end", args=[row.pk]),
            "history_url": reverse(f"{name}_history", args=[row.pk]),
            "crumbs": _crumbs(request, row.station, model),
        }
        return render(request, "standards/holding_detail.html", context)

    return view


def edit_page(model: type[Any]) -> View:
    @GET_OR_POST
    @scoped(model, P.SELF_CHECK, related=JOINED)
    def view(request: SignedIn, row: Any) -> HttpResponse:
        form = FORMS[model](request.POST or None, request.FILES or None, row=row)
        if attempt(form, lambda: edit_holding(by=request.user, row=row, **form.values())):
            messages.success(request, f"“{row}”已保存")
            return redirect(f"{model._meta.model_name}_detail", row.pk)
        return _form(request, row.station, model, form, f"更正{model._meta.verbose_name}")

    return view


def end_page(model: type[Any]) -> View:
    @GET_OR_POST
    @scoped(model, P.SELF_CHECK, related=JOINED)
    def view(request: SignedIn, row: Any) -> HttpResponse:
        form = EndHoldingForm(request.POST or None)
        if attempt(form, lambda: end_holding(by=request.user, row=row, **form.cleaned_data)):
            messages.success(request, f"“{row}”已停用")
            return _list(row)
        return _form(request, row.station, model, form, f"停用“{row}”", danger=True)

    return view


def history_of(model: type[Any]) -> View:
    @require_GET
    @scoped(model, P.VIEW_RECORDS, related=JOINED)
    def view(request: SignedIn, row: Any) -> HttpResponse:
        return history_page(request, row, title=row.name, back=(f"{model._meta.model_name}_detail", row.pk))

    return view


REGISTERS: dict[str, type[Any]] = {"asset": Asset, "institution": Institution, "sign": Sign}

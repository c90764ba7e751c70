"""Pages of procurements."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.queries import crumbs, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from agencies.actions import conclude_procurement, create_procurement, open_procurement, withdraw_outcome
from agencies.forms.agencies import OpenForm, OutcomeForm, ProcurementForm, ReasonForm
from agencies.forms.filters import ProcurementFilter
from agencies.models import Contract, Procurement
from agencies.queries.procurement_list import sorted_procurements
from agencies.views.shared import for_contracts, list_context
from common.pages import write_page
from files.actions import attach
from files.queries import attachments_of

P = Permission
JOINED = ("buyer", "winner")


@require_GET
@for_contracts
def procurement_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, method, outcome, year. Sort: announced_on, budget, first_year."""
    unit = unit_in_scope(request.user, request.GET.get("unit"), P.VIEW_CONTRACTS)
    form = ProcurementFilter(request.GET, user=request.user, unit=unit)
    rows = form.apply(Procurement.objects.visible_to(request.user, P.VIEW_CONTRACTS).select_related(*JOINED))
    context = list_context(request, form, sorted_procurements(rows, request.GET.get("sort", "")))
    return render(request, "agencies/procurement_list.html", context)


@require_GET
@scoped(Procurement, P.VIEW_CONTRACTS, related=JOINED)
def procurement_detail(request: SignedIn, procurement: Procurement) -> HttpResponse:
    user = request.user
    contracts = Contract.objects.visible_to(user, P.VIEW_CONTRACTS).filter(procurement=procurement)
    context = {
        "procurement": procurement,
        "contracts": list(contracts.select_related("agency")),
        "files": attachments_of(user, [procurement]).get(procurement.pk, []),
        "crumbs": crumbs(user, procurement.buyer),
        "may_manage": allowed(user, P.MANAGE_CONTRACTS, procurement),
    }
    return render(request, "agencies/procurement_detail.html", context)


@GET_OR_POST
@permitted(P.MANAGE_CONTRACTS)
def procurement_create(request: SignedIn) -> HttpResponse:
    form = ProcurementForm(request.POST or None, request.FILES or None, user=request.user)

    def write() -> Procurement:
        given = form.cleaned_data
        with transaction.atomic():
            uploads = given.pop("uploads")
            made = create_procurement(by=request.user, **given)
            attach(by=request.user, target=made, unit=made.buyer, files=uploads, slot="document", field="uploads")
        return made

    return write_page(
        request, form, write, title="新建采购", done="采购已登记", back=reverse("procurement_list"),
        after=lambda made: reverse("procurement_detail", args=[made.pk]),
    )  # fmt: skip


@GET_OR_POST
@scoped(Procurement, P.MANAGE_CONTRACTS, related=JOINED)
def procurement_open(request: SignedIn, procurement: Procurement) -> HttpResponse:
    form = OpenForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: open_procurement(by=request.user, procurement=procurement, on=form.cleaned_data["on"]),
        title="登记开标（评审）",
        done="已登记",
        back=reverse("procurement_detail", args=[procurement.pk]),
        about=procurement.name,
    )


@GET_OR_POST
@scoped(Procurement, P.MANAGE_CONTRACTS, related=JOINED)
def procurement_conclude(request: SignedIn, procurement: Procurement) -> HttpResponse:
    form = OutcomeForm(request.POST or None, user=request.user)
    return write_page(
        request,
        form,
        lambda: conclude_procurement(by=request.user, procurement=procurement, **form.cleaned_data),
        title="登记采购结果",
        done="结果已登记",
        back=reverse("procurement_detail", args=[procurement.pk]),
        about=procurement.name,
    )


@GET_OR_POST
@scoped(Procurement, P.MANAGE_CONTRACTS, related=JOINED)
def procurement_withdraw(request: SignedIn, procurement: Procurement) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: withdraw_outcome(by=request.user, procurement=procurement, **form.cleaned_data),
        title="撤回采购结果",
        done="已撤回",
        back=reverse("procurement_detail", args=[procurement.pk]),
        about=procurement.name,
        submit_label="撤回",
        danger=True,
    )


@require_GET
@scoped(Procurement, P.VIEW_CONTRACTS, related=JOINED)
def procurement_history(request: SignedIn, procurement: Procurement) -> HttpResponse:
    return history_page(request, procurement, title=procurement.name, back=("procurement_detail", procurement.pk))

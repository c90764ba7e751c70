"""Adding files to an agency, procurement, contract or evaluation."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.gate import scoped
from accounts.models import OrgUnit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from agencies.forms.agencies import UploadForm
from agencies.models import Agency, Contract, Evaluation, Procurement
from common.pages import write_page
from files.actions import attach
from files.registry import attachable_of

P = Permission


def _page(request: SignedIn, target: Any, unit: OrgUnit, back: str) -> HttpResponse:
    slots = {name: slot.label for name, slot in attachable_of(target).slots.items()}
    form = UploadForm(request.POST or None, request.FILES or None, slots=slots)

    def write() -> object:
        given = form.cleaned_data
        return attach(
            by=request.user, target=target, unit=unit, files=given["uploads"], slot=given["slot"], field="uploads"
        )

    return write_page(
        request, form, write, title="上传材料", done="材料已上传", back=back, about=str(target), submit_label="上传"
    )


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=("unit",))
def agency_files(request: SignedIn, agency: Agency) -> HttpResponse:
    return _page(request, agency, agency.unit, reverse("agency_detail", args=[agency.pk]))


@GET_OR_POST
@scoped(Procurement, P.MANAGE_CONTRACTS, related=("buyer",))
def procurement_files(request: SignedIn, procurement: Procurement) -> HttpResponse:
    return _page(request, procurement, procurement.buyer, reverse("procurement_detail", args=[procurement.pk]))


@GET_OR_POST
@scoped(Contract, P.MANAGE_CONTRACTS, related=("buyer",))
def contract_files(request: SignedIn, contract: Contract) -> HttpResponse:
    return _page(request, contract, contract.buyer, reverse("contract_detail", args=[contract.pk]))


@GET_OR_POST
@scoped(Evaluation, P.MANAGE_CONTRACTS, related=("term__contract__buyer",))
def evaluation_files(request: SignedIn, evaluation: Evaluation) -> HttpResponse:
    return _page(
        request, evaluation, evaluation.term.contract.buyer, reverse("evaluation_detail", args=[evaluation.pk])
    )

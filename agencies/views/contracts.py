"""Pages of contracts: list, one contract, signing and renewing, promises, payments, ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import allowed, may, permitted, scoped
from accounts.links import url_or_empty
from accounts.queries import crumbs, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from agencies.actions import (
    create_contract,
    edit_contract,
    mark_paid,
    set_payments,
    set_promises,
    terminate_contract,
    withdraw_contract,
    withdraw_paid,
)
from agencies.forms.agencies import ReasonForm
from agencies.forms.contracts import (
    ContractForm,
    EditContractForm,
    PaidForm,
    TerminateForm,
    instalments_of,
    payment_rows,
    promise_rows,
    promises_of,
)
from agencies.forms.filters import ContractFilter
from agencies.models import Contract, ContractTerm, Payment, Procurement
from agencies.queries.contract_list import JOINED, contract_rows, sorted_contracts
from agencies.queries.pages import contract_page
from agencies.queries.payments import advice_of
from agencies.views.shared import for_contracts, list_context
from common.pages import write_page
from files.actions import attach

P = Permission
TERM = ("contract__buyer", "contract__agency")


@require_GET
@for_contracts
def contract_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, state (also expiring and behind), year. Sort: number, starts_on, ends_on, amount, agency."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_CONTRACTS)
    form = ContractFilter(request.GET, user=user, unit=unit)
    contracts = form.apply(Contract.objects.visible_to(user, P.VIEW_CONTRACTS)).select_related(*JOINED)
    context = list_context(request, form, sorted_contracts(contracts, request.GET.get("sort", "")))
    context["rows"] = contract_rows(context["page"].object_list, user, form.on)
    return render(request, "agencies/contract_list.html", context)


@require_GET
@scoped(Contract, P.VIEW_CONTRACTS, related=("agency", "buyer", "procurement__buyer"))
def contract_detail(request: SignedIn, contract: Contract) -> HttpResponse:
    user = request.user
    context = contract_page(contract, user, timezone.localdate()) | {
        "crumbs": crumbs(user, contract.buyer),
        "may_manage": allowed(user, P.MANAGE_CONTRACTS, contract),
        "pay_url": url_or_empty("spending_create") if may(user, P.SPEND_FUNDS, contract.buyer.path) else "",
        "sees_history": may(user, P.VIEW_CONTRACTS, contract.buyer.path),
    }
    return render(request, "agencies/contract_detail.html", context)


def _sign(request: SignedIn, form: ContractForm, **fixed: Any) -> Any:
    """The action behind the form, with the scans that came with it."""

    def write() -> Contract:
        given = {**form.cleaned_data, **fixed}
        with transaction.atomic():
            uploads = given.pop("uploads")
            made = create_contract(by=request.user, **given)
            attach(by=request.user, target=made, unit=made.buyer, files=uploads, slot="scan", field="uploads")
        return made

    return write


@GET_OR_POST
@permitted(P.MANAGE_CONTRACTS)
def contract_create(request: SignedIn) -> HttpResponse:
    """`?procurement=` fills in what that procurement settled."""
    initial = _from_procurement(request)
    form = ContractForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    return write_page(
        request, form, _sign(request, form), title="登记合同", done="合同已登记，接着约定服务指标和付款计划",
        back=reverse("contract_list"), after=lambda made: reverse("contract_detail", args=[made.pk]),
    )  # fmt: skip


def _from_procurement(request: SignedIn) -> dict[str, Any] | None:
    key = request.GET.get("procurement", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    mine = Procurement.objects.visible_to(request.user, P.MANAGE_CONTRACTS).select_related("buyer", "winner")
    row = mine.filter(pk=int(key)).first()
    return {"procurement": row, "buyer": row.buyer, "agency": row.winner, "title": row.name} if row else None


@GET_OR_POST
@scoped(Contract, P.MANAGE_CONTRACTS, related=JOINED)
def contract_renew(request: SignedIn, contract: Contract) -> HttpResponse:
    form = ContractForm(request.POST or None, request.FILES or None, user=request.user, renewal_of=contract)
    write = _sign(request, form, agency=contract.agency, buyer=contract.buyer, renewal_of=contract)
    return write_page(
        request, form, write, title="续签合同", done="已续签", back=reverse("contract_detail", args=[contract.pk]),
        about=f"{contract.agency} · {contract}", after=lambda made: reverse("contract_detail", args=[made.pk]),
    )  # fmt: skip


@GET_OR_POST
@scoped(Contract, P.MANAGE_CONTRACTS, related=JOINED)
def contract_edit(request: SignedIn, contract: Contract) -> HttpResponse:
    form = EditContractForm(request.POST or None, contract=contract)
    return write_page(
        request, form, lambda: edit_contract(by=request.user, contract=contract, **form.cleaned_data),
        title="修改合同", done="合同已保存", back=reverse("contract_detail", args=[contract.pk]), about=str(contract),
    )  # fmt: skip


@GET_OR_POST
@scoped(Contract, P.MANAGE_CONTRACTS, related=JOINED)
def contract_terminate(request: SignedIn, contract: Contract) -> HttpResponse:
    form = TerminateForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: terminate_contract(by=request.user, contract=contract, **form.cleaned_data),
        title="提前终止合同",
        done="合同已提前终止",
        back=reverse("contract_detail", args=[contract.pk]),
        about=str(contract),
        submit_label="终止",
        danger=True,
    )


@GET_OR_POST
@scoped(Contract, P.MANAGE_CONTRACTS, related=JOINED)
def contract_withdraw(request: SignedIn, contract: Contract) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request, form, lambda: withdraw_contract(by=request.user, contract=contract, **form.cleaned_data),
        title="撤回合同", done="合同已撤回", back=reverse("contract_detail", args=[contract.pk]),
        about=f"{contract}：录错的合同撤回后不再计入任何统计，站点可以重新签约", submit_label="撤回", danger=True,
    )  # fmt: skip


@GET_OR_POST
@scoped(ContractTerm, P.MANAGE_CONTRACTS, related=TERM)
def term_promises(request: SignedIn, term: ContractTerm) -> HttpResponse:
    """The indicators promised for a year of service, as rows."""
    rows = promise_rows(request.POST or None, term)
    return _rows_page(
        request, rows, lambda: set_promises(by=request.user, term=term, promises=promises_of(rows)),
        contract=term.contract, title="约定服务指标", about=f"{term.contract} · {term}", done="服务指标已保存",
        hint="每行一项；不选方法和领域即为全部服务。清空一行的计量和数量即删除该项。",
    )  # fmt: skip


@GET_OR_POST
@scoped(Contract, P.MANAGE_CONTRACTS, related=JOINED)
def contract_payments(request: SignedIn, contract: Contract) -> HttpResponse:
    """The instalments that are not paid yet, as rows."""
    rows = payment_rows(request.POST or None, contract, contract.payments.filter(paid_on=None))
    paid = sum(payment.amount for payment in contract.payments.filter(paid_on__isnull=False))
    rest = contract.amount - paid
    return _rows_page(
        request, rows,
        lambda: set_payments(by=request.user, contract=contract, instalments=instalments_of(rows, contract)),
        contract=contract, title="付款计划", about=str(contract), done="付款计划已保存",
        hint=f"各期合计应为 {rest:,} 元"
        + (f"（合同 {contract.amount:,} 元，已支付的期次 {paid:,} 元）" if paid else "")
        + "；也可以填写占其中的比例，合计 100%。清空一行的金额和比例即删除该期。",
    )  # fmt: skip


def _rows_page(
    request: SignedIn, rows: Any, write: Any, *, contract: Contract, title: str, about: str, done: str, hint: str
) -> HttpResponse:
    """A table of rows and the action that takes them all at once."""
    problems: list[str] = []
    if rows.is_bound and rows.is_valid():
        try:
            write()
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, done)
            return redirect("contract_detail", contract.pk)
    context = {
        "rows": rows,
        "title": title,
        "about": about,
        "hint_text": hint,
        "problems": problems,
        "back": reverse("contract_detail", args=[contract.pk]),
    }
    return render(request, "agencies/rows_form.html", context)


@GET_OR_POST
@scoped(Payment, P.MANAGE_CONTRACTS, related=TERM)
def payment_paid(request: SignedIn, payment: Payment) -> HttpResponse:
    back = reverse("contract_detail", args=[payment.contract_id])
    if payment.paid_on:
        messages.info(request, f"第 {payment.number} 期已登记支付")
        return redirect(*back)
    advice = advice_of(payment, timezone.localdate())
    form = PaidForm(request.POST or None, amount=advice.amount or payment.amount)
    return write_page(
        request, form, lambda: mark_paid(by=request.user, payment=payment, **form.cleaned_data),
        title=f"登记第 {payment.number} 期付款", done="付款已登记", back=back,
        about=f"{payment.contract} · 本期 {payment.amount} 元 · {advice.advice.label}：{advice.reason}",
    )  # fmt: skip


@GET_OR_POST
@scoped(Payment, P.MANAGE_CONTRACTS, related=TERM)
def payment_withdraw(request: SignedIn, payment: Payment) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: withdraw_paid(by=request.user, payment=payment, **form.cleaned_data),
        title=f"撤回第 {payment.number} 期付款登记",
        done="已撤回",
        back=reverse("contract_detail", args=[payment.contract_id]),
        about=str(payment.contract),
        submit_label="撤回",
        danger=True,
    )


@require_GET
@scoped(Contract, P.VIEW_CONTRACTS, related=JOINED)
def contract_history(request: SignedIn, contract: Contract) -> HttpResponse:
    return history_page(request, contract, title=str(contract), back=("contract_detail", contract.pk))

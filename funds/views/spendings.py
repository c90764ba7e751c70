"""Payments: entering, seeing one, its vouchers, reversing it, a checker's word on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import GatedQuerySet, may, permitted, scoped
from accounts.models import OrgUnit
from accounts.queries import home_unit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from agencies.models import Payment
from agencies.paying import PaymentAdvice
from agencies.queries.payments import advice_of
from common.forms import attempt
from common.pages import form_page
from files.queries import attachments_of
from funds.actions import add_vouchers, flag_spending, may_check, record_spending, reverse_spending
from funds.forms.entry import FlagForm, ReasonForm, SpendingForm, VoucherForm
from funds.forms.filters import PurseFilter
from funds.models import Category, Entry, EntryKind, Holding, Spending
from funds.queries.findings import Where, findings
from funds.views.shared import chosen_unit, fund_crumbs, number_or_404

P = Permission
FEW = 30  # holdings in one select; more are narrowed down by unit and fund first
JOINED = ("fund__document", "unit", "recorded_by", "payment__contract")


@GET_OR_POST
@permitted(P.SPEND_FUNDS)
def spending_create(request: SignedIn) -> HttpResponse:
    """`?unit=` and `?fund=` narrow what is spent from, `?payment=` is the instalment of a contract that is paid."""
    user, payment = request.user, _asked_payment(request)
    held = Holding.objects.visible_to(user, P.SPEND_FUNDS).filter(fen__gt=0)
    many = held.count() > FEW
    unit = chosen_unit(request) or (payment.contract.buyer if payment else home_unit(user) if many else None)
    chosen = {**request.GET.dict(), "unit": unit.pk if unit else ""}
    purse = PurseFilter(chosen, user=user, unit=unit) if many else None
    offered = _offered(held, unit, number_or_404(request.GET.get("fund")))
    advice = advice_of(payment, timezone.localdate()) if payment else None
    initial = _of_instalment(payment, advice) | {"holding": offered[0] if len(offered) == 1 else None}
    form = SpendingForm(request.POST or None, request.FILES or None, user=user, offered=offered, initial=initial)
    if spending := attempt(form, lambda: record_spending(by=user, **form.values())):
        done = f"已登记支出 {spending.amount:,} 元"
        if form.cleaned_data["vouchers"]:
            messages.success(request, done)
        else:
            messages.warning(request, f"{done}，还没有凭证扫描件，请补传")
        return redirect("spending_detail", spending.pk)
    return form_page(
        request, form, title="登记支出", back=reverse("fund_ledger"), template="funds/spending_form.html",
        none=not offered, purse=purse, payment=payment, advice=advice,
    )  # fmt: skip


def _asked_payment(request: SignedIn) -> Payment | None:
    """The unpaid instalment of `?payment=`; None when the user has none of that key."""
    key = number_or_404(request.GET.get("payment"))
    owed = Payment.objects.visible_to(request.user, P.MANAGE_CONTRACTS).filter(paid_on=None)
    return owed.select_related("contract__buyer", "contract__agency", "term").filter(pk=key).first() if key else None


def _of_instalment(payment: Payment | None, advice: PaymentAdvice | None) -> dict[str, Any]:
    """What the contract and the advice say already."""
    if payment is None or advice is None:
        return {}
    contract = payment.contract
    return {
        "payment": payment,
        "category": Category.PURCHASE,
        "amount": advice.amount or payment.amount,
        "payee": contract.agency.name,
        "purpose": f"{contract.title} 第 {payment.number} 期",
    }


def _offered(held: GatedQuerySet, unit: OrgUnit | None, fund: int | None) -> list[Holding]:
    """What is held at and below the unit, or where that is more than a select can show, by the unit itself."""
    rows = held.select_related("fund__document", "unit").order_by("unit__path", "-fund__year", "fund")
    if unit:
        rows = rows.under(unit)
    if fund:
        rows = rows.filter(fund=fund)
    found = list(rows[: FEW + 1])
    return found if len(found) <= FEW else list(rows.filter(unit=unit))


@require_safe
@scoped(Spending, P.VIEW_FUNDS, related=JOINED)
def spending_detail(request: SignedIn, spending: Spending) -> HttpResponse:
    user = request.user
    reversal = Entry.objects.visible_to(user, P.VIEW_FUNDS).filter(spending=spending, kind=EntryKind.SPENDING_REVERSED)
    may_spend = may(user, P.SPEND_FUNDS, spending.unit.path)
    context = {
        "spending": spending,
        "vouchers": attachments_of(user, [spending])[spending.pk],
        "reversal": reversal.select_related("recorded_by").first(),
        "findings": findings(Where(user, spending=spending), timezone.localdate()),
        "contract_url": _contract_url(user, spending),
        "may_reverse": may_spend and not spending.reversed_on,
        "may_attach": may_spend,
        "may_flag": may_check(user, spending.unit) and not spending.reversed_on,
        "crumbs": fund_crumbs(spending.fund, f"支出 {spending.number}"),
    }
    return render(request, "funds/spending_detail.html", context)


def _contract_url(user: Any, spending: Spending) -> str:
    """The contract's page, for who may read contracts there."""
    payment = spending.payment
    if payment is None or not may(user, P.VIEW_CONTRACTS, spending.unit.path):
        return ""
    return reverse("contract_detail", args=[payment.contract_id])


def _form(request: SignedIn, spending: Spending, form: Any, title: str, **more: Any) -> HttpResponse:
    back = reverse("spending_detail", args=[spending.pk])
    about = f"{spending.number} · {spending.payee} {spending.amount:,} 元"
    trail = fund_crumbs(spending.fund, title)
    return form_page(request, form, title=title, back=back, about=about, crumbs=trail, **more)


@GET_OR_POST
@scoped(Spending, P.SPEND_FUNDS, related=JOINED)
def spending_voucher(request: SignedIn, spending: Spending) -> HttpResponse:
    form = VoucherForm(request.POST or None, request.FILES or None)

    def write() -> Spending:
        add_vouchers(by=request.user, spending=spending, **form.cleaned_data)
        return spending

    if attempt(form, write):
        messages.success(request, "凭证已上传")
        return redirect("spending_detail", spending.pk)
    return _form(request, spending, form, "上传凭证", submit_label="上传")


@GET_OR_POST
@scoped(Spending, P.SPEND_FUNDS, related=JOINED)
def spending_reverse(request: SignedIn, spending: Spending) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda: reverse_spending(by=request.user, spending=spending, **form.cleaned_data)):
        messages.success(request, "已冲销；如需更正，请另行登记")
        return redirect("spending_detail", spending.pk)
    hint = "冲销另记一笔，原记录保留；金额退回结存。登记有误的，冲销后重新登记。"
    return _form(request, spending, form, "冲销支出", hint=hint, submit_label="冲销", danger=True)


@GET_OR_POST
@scoped(Spending, P.MANAGE_FUNDS, related=JOINED)
def spending_flag(request: SignedIn, spending: Spending) -> HttpResponse:
    """A checker says that the payment was something else; the action refuses those who check themselves."""
    form = FlagForm(request.POST or None)
    if attempt(form, lambda: flag_spending(by=request.user, spending=spending, **form.cleaned_data)):
        messages.success(request, "已列入资金疑点")
        return redirect("spending_detail", spending.pk)
    return _form(request, spending, form, "标记疑点", hint="标记后列入资金疑点，支出记录不变。")

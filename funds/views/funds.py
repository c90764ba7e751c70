"""Funds: list, page, registering, correcting, forbidden uses, receipts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted, scoped
from accounts.queries import home_unit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from common.forms import attempt
from common.pages import form_page
from funds.actions import (
    add_forbidden_use,
    add_receipt,
    create_fund,
    edit_fund,
    remove_forbidden_use,
    reverse_receipt,
)
from funds.forms.entry import ForbidForm, FundEditForm, FundForm, ReasonForm, ReceiptForm
from funds.forms.filters import FundFilter
from funds.models import Allocation, Fund, FundForbiddenUse, FundReceipt, Source
from funds.queries.findings import Where, findings
from funds.queries.fund_page import chain_of, fund_rows, sorted_funds, total_of
from funds.views.shared import PAGE, chosen_unit, crumbs, fund_crumbs, fund_or_404, rights
from funds.views.tables import chain_table, fund_table

P = Permission
SHOWN = 10
JOINED = ("unit", "document")


@require_safe
@permitted(P.VIEW_FUNDS)
def fund_list(request: SignedIn) -> HttpResponse:
    """Filters: unit (narrows the amounts), source, tier, year, q. Sort: name, year, tier."""
    unit = chosen_unit(request)
    form = FundFilter(request.GET, user=request.user, unit=unit)
    funds = form.apply(Fund.objects.visible_to(request.user, P.VIEW_FUNDS)).select_related(*JOINED)
    tops = [unit.path] if unit else None
    page = Paginator(sorted_funds(funds, request.GET.get("sort", "")), PAGE).get_page(request.GET.get("page"))
    total = total_of(request.user, funds, tops) if page.paginator.count else None
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "sort": request.GET.get("sort", ""),
        "total": total,
        "table": fund_table(fund_rows(request.user, page.object_list, tops), total),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_create": bool(request.user.paths(P.MANAGE_FUNDS)),
    }
    return render(request, "funds/fund_list.html", context)


@require_safe
@permitted(P.VIEW_FUNDS)
def fund_detail(request: SignedIn, pk: int) -> HttpResponse:
    """What the fund is for, how it went down (amounts of the user's own scope), what was found."""
    fund = fund_or_404(request, pk)
    user, unit = request.user, chosen_unit(request)
    chain = chain_of(user, fund, unit)
    found = findings(Where(user, fund=fund), timezone.localdate())
    may = rights(request, fund.unit.path)
    received = Allocation.objects.visible_to(user, P.VIEW_FUNDS).filter(fund=fund)
    context = {
        "fund": fund,
        "unit": unit,
        "uses": list(fund.forbidden_uses.all()),
        "spent": fund.spendings.exists(),
        "chain": chain,
        "table": chain_table(chain),
        "receipts": FundReceipt.objects.visible_to(user, P.VIEW_FUNDS).filter(fund=fund).select_related("recorded_by"),
        "waiting": received.in_transit().count(),
        "findings": found[:SHOWN],
        "open_findings": sum(1 for row in found if row.explanation is None),
        "all_findings": len(found),
        "may_allocate": bool(user.paths(P.MANAGE_FUNDS)) and chain.total.held > 0,
        "may_pay": bool(user.paths(P.SPEND_FUNDS)) and chain.total.held > 0,
        "crumbs": crumbs((fund.name, "")),
        **may,
    }
    return render(request, "funds/fund_detail.html", context)


@GET_OR_POST
@permitted(P.MANAGE_FUNDS)
def fund_create(request: SignedIn) -> HttpResponse:
    """`?source=` chooses the source beforehand: each has its own offer of forbidden uses."""
    asked = request.GET.get("source", "")
    source = asked if asked in Source.values else Source.LOTTERY
    home = home_unit(request.user)
    initial = {"source": source, "unit": home, "year": timezone.localdate().year, "tier": home.level if home else None}
    form = FundForm(request.POST or None, user=request.user, initial=initial)
    if fund := attempt(form, lambda: create_fund(by=request.user, **form.cleaned_data)):
        messages.success(request, f"已登记“{fund}”，请继续登记到账")
        return redirect("fund_detail", fund.pk)
    chosen = form["source"].value()
    tabs = [{"label": label, "url": f"?source={value}", "active": value == chosen} for value, label in Source.choices]
    trail = crumbs(("登记资金", ""))
    return form_page(request, form, title="登记资金", back=reverse("fund_list"), tabs=tabs, crumbs=trail)


@GET_OR_POST
@scoped(Fund, P.MANAGE_FUNDS, related=JOINED)
def fund_edit(request: SignedIn, fund: Fund) -> HttpResponse:
    form = FundEditForm(request.POST or None, user=request.user, fund=fund)
    if attempt(form, lambda: edit_fund(by=request.user, fund=fund, **form.cleaned_data)):
        messages.success(request, "已保存")
        return redirect("fund_detail", fund.pk)
    return _form(request, fund, form, "修改资金信息")


def _form(request: SignedIn, fund: Fund, form: Form, title: str, **more: Any) -> HttpResponse:
    back = reverse("fund_detail", args=[fund.pk])
    trail = fund_crumbs(fund, title)
    return form_page(request, form, title=title, back=back, about=fund.name, crumbs=trail, **more)


@GET_OR_POST
@scoped(Fund, P.MANAGE_FUNDS, related=JOINED)
def fund_receive(request: SignedIn, fund: Fund) -> HttpResponse:
    form = ReceiptForm(request.POST or None)
    if receipt := attempt(form, lambda: add_receipt(by=request.user, fund=fund, **form.cleaned_data)):
        messages.success(request, f"已登记到账 {receipt.amount:,} 元")
        return redirect("fund_detail", fund.pk)
    return _form(
        request, fund, form, "登记到账", hint=f"从系统以外拨到{fund.unit.name}的款项。上级在本系统下达的，请确认到账。"
    )


@GET_OR_POST
@scoped(Fund, P.MANAGE_FUNDS, related=JOINED)
def fund_forbid(request: SignedIn, fund: Fund) -> HttpResponse:
    form = ForbidForm(request.POST or None)
    if use := attempt(form, lambda: add_forbidden_use(by=request.user, fund=fund, **form.cleaned_data)):
        messages.success(request, f"已增加禁止用途“{use.get_category_display()}”")
        return redirect("fund_detail", fund.pk)
    return _form(
        request, fund, form, "增加禁止用途", hint="自禁止之日起登记支出即被拒绝；该日以后已有的支出列为挪用疑点。"
    )


@GET_OR_POST
@scoped(FundForbiddenUse, P.MANAGE_FUNDS, related=("fund__document", "fund__unit"))
def fund_permit(request: SignedIn, use: FundForbiddenUse) -> HttpResponse:
    """Take a use off the list, while nothing was spent."""
    problem = ""
    if request.method == "POST":
        try:
            remove_forbidden_use(by=request.user, use=use)
            messages.success(request, f"“{use.get_category_display()}”不再是禁止用途")
            return redirect("fund_detail", use.fund_id)
        except ValidationError as error:
            problem = "；".join(error.messages)
    context = {
        "title": f"去掉禁止用途“{use.get_category_display()}”？",
        "text": problem or "去掉后可以登记这一类支出。资金有支出以后，禁止用途只能增加。",
        "back": reverse("fund_detail", args=[use.fund_id]),
        "submit_label": "去掉",
        "crumbs": fund_crumbs(use.fund, "去掉禁止用途"),
    }
    return render(request, "funds/confirm.html", context)


@GET_OR_POST
@scoped(FundReceipt, P.MANAGE_FUNDS, related=("fund__document", "fund__unit"))
def receipt_reverse(request: SignedIn, receipt: FundReceipt) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda: reverse_receipt(by=request.user, receipt=receipt, **form.cleaned_data)):
        messages.success(request, "已冲销")
        return redirect("fund_detail", receipt.fund_id)
    hint = f"{receipt.received_on} 到账 {receipt.amount:,} 元。冲销另记一笔，原记录保留。"
    return _form(request, receipt.fund, form, "冲销到账", hint=hint, submit_label="冲销", danger=True)


@require_safe
@permitted(P.VIEW_FUNDS)
def fund_history(request: SignedIn, pk: int) -> HttpResponse:
    """Every recorded change of the fund, as far as its events lie in the user's scope."""
    fund = fund_or_404(request, pk)
    return history_page(request, fund, title=fund.name, back=("fund_detail", fund.pk))

"""Passing money down: the list of what was sent, one allocation, sending, confirming, taking back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import may, permitted, require, scoped
from accounts.models import Level, OrgUnit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from common import money
from common.forms import attempt
from common.pages import form_page
from funds.actions import allocate, confirm_receipt, may_confirm, take_back
from funds.forms.entry import AllocateForm, ConfirmForm, TakeBackForm, receivers_of
from funds.forms.filters import AllocationFilter
from funds.models import Allocation, Entry, Holding
from funds.queries.balances import returned_of
from funds.views.shared import PAGE, chosen_unit, crumbs, fund_crumbs, fund_or_404, number_or_404

P = Permission
JOINED = ("fund__document", "from_unit", "to_unit", "received_by", "recorded_by")
SORTS = {"allocated_on": "allocated_on", "amount": "amount"}


def state_of(allocation: Allocation) -> dict[str, str]:
    """Label and tone of its badge."""
    if allocation.withdrawn_on:
        return {"label": f"{allocation.withdrawn_on} 撤回", "tone": "muted"}
    if allocation.received_on:
        return {"label": f"{allocation.received_on} 到账", "tone": "ok"}
    days = (timezone.localdate() - allocation.allocated_on).days
    return {"label": f"在途 {days} 天" if days else "在途", "tone": "info"}


@require_safe
@permitted(P.VIEW_FUNDS)
def allocation_list(request: SignedIn) -> HttpResponse:
    """Filters: unit (the receiver's), fund, state (on its way, unless asked otherwise). Sort: allocated_on, amount."""
    unit, user = chosen_unit(request), request.user
    form = AllocationFilter(request.GET, user=user, unit=unit)
    sort = request.GET.get("sort", "")
    order = SORTS.get(sort.removeprefix("-"), "-allocated_on")
    order = f"-{order}" if sort.startswith("-") and order in SORTS.values() else order
    rows = form.allocations().select_related(*JOINED).order_by(order, "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    given_back = returned_of(page.object_list)
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "sort": sort,
        "rows": [
            {
                "allocation": row,
                "state": state_of(row),
                "returned": given_back.get(row.pk),
                "confirm": row.is_in_transit and may_confirm(user, row),
            }
            for row in page.object_list
        ],
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_allocate": bool(user.paths(P.MANAGE_FUNDS)),
        "crumbs": crumbs(("下达和到账", "")),
    }
    return render(request, "funds/allocation_list.html", context)


@require_safe
@scoped(Allocation, P.VIEW_FUNDS, related=JOINED)
def allocation_detail(request: SignedIn, allocation: Allocation) -> HttpResponse:
    user = request.user
    steps = Entry.objects.visible_to(user, P.VIEW_FUNDS).filter(allocation=allocation)
    given_back = returned_of([allocation]).get(allocation.pk)
    left = allocation.amount - (given_back or 0)
    context = {
        "allocation": allocation,
        "state": state_of(allocation),
        "returned": given_back,
        "steps": [
            {"on": step.on, "kind": step.get_kind_display(), "unit": step.unit.name, "amount": money.yuan(step.fen),
             "note": step.note, "by": step.recorded_by}
            for step in steps.select_related("unit", "recorded_by").order_by("pk")
        ],
        "may_confirm": allocation.is_in_transit and may_confirm(user, allocation),
        "may_take_back": may(user, P.MANAGE_FUNDS, allocation.from_unit.path)
        and not allocation.withdrawn_on
        and left > 0,
        "crumbs": fund_crumbs(allocation.fund, "下达"),
    }  # fmt: skip
    return render(request, "funds/allocation_detail.html", context)


def _sender(request: SignedIn, holdings: Any) -> Holding | None:
    """The holding of `?from=`, else the only or highest one."""
    key = number_or_404(request.GET.get("from"))
    if key is not None:
        return get_object_or_404(holdings, unit=key)
    return holdings.first()


@GET_OR_POST
@permitted(P.MANAGE_FUNDS)
def fund_allocate(request: SignedIn, pk: int) -> HttpResponse:
    """`?from=` chooses the unit that sends, `?tier=` the level of those that get it (the next one below by default)."""
    fund, user = fund_or_404(request, pk), request.user
    holdings = Holding.objects.visible_to(user, P.MANAGE_FUNDS).filter(fund=fund, unit__level__lt=Level.STATION)
    holdings = holdings.filter(fen__gt=0).select_related("unit").order_by("unit__path")
    holding = _sender(request, holdings)
    context: dict[str, Any] = {"fund": fund, "holding": holding, "crumbs": fund_crumbs(fund, "下达资金")}
    if holding is not None:
        sender: OrgUnit = holding.unit
        levels = [level for level in Level if level > sender.level]
        tier = number_or_404(request.GET.get("tier")) or levels[0].value
        if tier not in levels:
            raise Http404("没有这个层级")
        form = AllocateForm(request.POST or None, receivers=receivers_of(user, sender, tier))
        made = attempt(
            form,  # type: ignore[arg-type]
            lambda: allocate(by=user, fund=fund, from_unit=sender, **form.values()),  # type: ignore[type-var,return-value]
        )
        if made:
            total = sum(row.amount for row in made)  # type: ignore[attr-defined]
            messages.success(request, f"已下达 {len(made)} 笔，共 {total:,} 元，待接收单位确认到账")  # type: ignore[arg-type]
            return redirect("fund_detail", fund.pk)
        context |= {
            "form": form,
            "sender": sender,
            "held": money.yuan(holding.fen),
            "tabs": [
                {
                    "label": f"下达到{level.label}",
                    "url": f"?from={sender.pk}&tier={level.value}",
                    "active": level == tier,
                }
                for level in levels
            ],
            "senders": [
                {"label": row.unit.name, "url": f"?from={row.unit_id}", "active": row.unit_id == sender.pk}
                for row in holdings[:20]
            ],
        }
    return render(request, "funds/allocate.html", context)


@GET_OR_POST
@scoped(Allocation, P.SPEND_FUNDS, related=JOINED)
def allocation_confirm(request: SignedIn, allocation: Allocation) -> HttpResponse:
    """The receiver says that the money is there."""
    form = ConfirmForm(request.POST or None)
    if attempt(form, lambda: confirm_receipt(by=request.user, allocation=allocation, **form.cleaned_data)):
        messages.success(request, f"已确认{allocation.to_unit.name}到账 {allocation.amount:,} 元。")
        return redirect("allocation_detail", allocation.pk)
    sent = f"{allocation.from_unit.name} {allocation.allocated_on} 下达{allocation.to_unit.name}"
    return _form(request, allocation, form, "确认到账", hint=f"{sent} {allocation.amount:,} 元。")


@GET_OR_POST
@scoped(Allocation, P.MANAGE_FUNDS, related=JOINED)
def allocation_return(request: SignedIn, allocation: Allocation) -> HttpResponse:
    """Take it back. That is the sender's to do, so the right is asked for there."""
    require(request.user, P.MANAGE_FUNDS, allocation.from_unit.path)
    form = TakeBackForm(request.POST or None)
    if attempt(form, lambda: take_back(by=request.user, allocation=allocation, **form.cleaned_data)):
        messages.success(request, "已收回")
        return redirect("allocation_detail", allocation.pk)
    hint = f"从{allocation.to_unit.name}收回到{allocation.from_unit.name}。另记一笔，下达记录保留。"
    return _form(request, allocation, form, "收回资金", hint=hint, submit_label="收回", danger=True)


def _form(request: SignedIn, allocation: Allocation, form: Any, title: str, **more: Any) -> HttpResponse:
    back = reverse("allocation_detail", args=[allocation.pk])
    about = allocation.fund.name
    trail = fund_crumbs(allocation.fund, title)
    return form_page(request, form, title=title, back=back, about=about, crumbs=trail, **more)

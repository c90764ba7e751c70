"""Pages of charity resources: donations, stock, handing out."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from common.pages import write_page
from files.queries import attachments_of
from linkage import actions
from linkage.forms.filters import DonationFilter, HandoutFilter
from linkage.forms.resources import DonationForm, HandoutForm
from linkage.forms.shared import ReasonForm
from linkage.models import Donation, Handout, RecipientKind
from linkage.queries.resources import (
    donation_rows,
    donation_sums,
    handout_rows,
    handout_sums,
    handouts_of,
    sorted_donations,
    sorted_handouts,
    stock,
)
from linkage.queries.where import Reads
from linkage.views.shared import EDIT, VIEW, filtered, page_of, paged

JOINED = ("unit",)
OF_HANDOUT = ("donation__unit", "client")


TABS = {"donation_list": "捐赠", "donation_stock": "结存", "handout_list": "发放"}


def _tabs(request: SignedIn, here: str) -> list[dict[str, object]]:
    kept = request.GET.copy()
    for name in ("page", "sort"):
        kept.pop(name, None)
    query = f"?{kept.urlencode()}" if kept else ""
    return [{"label": label, "url": reverse(name) + query, "active": name == here} for name, label in TABS.items()]


@require_GET
@permitted(VIEW)
def donation_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, form, donor_kind, stock, month (received in it). Sort: received_on, value, item."""
    _, donations, context = filtered(request, DonationFilter, Donation.objects.visible_to(request.user, VIEW))
    page = paged(request, sorted_donations(donations, context["sort"]))
    rows = donation_rows(page.object_list, Reads(request.user))
    context |= {"page": page, "rows": rows, "sums": donation_sums(donations), "tabs": _tabs(request, "donation_list")}
    return render(request, "linkage/donation_list.html", context)


@require_GET
@permitted(VIEW)
def donation_stock(request: SignedIn) -> HttpResponse:
    """What came and what is left, by item. The list's filters."""
    _, donations, context = filtered(request, DonationFilter, Donation.objects.visible_to(request.user, VIEW))
    context |= {"rows": stock(donations), "sums": donation_sums(donations), "tabs": _tabs(request, "donation_stock")}
    return render(request, "linkage/donation_stock.html", context)


@require_GET
@permitted(VIEW)
def handout_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, form, to_kind, month (given in it). Sort: given_on, value, people."""
    _, handouts, context = filtered(request, HandoutFilter, Handout.objects.visible_to(request.user, VIEW))
    page = paged(request, sorted_handouts(handouts, context["sort"]))
    rows = handout_rows(page.object_list, Reads(request.user))
    context |= {"page": page, "rows": rows, "sums": handout_sums(handouts), "tabs": _tabs(request, "handout_list")}
    return render(request, "linkage/handout_list.html", context)


@require_GET
@scoped(Donation, VIEW, related=JOINED)
def donation_detail(request: SignedIn, donation: Donation) -> HttpResponse:
    edits = allowed(request.user, EDIT, donation)
    handouts = handouts_of(donation, request.user)
    people = [one.row for one in handouts] if edits else []
    receipts = attachments_of(request.user, people) if people else {}
    context = {
        "donation": donation,
        "row": donation_rows([donation], Reads(request.user))[0],
        "handouts": [(one, receipts.get(one.pk, [])) for one in handouts],
        "files": attachments_of(request.user, [donation])[donation.pk] if edits else [],
        "edits": edits and donation.withdrawn_at is None,
        "known": Reads(request.user).people_at(donation.unit.path),
        "crumbs": crumbs(request.user, donation.unit),
    }
    return render(request, "linkage/donation_detail.html", context)


@GET_OR_POST
@permitted(EDIT)
def donation_create(request: SignedIn) -> HttpResponse:
    form = DonationForm(request.POST or None, request.FILES or None, user=request.user)
    return write_page(
        request,
        form,
        lambda: actions.receive_donation(by=request.user, **form.values()),
        title="登记慈善资源",
        done="已登记，可以从这笔资源发放",
        back=reverse("donation_list"),
        after=page_of("donation_detail"),
        about="进入资金台账的捐款在“资金”登记，不在这里重复登记",
    )


@GET_OR_POST
@scoped(Donation, EDIT, related=JOINED)
def donation_withdraw(request: SignedIn, donation: Donation) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.withdraw_donation(by=request.user, donation=donation, reason=form.cleaned_data["reason"]),
        title="撤回慈善资源",
        done="已撤回，不再计入统计",
        back=page_of("donation_detail")(donation),
        about=str(donation),
        hint="登记错了才撤回；撤回后保留可查，不再计入统计。",
        submit_label="确认撤回",
        danger=True,
    )


@GET_OR_POST
@scoped(Donation, EDIT, related=JOINED)
def hand_out(request: SignedIn, donation: Donation) -> HttpResponse:
    """`?to=` chooses the kind of recipient: each has its own fields."""
    back = page_of("donation_detail")(donation)
    if donation.withdrawn_at or not donation.left:
        return redirect(back)
    asked = request.GET.get("to", "")
    kind = RecipientKind(asked) if asked in RecipientKind.values else RecipientKind.CLIENT
    form = HandoutForm(request.POST or None, request.FILES or None, user=request.user, donation=donation, kind=kind)
    row = donation_rows([donation], Reads(request.user))[0]
    return write_page(
        request,
        form,
        lambda: actions.hand_out(by=request.user, donation=donation, **form.values()),
        title=f"发放{donation.item}",
        done="已登记发放",
        back=back,
        about=f"结存 {row.left:,f} {donation.measure}，价值 {donation.left_value:,.2f} 元",
        tabs=[{"label": one.label, "url": f"?to={one}", "active": one == kind} for one in RecipientKind],
        submit_label="登记发放",
    )


@GET_OR_POST
@scoped(Handout, EDIT, related=OF_HANDOUT)
def handout_withdraw(request: SignedIn, handout: Handout) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.withdraw_handout(by=request.user, handout=handout, reason=form.cleaned_data["reason"]),
        title="撤回发放",
        done="已撤回，数量回到结存",
        back=page_of("donation_detail")(handout.donation),
        about=str(handout),
        submit_label="确认撤回",
        danger=True,
    )

"""What the pages of money share."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.gate import may
from accounts.models import OrgUnit
from accounts.queries import unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from funds.models import Fund

P = Permission
PAGE = 50


def chosen_unit(request: SignedIn) -> OrgUnit | None:
    """The unit of `?unit=` within the user's scope; Http404 outside."""
    return unit_in_scope(request.user, request.GET.get("unit"), P.VIEW_FUNDS)


def fund_or_404(request: SignedIn, pk: int) -> Fund:
    """A fund is read downwards too, so its place in the tree does not say who may read it: `visible_to` does."""
    rows = Fund.objects.visible_to(request.user, P.VIEW_FUNDS).select_related("document", "unit")
    return get_object_or_404(rows, pk=pk)


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """资金, then (label, address) of each step."""
    return [{"label": "资金", "url": reverse("fund_list")}, *({"label": label, "url": url} for label, url in steps)]


def fund_crumbs(fund: Fund, last: str) -> list[dict[str, str]]:
    return crumbs((fund.name, reverse("fund_detail", args=[fund.pk])), (last, ""))


def rights(request: SignedIn, path: str) -> dict[str, bool]:
    """May the user manage and spend money at this path?"""
    return {
        "may_manage": may(request.user, P.MANAGE_FUNDS, path),
        "may_spend": may(request.user, P.SPEND_FUNDS, path),
    }


def number_or_404(raw: str | None) -> int | None:
    """A key out of the address; None when it is empty."""
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise Http404("没有找到")
    return int(raw)

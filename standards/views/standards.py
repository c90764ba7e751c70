"""Pages of standards: what holds for a unit, versions, adding and tightening items, ending."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import permitted, scoped
from accounts.models import Level, OrgUnit, User
from accounts.queries import unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import PERMISSIONS, Permission, Role
from common.forms import attempt
from policies.actions import add_document
from policies.models import PolicyDocument
from standards.actions import drop_item, end_standard, issue_standard, set_item
from standards.effective import Item
from standards.forms.checks import DayForm
from standards.forms.standards import EndForm, ItemForm, PaperForm, StandardFilter, VersionForm
from standards.models import Standard, StandardItem
from standards.queries.unit_page import effective_for, grouped, item_row, list_standards, version_page, versions_of
from standards.views.shared import PAGE, tabs

P = Permission
T = TypeVar("T", bound=models.Model)


def issues_for(user: User, unit: OrgUnit) -> bool:
    """May the user issue standards as this very unit? Not as one below their own."""
    return any(
        posting.unit_id == unit.pk and P.ISSUE_STANDARD in PERMISSIONS[Role(posting.role)]
        for posting in user.current_postings()
    )


def _as_own(request: SignedIn, unit: OrgUnit) -> None:
    if not issues_for(request.user, unit):
        raise PermissionDenied("只能为本单位制定建设标准")


def _crumbs(unit: OrgUnit, label: str) -> list[dict[str, str]]:
    return [{"label": f"{unit.name}建设标准", "url": reverse("unit_standard", args=[unit.pk])}, {"label": label}]


@require_GET
@permitted(P.VIEW)
def standard_list(request: SignedIn) -> HttpResponse:
    """Versions that reach the user's units or were issued in them. Filters: unit, state. Sort: issuer, year, day."""
    user, today = request.user, timezone.localdate()
    unit = unit_in_scope(user, request.GET.get("unit"))
    form = StandardFilter(request.GET)
    sort = request.GET.get("sort", "")
    rows = list_standards(user, under=unit, state=form.state_, on=today, sort=sort)
    own = [p.unit for p in user.current_postings() if issues_for(user, p.unit)]
    context = {
        "tabs": tabs("standard_list", request),
        "form": form,
        "unit": unit,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "sort": sort,
        "today": today,
        "own": own,
        "home": unit or OrgUnit.objects.visible_to(user).order_by("level", "path").first(),
    }
    return render(request, "standards/standard_list.html", context)


@require_GET
@permitted(P.VIEW)
def standard_detail(request: SignedIn, pk: int) -> HttpResponse:
    """A standard is read downwards too, so its place in the tree does not say who may read it: `visible_to` does."""
    rows = Standard.objects.visible_to(request.user).select_related("issuer", "document")
    standard = get_object_or_404(rows, pk=pk)
    today = timezone.localdate()
    context = {
        "standard": standard,
        "page": version_page(standard),
        "today": today,
        "may_end": standard.ends_on is None and not standard.is_default and issues_for(request.user, standard.issuer),
        "crumbs": [{"label": "建设标准", "url": reverse("standard_list")}, {"label": str(standard)}],
    }
    return render(request, "standards/standard_detail.html", context)


@require_GET
@scoped(OrgUnit, P.VIEW)
def unit_standard(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """What holds for the unit on `?on=`, each item with whose it is."""
    today = timezone.localdate()
    form = DayForm(request.GET if request.GET.get("on") else None, initial={"on": today})
    on = form.day(today)
    items, standards = effective_for(unit, on)
    issues = issues_for(request.user, unit)
    context = {
        "unit": unit,
        "form": form,
        "on": on,
        "groups": grouped(items, unit),
        "count": len(items),
        "standards": standards,
        "versions": versions_of(unit) if unit.level in (Level.PROVINCE, Level.CITY, Level.COUNTY) else [],
        "issues": issues,
        "today": today,
        "crumbs": [{"label": "建设标准", "url": reverse("standard_list")}, {"label": unit.name}],
    }
    return render(request, "standards/unit_standard.html", context)


# ---- writing --------------------------------------------------------------------------------------------------------


def _open_version(unit: OrgUnit) -> Standard | None:
    return unit.standards.current().select_related("document").first()


def _with_paper(request: SignedIn, unit: OrgUnit, form: PaperForm, write: Callable[[PolicyDocument], T]) -> T | None:
    """Record the new document, where one is typed, and write; both or neither."""

    def both() -> T:
        with transaction.atomic():
            new = form.new_paper()
            paper = form.cleaned_data["document"]
            if new is not None:
                paper = add_document(by=request.user, issuer=unit, issuer_name="", **new)
            return write(paper)

    return attempt(form, both)


def _standing(unit: OrgUnit, code: str) -> Item:
    """The item that holds for the unit today or is to hold. Http404 for an unknown code."""
    current = _open_version(unit)
    day = max(timezone.localdate(), current.starts_on) if current else timezone.localdate()
    found = next((item for item in effective_for(unit, day)[0] if item.code == code), None)
    if found is None:
        raise Http404("标准里没有这一项")
    return found


@GET_OR_POST
@scoped(OrgUnit, P.ISSUE_STANDARD)
def standard_item(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """Add an item; with `?code=` change one's own or tighten one that stands above."""
    _as_own(request, unit)
    code = request.GET.get("code", "")
    current = _open_version(unit)
    standing = _standing(unit, code) if code else None
    own = current.items.filter(code=code).first() if current and code else None
    form = ItemForm(
        request.POST or None, user=request.user, unit=unit, expected=current.pk if current else 0,
        standing=standing, own=own,
    )  # fmt: skip

    def write(paper: PolicyDocument) -> Standard:
        return set_item(
            by=request.user,
            issuer=unit,
            document=paper,
            starts_on=form.cleaned_data["starts_on"],
            item=form.draft(_new_code(unit), _next_order(current)),
            expected=form.cleaned_data["expected"],
        )

    if standard := _with_paper(request, unit, form, write):
        messages.success(request, f"已发布，{standard.starts_on} 起施行；下级站点将按新要求重新判定")
        return redirect("unit_standard", unit.pk)
    title = "增加项目" if standing is None else "修改项目" if form.is_own else "收紧要求"
    row = item_row(standing, unit) if standing else None
    context = {"unit": unit, "form": form, "title": title, "row": row, "crumbs": _crumbs(unit, title)}
    return render(request, "standards/standard_item.html", context)


def _new_code(unit: OrgUnit) -> str:
    """A code that the unit has never used."""
    used = set(StandardItem.objects.filter(standard__issuer=unit).values_list("code", flat=True))
    number = len(used) + 1
    while f"U{unit.pk}_{number}" in used:
        number += 1
    return f"U{unit.pk}_{number}"


def _next_order(current: Standard | None) -> int:
    last = current.items.order_by("order").values_list("order", flat=True).last() if current else None
    return min((last or 990) + 10, 32_000)


@GET_OR_POST
@scoped(OrgUnit, P.ISSUE_STANDARD)
def standard_drop(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """Give up one's own demand on the item `?code=`; of a unit above it is refused."""
    _as_own(request, unit)
    item = _standing(unit, request.GET.get("code", ""))
    current = _open_version(unit)
    form = PaperForm(request.POST or None, user=request.user, unit=unit, expected=current.pk if current else 0)

    def write(paper: PolicyDocument) -> Standard:
        values = form.cleaned_data
        return drop_item(
            by=request.user, issuer=unit, document=paper, starts_on=values["starts_on"], code=item.code,
            expected=values["expected"],
        )  # fmt: skip

    if standard := _with_paper(request, unit, form, write):
        messages.success(request, f"已取消，{standard.starts_on} 起不再要求")
        return redirect("unit_standard", unit.pk)
    context = {"unit": unit, "form": form, "title": "取消本单位的要求", "row": item_row(item, unit)}
    return render(request, "standards/standard_item.html", context | {"crumbs": _crumbs(unit, "取消要求")})


@GET_OR_POST
@scoped(OrgUnit, P.ISSUE_STANDARD)
def standard_issue(request: SignedIn, unit: OrgUnit) -> HttpResponse:
    """A new version of the unit's own standard: its items as they are, less those that are left out.

    A province without one begins from the default's items.
    """
    _as_own(request, unit)
    current = _open_version(unit)
    rows = _first_rows(unit, current)
    form = VersionForm(
        request.POST or None, user=request.user, unit=unit, expected=current.pk if current else 0, rows=rows,
        initial={"title": current.title if current else f"{unit.name}社工站建设标准"},
    )  # fmt: skip

    def write(paper: PolicyDocument) -> Standard:
        values = form.cleaned_data
        return issue_standard(
            by=request.user, issuer=unit, document=paper, title=values["title"], year=values["year"],
            starts_on=values["starts_on"], items=form.items(papers_go_on=current is not None),
            expected=values["expected"],
        )  # fmt: skip

    if standard := _with_paper(request, unit, form, write):
        messages.success(request, f"已发布“{standard}”，{standard.starts_on} 起施行")
        return redirect("unit_standard", unit.pk)
    context = {"unit": unit, "form": form, "title": "发布新一版", "current": current, "rows": rows}
    return render(request, "standards/standard_issue.html", context | {"crumbs": _crumbs(unit, "发布新一版")})


def _first_rows(unit: OrgUnit, current: Standard | None) -> list[StandardItem]:
    """What a new version begins from."""
    if current is not None:
        return list(current.items.select_related("document"))
    if unit.level != Level.PROVINCE:
        return []
    return list(StandardItem.objects.filter(standard__is_default=True).select_related("document"))


@GET_OR_POST
@scoped(Standard, P.ISSUE_STANDARD, related=("issuer", "document"))
def standard_end(request: SignedIn, standard: Standard) -> HttpResponse:
    _as_own(request, standard.issuer)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if attempt(form, lambda: end_standard(by=request.user, standard=standard, **form.cleaned_data)):
        messages.success(request, "已终止；此后以上级标准为准")
        return redirect("unit_standard", standard.issuer_id)
    context = {"standard": standard, "form": form, "crumbs": _crumbs(standard.issuer, "终止标准")}
    return render(request, "standards/standard_end.html", context)

"""Documents: list, detail, adding one, adding and ending provisions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gate import may, permitted, require, scoped
from accounts.models import Level, OrgUnit
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.forms import put_errors
from policies.actions import add_document, add_provision, end_provision
from policies.forms import DocumentFilter, DocumentForm, EndForm, ProvisionForm
from policies.kinds import KINDS
from policies.models import PolicyDocument, Provision, ProvisionKind
from policies.queries.documents import (
    SORTS,
    grouped,
    issuers_in_view,
    list_documents,
    provision_rows,
    provisions_of,
    years_in_view,
)
from policies.views.shared import tabs

PAGE_SIZE = 50


@require_safe
@permitted(Permission.VIEW)
def document_list(request: SignedIn) -> HttpResponse:
    """Documents that govern the user's units or were issued in them."""
    user = request.user
    form = DocumentFilter(request.GET, issuers=issuers_in_view(user), years=years_in_view(user))
    chosen = form.cleaned_data if form.is_valid() else {}
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in SORTS:
        sort = "-issued_on"
    under = None
    if chosen.get("unit"):
        under = get_object_or_404(OrgUnit.objects.visible_to(user), pk=chosen["unit"])
    rows = list_documents(
        user,
        on=timezone.localdate(),
        search=chosen.get("q", ""),
        issuer=chosen.get("issuer"),
        under=under,
        year=chosen.get("year"),
        sort=sort,
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs("document_list"),
        "form": form,
        "page": page,
        "sort": sort,
        "under": under,
        "may_add": bool(user.paths(Permission.MANAGE_POLICIES)),
    }
    return render(request, "policies/document_list.html", context)


@require_safe
@permitted(Permission.VIEW)
def document_detail(request: SignedIn, pk: int) -> HttpResponse:
    """A document is read downwards too, so its place in the tree does not say who may read it: `visible_to` does."""
    rows = PolicyDocument.objects.visible_to(request.user).select_related("issuer")
    document = get_object_or_404(rows, pk=pk)
    manages = may(request.user, Permission.MANAGE_POLICIES, document.issuer.path) and not document.is_default
    context = {
        "document": document,
        "groups": grouped(provisions_of(document, timezone.localdate())),
        "manages": manages,
        "crumbs": [{"label": "制度文件", "url": reverse("document_list")}, {"label": document.number}],
    }
    return render(request, "policies/document_detail.html", context)


@require_http_methods(["GET", "POST"])
@permitted(Permission.MANAGE_POLICIES)
def document_add(request: SignedIn) -> HttpResponse:
    units = OrgUnit.objects.visible_to(request.user, Permission.MANAGE_POLICIES).filter(level__lte=Level.COUNTY)
    initial = {"issuer": units.order_by("level", "path").first()}
    form = DocumentForm(request.POST or None, units=units, initial=initial)
    if form.is_valid():
        try:
            document = add_document(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已录入《{document.title}》，请继续添加条款")
            return redirect("document_detail", pk=document.pk)
    crumbs = [{"label": "制度文件", "url": reverse("document_list")}, {"label": "录入文件"}]
    return render(request, "policies/document_add.html", {"form": form, "crumbs": crumbs})


@require_http_methods(["GET", "POST"])
@scoped(PolicyDocument, Permission.MANAGE_POLICIES, related=("issuer",))
def provision_add(request: SignedIn, document: PolicyDocument) -> HttpResponse:
    """Without `?kind=` it offers the kinds, with it the form of that kind."""
    crumbs = [
        {"label": "制度文件", "url": reverse("document_list")},
        {"label": document.number, "url": reverse("document_detail", args=[document.pk])},
        {"label": "添加条款"},
    ]
    if document.is_default:
        messages.error(request, "缺省规则随系统提供，不能增加条款；请录入文件")
        return redirect("document_detail", pk=document.pk)
    kind = request.GET.get("kind", "")
    if kind not in ProvisionKind.values:
        kinds = [
            {"value": str(kind), "label": declared.label, "rule": declared.rule} for kind, declared in KINDS.items()
        ]
        context = {"document": document, "kinds": kinds, "crumbs": crumbs, "unknown": bool(kind)}
        return render(request, "policies/provision_kinds.html", context)
    units = OrgUnit.objects.visible_to(request.user, Permission.MANAGE_POLICIES).under(document.issuer)
    units = units.filter(level__lte=Level.TOWNSHIP)
    initial = {"unit": document.issuer, "in_force_from": document.issued_on}
    form = ProvisionForm(request.POST or None, kind=KINDS[ProvisionKind(kind)], units=units, initial=initial)
    if form.is_valid():
        saved = _save_provision(request, document, kind, form)
        if saved is not None:
            return saved
    context = {"document": document, "form": form, "declared": KINDS[ProvisionKind(kind)], "crumbs": crumbs}
    return render(request, "policies/provision_add.html", context)


def _save_provision(
    request: SignedIn, document: PolicyDocument, kind: str, form: ProvisionForm
) -> HttpResponseRedirect | None:
    common = {name: form.cleaned_data[name] for name in ("unit", "clause", "text", "in_force_from", "in_force_to")}
    try:
        provision = add_provision(by=request.user, document=document, kind=kind, parameters=form.parameters(), **common)
    except ValidationError as error:
        put_errors(form, error)
        return None
    messages.success(request, f"已添加：{form.kind.sentence(provision.parameters)}")
    return HttpResponseRedirect(f"{reverse('document_detail', args=[document.pk])}#p{provision.pk}")


@require_http_methods(["GET", "POST"])
@scoped(Provision, Permission.MANAGE_POLICIES, related=("document__issuer", "unit"))
def provision_end(request: SignedIn, provision: Provision) -> HttpResponse:
    document = provision.document
    # A document is its issuer's: a county may not end what the city set for it.
    require(request.user, Permission.MANAGE_POLICIES, document.issuer.path)
    if document.is_default or provision.in_force_to is not None:
        ended = f"该条款已定于 {provision.in_force_to} 终止"
        messages.error(request, "缺省规则不能终止，请录入文件取代" if document.is_default else ended)
        return redirect("document_detail", pk=document.pk)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            end_provision(by=request.user, provision=provision, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"该条款适用至 {form.cleaned_data['on']}，此前的日期仍依据它")
            return redirect("document_detail", pk=document.pk)
    context = {
        "document": document,
        "row": provision_rows([provision], timezone.localdate())[0],
        "form": form,
        "crumbs": [
            {"label": "制度文件", "url": reverse("document_list")},
            {"label": document.number, "url": reverse("document_detail", args=[document.pk])},
            {"label": "终止条款"},
        ],
    }
    return render(request, "policies/provision_end.html", context)

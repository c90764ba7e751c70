"""Pages of community organisations."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from common.pages import write_page
from linkage import actions
from linkage.forms.filters import OrganisationFilter
from linkage.forms.people import EndForm, OrganisationEditForm, OrganisationForm
from linkage.models import Organisation, OrganisationService
from linkage.queries.organisations import life_of, organisation_rows, sorted_organisations
from linkage.views.shared import EDIT, VIEW, filtered, page_of, paged

JOINED = ("unit",)


@require_GET
@permitted(VIEW)
def organisation_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, kind, filing, active, month (active at its end), serving (with `month`: in a service of it).
    Sort: name, members, starts_on."""
    form, organisations, context = filtered(
        request, OrganisationFilter, Organisation.objects.visible_to(request.user, VIEW)
    )
    page = paged(request, sorted_organisations(organisations, context["sort"]))
    context |= {"page": page, "rows": organisation_rows(page.object_list, form.took, request.user)}
    return render(request, "linkage/organisation_list.html", context)


@require_GET
@scoped(Organisation, VIEW, related=JOINED)
def organisation_detail(request: SignedIn, organisation: Organisation) -> HttpResponse:
    edits = allowed(request.user, EDIT, organisation)
    took = OrganisationService.objects.visible_to(request.user, VIEW).valid()
    context = life_of(organisation, request.user) | {
        "organisation": organisation,
        "row": organisation_rows([organisation], took, request.user)[0],
        "edits": edits,
        "phone": organisation.phone if edits else "",
        "crumbs": crumbs(request.user, organisation.unit),
    }
    return render(request, "linkage/organisation_detail.html", context)


@GET_OR_POST
@permitted(EDIT)
def organisation_create(request: SignedIn) -> HttpResponse:
    form = OrganisationForm(request.POST or None, user=request.user)
    return write_page(
        request,
        form,
        lambda: actions.register_organisation(by=request.user, **form.values()),
        title="登记社区社会组织",
        done=lambda row: f"已登记{row.name}",
        back=reverse("organisation_list"),
        after=page_of("organisation_detail"),
    )


@GET_OR_POST
@scoped(Organisation, EDIT, related=JOINED)
def organisation_edit(request: SignedIn, organisation: Organisation) -> HttpResponse:
    form = OrganisationEditForm(request.POST or None, organisation=organisation)
    return write_page(
        request,
        form,
        lambda: actions.edit_organisation(by=request.user, organisation=organisation, **form.cleaned_data),
        title="修改社会组织",
        done="已保存",
        back=page_of("organisation_detail")(organisation),
        about=organisation.name,
    )


@GET_OR_POST
@scoped(Organisation, EDIT, related=JOINED)
def organisation_end(request: SignedIn, organisation: Organisation) -> HttpResponse:
    form = EndForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.end_organisation(by=request.user, organisation=organisation, **form.cleaned_data),
        title="登记停止活动",
        done="已登记停止活动",
        back=page_of("organisation_detail")(organisation),
        about=organisation.name,
        submit_label="确认停止",
    )

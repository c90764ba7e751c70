"""Pages of agencies: list, one agency, its grades, blacklisting, workers and members."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.gate import allowed, may, permitted, scoped
from accounts.queries import crumbs, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from accounts.views.history import history_page
from agencies.actions import (
    add_member,
    adopt_employments,
    blacklist,
    create_agency,
    edit_agency,
    employ_by_agency,
    end_member,
    grant_grade,
    lift_blacklisting,
    withdraw_grade,
)
from agencies.forms.agencies import (
    AgencyForm,
    BlacklistForm,
    EmployForm,
    EndMemberForm,
    GradeForm,
    LiftForm,
    MemberForm,
)
from agencies.forms.filters import AgencyFilter
from agencies.models import Agency, AgencyMember
from agencies.queries.agency_list import agency_rows, sorted_agencies
from agencies.queries.pages import adoptable, agency_page
from agencies.views.shared import for_contracts, list_context
from common.forms import WithdrawForm
from common.pages import write_page
from files.actions import attach

P = Permission
JOINED = ("unit",)


@require_GET
@for_contracts
def agency_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q, grade, expiring, blacklisted, hired. Sort: name, grade, grade_until, registered_on."""
    user = request.user
    unit = unit_in_scope(user, request.GET.get("unit"), P.VIEW_CONTRACTS)
    form = AgencyFilter(request.GET, user=user, unit=unit)
    agencies = form.apply(Agency.objects.visible_to(user, P.VIEW_CONTRACTS))
    context = list_context(request, form, sorted_agencies(agencies, request.GET.get("sort", ""), form.on))
    context["rows"] = agency_rows(context["page"].object_list, user, form.on)
    return render(request, "agencies/agency_list.html", context)


@require_GET
@scoped(Agency, P.VIEW_CONTRACTS, related=JOINED)
def agency_detail(request: SignedIn, agency: Agency) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    manages = allowed(user, P.MANAGE_CONTRACTS, agency)
    context = agency_page(agency, user, today) | {
        "crumbs": crumbs(user, agency.unit),
        "may_manage": manages,
        "may_employ": manages and bool(user.paths(P.MANAGE_WORKERS)),
        "may_buy": bool(user.paths(P.MANAGE_CONTRACTS)),
        "adoptable": adoptable(agency, user, today) if manages else [],
        "sees_history": may(user, P.VIEW_CONTRACTS, agency.unit.path),
    }
    return render(request, "agencies/agency_detail.html", context)


@GET_OR_POST
@permitted(P.MANAGE_CONTRACTS)
def agency_create(request: SignedIn) -> HttpResponse:
    form = AgencyForm(request.POST or None, user=request.user)
    return write_page(
        request, form, lambda: create_agency(by=request.user, **form.cleaned_data),
        title="新建机构档案", done="已建档，接着登记等级、上传登记证书", back=reverse("agency_list"),
        after=lambda agency: reverse("agency_detail", args=[agency.pk]),
    )  # fmt: skip


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_edit(request: SignedIn, agency: Agency) -> HttpResponse:
    form = AgencyForm(request.POST or None, user=request.user, agency=agency)
    return write_page(
        request, form, lambda: edit_agency(by=request.user, agency=agency, **form.cleaned_data),
        title="编辑机构档案", done="档案已保存", back=reverse("agency_detail", args=[agency.pk]), about=agency.name,
    )  # fmt: skip


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_grade(request: SignedIn, agency: Agency) -> HttpResponse:
    form = GradeForm(request.POST or None, request.FILES or None)

    def write() -> object:
        given = form.cleaned_data
        with transaction.atomic():
            uploads = given.pop("uploads")
            made = grant_grade(by=request.user, agency=agency, **given)
            attach(by=request.user, target=agency, unit=agency.unit, files=uploads, slot="grade", field="uploads")
        return made

    return write_page(
        request,
        form,
        write,
        title="登记机构等级",
        done="等级已登记",
        back=reverse("agency_detail", args=[agency.pk]),
        about=agency.name,
    )


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_grade_withdraw(request: SignedIn, agency: Agency) -> HttpResponse:
    last = agency.grades.first()
    if last is None:
        messages.info(request, "没有可以撤回的等级")
        return redirect("agency_detail", agency.pk)
    form = WithdrawForm(request.POST or None, expected=last.pk)
    return write_page(
        request,
        form,
        lambda: withdraw_grade(by=request.user, agency=agency, **form.cleaned_data),
        title="撤回机构等级",
        done="已撤回",
        back=reverse("agency_detail", args=[agency.pk]),
        about=f"{agency.name} {last}",
        submit_label="撤回",
        danger=True,
    )


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_blacklist(request: SignedIn, agency: Agency) -> HttpResponse:
    """Put the agency on the blacklist, or take it off."""
    back = reverse("agency_detail", args=[agency.pk])
    if agency.blacklistings.current().exists():
        form = LiftForm(request.POST or None)
        return write_page(
            request, form, lambda: lift_blacklisting(by=request.user, agency=agency, **form.cleaned_data),
            title="移出黑名单", done="已移出黑名单", back=back, about=agency.name,
        )  # fmt: skip
    listing = BlacklistForm(request.POST or None, request.FILES or None)

    def write() -> object:
        given = listing.cleaned_data
        with transaction.atomic():
            uploads = given.pop("uploads")
            made = blacklist(by=request.user, agency=agency, **given)
            attach(by=request.user, target=agency, unit=agency.unit, files=uploads, slot="blacklist", field="uploads")
        return made

    return write_page(
        request, listing, write, title="列入黑名单", done="已列入黑名单，不能再签订新合同", back=back,
        about=f"{agency.name}：列入后不能签订新合同、不能成交，履行中的合同不受影响", submit_label="列入", danger=True,
    )  # fmt: skip


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_employ(request: SignedIn, agency: Agency) -> HttpResponse:
    form = EmployForm(request.POST or None, user=request.user)
    return write_page(
        request, form, lambda: employ_by_agency(by=request.user, agency=agency, **form.values()),
        title="聘用社工", done="聘用已登记", back=reverse("agency_detail", args=[agency.pk]), about=agency.name,
    )  # fmt: skip


@require_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_adopt(request: SignedIn, agency: Agency) -> HttpResponse:
    """Link the employments that were entered under the agency's name on workers' pages."""
    found = adoptable(agency, request.user, timezone.localdate())
    count = adopt_employments(by=request.user, agency=agency, employments=found)
    messages.success(request, f"已关联 {count} 名社工的聘用")
    return redirect("agency_detail", agency.pk)


@GET_OR_POST
@scoped(Agency, P.MANAGE_CONTRACTS, related=JOINED)
def agency_member_add(request: SignedIn, agency: Agency) -> HttpResponse:
    form = MemberForm(request.POST or None)

    def write() -> AgencyMember:
        given = form.cleaned_data
        return add_member(by=request.user, agency=agency, user=given["username"], starts_on=given["starts_on"])

    return write_page(
        request, form, write, title="增加机构管理员", done="已增加，其可见站点随合同自动生效和到期",
        back=reverse("agency_detail", args=[agency.pk]), about=agency.name,
    )  # fmt: skip


@GET_OR_POST
@scoped(AgencyMember, P.MANAGE_CONTRACTS, related=("agency__unit", "user"))
def agency_member_end(request: SignedIn, member: AgencyMember) -> HttpResponse:
    form = EndMemberForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: end_member(by=request.user, member=member, **form.cleaned_data),
        title="结束机构管理员",
        done="已结束",
        back=reverse("agency_detail", args=[member.agency_id]),
        about=str(member),
    )


@require_GET
@scoped(Agency, P.VIEW_CONTRACTS, related=JOINED)
def agency_history(request: SignedIn, agency: Agency) -> HttpResponse:
    """Every recorded change of the file within the user's scope."""
    return history_page(request, agency, title=agency.name, back=("agency_detail", agency.pk))

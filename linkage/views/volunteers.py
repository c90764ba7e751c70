"""Pages of volunteers. Who may not read names sees numbers, units and hours."""

from __future__ import annotations

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gate import allowed, permitted, scoped
from accounts.queries import crumbs
from accounts.requests import GET_OR_POST, SignedIn
from common.pages import write_page
from linkage import actions
from linkage.forms.filters import VolunteerFilter
from linkage.forms.people import LeaveForm, VolunteerEditForm, VolunteerForm
from linkage.models import Volunteer, VolunteerService
from linkage.queries.volunteers import services_of, sorted_volunteers, volunteer_rows, volunteer_sums
from linkage.queries.where import Reads
from linkage.views.shared import EDIT, READ, VIEW, filtered, page_of, paged

JOINED = ("unit", "organisation")


@require_GET
@permitted(VIEW)
def volunteer_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, q (skills, organisation), month (with hours in it), standing. Sort: hours, registered_on."""
    form, volunteers, context = filtered(request, VolunteerFilter, Volunteer.objects.visible_to(request.user, VIEW))
    page = paged(request, sorted_volunteers(volunteers, context["sort"], form.took))
    rows = volunteer_rows(page.object_list, Reads(request.user), form.took, timezone.localdate())
    context |= {"page": page, "rows": rows, "sums": volunteer_sums(volunteers, form.took)}
    return render(request, "linkage/volunteer_list.html", context)


@require_GET
@scoped(Volunteer, READ, related=JOINED)
def volunteer_detail(request: SignedIn, volunteer: Volunteer) -> HttpResponse:
    edits, today = allowed(request.user, EDIT, volunteer), timezone.localdate()
    took = VolunteerService.objects.visible_to(request.user, VIEW).valid()
    context = {
        "volunteer": volunteer,
        "minor": volunteer.may_be_minor(today),
        "row": volunteer_rows([volunteer], Reads(request.user), took, today)[0],
        "services": services_of(volunteer),
        "edits": edits,
        "phone": volunteer.phone if edits else "",
        "crumbs": crumbs(request.user, volunteer.unit),
    }
    return render(request, "linkage/volunteer_detail.html", context)


@GET_OR_POST
@permitted(EDIT)
def volunteer_create(request: SignedIn) -> HttpResponse:
    form = VolunteerForm(request.POST or None, user=request.user)
    return write_page(
        request,
        form,
        lambda: actions.register_volunteer(by=request.user, **form.values()),
        title="登记志愿者",
        done="已登记志愿者",
        back=reverse("volunteer_list"),
        after=page_of("volunteer_detail"),
        about="姓名和联系电话只有本站、本乡镇（街道）看得到",
    )


@GET_OR_POST
@scoped(Volunteer, EDIT, related=JOINED)
def volunteer_edit(request: SignedIn, volunteer: Volunteer) -> HttpResponse:
    form = VolunteerEditForm(request.POST or None, volunteer=volunteer)
    return write_page(
        request,
        form,
        lambda: actions.edit_volunteer(by=request.user, volunteer=volunteer, **form.cleaned_data),
        title="修改志愿者",
        done="已保存",
        back=page_of("volunteer_detail")(volunteer),
        about=volunteer.name,
    )


@GET_OR_POST
@scoped(Volunteer, EDIT, related=JOINED)
def volunteer_leave(request: SignedIn, volunteer: Volunteer) -> HttpResponse:
    form = LeaveForm(request.POST or None)
    return write_page(
        request,
        form,
        lambda: actions.leave_volunteer(by=request.user, volunteer=volunteer, **form.cleaned_data),
        title="志愿者退出",
        done="已登记退出，服务时长保留",
        back=page_of("volunteer_detail")(volunteer),
        about=volunteer.name,
        submit_label="确认退出",
    )


@GET_OR_POST
@scoped(Volunteer, EDIT, related=JOINED)
def volunteer_return(request: SignedIn, volunteer: Volunteer) -> HttpResponse:
    form = Form(request.POST if request.method == "POST" else None)  # no field: a click confirms
    return write_page(
        request,
        form,
        lambda: actions.return_volunteer(by=request.user, volunteer=volunteer),
        title="恢复志愿者",
        done="已恢复为在册志愿者",
        back=page_of("volunteer_detail")(volunteer),
        about=volunteer.name,
        hint="退出登记将被取消，视为没有退出过。",
        submit_label="确认恢复",
    )

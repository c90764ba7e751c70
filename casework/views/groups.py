"""Pages of groups to read: lists, one group, its attendance, its printed file."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import permitted, scoped
from accounts.queries import crumbs, places, unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from casework.forms.group_filters import GroupFilter, SessionFilter
from casework.models import Group, GroupSession
from casework.queries.group_list import attendance_total, group_rows, session_rows, sorted_groups
from casework.queries.group_page import attendance_table, group_context, reads_people
from clients.gate import supervises

P = Permission
PAGE = 50
JOINED = ("station__unit",)


@require_safe
@permitted(P.VIEW_RECORDS, also=supervises)
def group_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, month, what, phase, state, kind, domain, worker, q. Sort: station, opened_on, formed_on,
    closed_on."""
    unit = unit_in_scope(request.user, request.GET.get("unit"), P.VIEW_RECORDS)
    form = GroupFilter(request.GET, user=request.user, unit=unit)
    groups = form.apply(Group.objects.visible_to(request.user, P.VIEW_RECORDS))
    sort = request.GET.get("sort", "")
    page = Paginator(sorted_groups(groups.select_related(*JOINED), sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": group_rows(page.object_list),
        "filtered": _filtered(request, form),
        "may_write": bool(request.user.paths(P.EDIT_CASES)),
    }
    return render(request, "casework/group_list.html", context)


@require_safe
@permitted(P.VIEW_RECORDS, also=supervises)
def session_list(request: SignedIn) -> HttpResponse:
    """Sessions of groups. Filters: unit, month (held in it), state, domain, worker, q."""
    unit = unit_in_scope(request.user, request.GET.get("unit"), P.VIEW_RECORDS)
    form = SessionFilter(request.GET, user=request.user, unit=unit)
    sessions = form.apply(GroupSession.objects.visible_to(request.user, P.VIEW_RECORDS))
    found = sessions.select_related("group__station__unit").order_by("-planned_on", "-id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "unit": unit,
        "page": page,
        "rows": session_rows(page.object_list),
        "came": attendance_total(sessions),
        "filtered": _filtered(request, form),
        "may_write": bool(request.user.paths(P.EDIT_CASES)),
    }
    return render(request, "casework/session_list.html", context)


def _filtered(request: SignedIn, form: GroupFilter | SessionFilter) -> bool:
    return any(value for key, value in request.GET.items() if key in form.fields)


@require_safe
@scoped(Group, P.VIEW_RECORDS, related=JOINED)
def group_detail(request: SignedIn, group: Group) -> HttpResponse:
    context = group_context(request.user, group) | {"crumbs": crumbs(request.user, group.station.unit)}
    return render(request, "casework/group_detail.html", context)


@require_safe
@scoped(Group, P.VIEW_CLIENTS, related=JOINED)
def group_attendance(request: SignedIn, group: Group) -> HttpResponse:
    """Members × sessions."""
    context = {
        "group": group,
        "table": attendance_table(request.user, group),
        "crumbs": crumbs(request.user, group.station.unit),
    }
    return render(request, "casework/group_attendance.html", context)


@require_safe
@scoped(Group, P.VIEW_RECORDS, related=JOINED)
def group_print(request: SignedIn, group: Group) -> HttpResponse:
    """The group's file 小组档案, A4; with members and attendance only for who may read them."""
    reads = reads_people(request.user, group)
    context = group_context(request.user, group) | {
        "place": places([group.station.unit])[group.station_id],
        "table": attendance_table(request.user, group) if reads else None,
        "now": timezone.localtime(),
    }
    return render(request, "casework/group_print.html", context)

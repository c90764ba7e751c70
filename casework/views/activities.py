"""Pages of community activities."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.gate import permitted, scoped
from accounts.queries import crumbs, unit_in_scope
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from casework.actions import activities as actions
from casework.forms.activities import ActivityForm, CancelForm, ConclusionForm, TakeBackForm
from casework.forms.group_filters import ActivityFilter
from casework.forms.people import VisitorsForm
from casework.models import Activity, ActivityRecord
from casework.queries.activity_list import activity_context, activity_rows, sorted_activities
from casework.views.plans import chosen_station, done, early, form_page, station_tabs, stations_of
from clients.gate import supervises
from common.forms import attempt, put_errors
from services import rules
from services.queries import is_locked

P = Permission
PAGE = 50
JOINED = ("station__unit",)


@require_safe
@permitted(P.VIEW_RECORDS, also=supervises)
def activity_list(request: SignedIn) -> HttpResponse:
    """Filters: unit, month (first held in it), state, domain, worker, q. Sort: station, starts_on, held_on."""
    unit = unit_in_scope(request.user, request.GET.get("unit"), P.VIEW_RECORDS)
    form = ActivityFilter(request.GET, user=request.user, unit=unit)
    found = form.apply(Activity.objects.visible_to(request.user, P.VIEW_RECORDS))
    sort = request.GET.get("sort", "")
    page = Paginator(sorted_activities(found.select_related(*JOINED), sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "unit": unit,
        "sort": sort,
        "page": page,
        "rows": activity_rows(page.object_list),
        "filtered": any(value for key, value in request.GET.items() if key in form.fields),
        "may_write": bool(request.user.paths(P.EDIT_CASES)),
    }
    return render(request, "casework/activity_list.html", context)


@require_safe
@scoped(Activity, P.VIEW_RECORDS, related=JOINED)
def activity_detail(request: SignedIn, activity: Activity) -> HttpResponse:
    context = activity_context(request.user, activity) | {"crumbs": crumbs(request.user, activity.station.unit)}
    return render(request, "casework/activity_detail.html", context)


@GET_OR_POST
@permitted(P.EDIT_CASES)
def activity_create(request: SignedIn) -> HttpResponse:
    """`?station=` chooses the station."""
    stations = stations_of(request)
    station = chosen_station(request, stations)
    if station is None:
        return render(request, "services/no_station.html")
    form = ActivityForm(request.POST or None, station=station, user_id=request.user.pk)
    if activity := attempt(
        form, lambda: actions.create_activity(by=request.user, station=station, **form.cleaned_data)
    ):
        return done(request, activity, f"已保存“{activity.name}”的计划")
    context = {
        "form": form,
        "title": "策划社区活动",
        "station": station,
        "tabs": station_tabs(stations, station),
        "back_url": reverse("activity_list"),
    }
    return render(request, "casework/plan_form.html", context)


@GET_OR_POST
@scoped(Activity, P.EDIT_CASES, related=JOINED)
def activity_edit(request: SignedIn, activity: Activity) -> HttpResponse:
    if sent := early(request, activity, actions.refuses(activity, "修改")):
        return sent
    form = ActivityForm(request.POST or None, station=activity.station, user_id=request.user.pk, activity=activity)
    if attempt(form, lambda: actions.edit_activity(by=request.user, activity=activity, **form.cleaned_data)):
        return done(request, activity, "已保存活动计划")
    return form_page(request, activity, form, "修改活动计划")


@GET_OR_POST
@scoped(ActivityRecord, P.EDIT_CASES, related=("activity__station__unit", "record"))
def activity_people(request: SignedIn, row: ActivityRecord) -> HttpResponse:
    """Who came on that day: ticked, by a pasted list of names, or by number."""
    activity, record = row.activity, row.record
    locked = is_locked(activity.station, record.month)
    if sent := early(request, activity, rules.locked_words(record.month) if locked else ""):
        return sent
    named = list(record.service_clients.order_by("client_id").values_list("client_id", flat=True))
    form = VisitorsForm(
        request.POST or None,
        user=request.user,
        station=activity.station,
        day=record.starts_on,
        already=named,
        contacts=record.contacts,
        seen=",".join(map(str, named)),
    )
    valid = form.is_valid()
    if valid and not form.finding:
        try:
            actions.set_visitors(by=request.user, row=row, **form.values())
        except ValidationError as error:
            put_errors(form, error)
        else:
            return done(request, activity, "已保存签到名单和人数")
    return form_page(
        request,
        activity,
        form,
        f"{record.starts_on:%Y-%m-%d} 签到",
        template="people_form",
        submit="保存签到",
        fields=[form["contacts"]],
    )


@GET_OR_POST
@scoped(Activity, P.EDIT_CASES, related=JOINED)
def activity_conclude(request: SignedIn, activity: Activity) -> HttpResponse:
    if sent := early(request, activity, actions.refuses(activity, "总结")):
        return sent
    form = ConclusionForm(request.POST or None, activity=activity)
    if attempt(form, lambda: actions.conclude_activity(by=request.user, activity=activity, **form.cleaned_data)):
        return done(request, activity, "已保存活动总结")
    return form_page(request, activity, form, "活动总结", template="group_evaluate")


@GET_OR_POST
@scoped(Activity, P.EDIT_CASES, related=JOINED)
def activity_cancel(request: SignedIn, activity: Activity) -> HttpResponse:
    if sent := early(request, activity, actions.refuses(activity, "取消")):
        return sent
    form = CancelForm(request.POST or None)
    if attempt(form, lambda: actions.cancel_activity(by=request.user, activity=activity, **form.cleaned_data)):
        return done(request, activity, "活动已取消")
    return form_page(request, activity, form, "取消活动", submit="确认取消活动", danger=True)


@GET_OR_POST
@scoped(Activity, P.EDIT_CASES, related=JOINED)
def activity_take_back(request: SignedIn, activity: Activity) -> HttpResponse:
    """Undo the conclusion or the cancelling."""
    if sent := early(request, activity, actions.refuses(activity, "撤回")):
        return sent
    form = TakeBackForm(request.POST or None, expected=activity.state)
    if attempt(form, lambda: actions.take_back_activity(by=request.user, activity=activity, **form.cleaned_data)):
        return done(request, activity, "已撤回")
    return form_page(request, activity, form, f"撤回“{activity.get_state_display()}”", submit="确认撤回", danger=True)

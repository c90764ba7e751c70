"""Pages on which groups are written: plan, members, sessions, steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.gate import permitted, scoped
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from casework import phases
from casework.actions import attendance, group_steps, groups
from casework.forms.groups import (
    AttendanceForm,
    AttendanceLine,
    DayForm,
    EvaluationForm,
    GroupForm,
    MemberForm,
    PhaseForm,
    SessionForm,
    StopForm,
)
from casework.forms.people import MembersForm
from casework.models import Group, GroupEvaluation, GroupMember, GroupSession, Phase, SessionAttendance
from casework.queries.group_facts import facts_of
from casework.queries.group_page import member_rows
from casework.views.plans import chosen_station, done, early, form_page, page_of, station_tabs, stations_of
from common.forms import WithdrawForm, attempt, put_errors

P = Permission
OF_STATION = ("station__unit",)
OF_GROUP = ("group__station__unit",)


@GET_OR_POST
@permitted(P.EDIT_CASES)
def group_create(request: SignedIn) -> HttpResponse:
    """`?station=` chooses the station."""
    stations = stations_of(request)
    station = chosen_station(request, stations)
    if station is None:
        return render(request, "services/no_station.html")
    form = GroupForm(request.POST or None, station=station, user_id=request.user.pk)
    if group := attempt(form, lambda: groups.create_group(by=request.user, station=station, **form.cleaned_data)):
        return done(request, group, f"已建立“{group.name}”，接着登记组员、安排节次")
    context = {
        "form": form,
        "title": "筹备小组",
        "station": station,
        "tabs": station_tabs(stations, station),
        "back_url": reverse("group_list"),
        "standard": phases.STANDARD,
    }
    return render(request, "casework/plan_form.html", context)


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_edit(request: SignedIn, group: Group) -> HttpResponse:
    if sent := early(request, group, phases.refuses_planning(facts_of(group))):
        return sent
    form = GroupForm(request.POST or None, station=group.station, user_id=request.user.pk, group=group)
    if attempt(form, lambda: groups.edit_group(by=request.user, group=group, **form.cleaned_data)):
        return done(request, group, "已保存小组计划")
    return form_page(request, group, form, "修改小组计划")


# ---- members --------------------------------------------------------------------------------------------------------


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_members(request: SignedIn, group: Group) -> HttpResponse:
    """Add members: ticked, by a list of names, or by number."""
    if sent := early(request, group, phases.refuses_planning(facts_of(group))):
        return sent
    form = MembersForm(
        request.POST or None,
        user=request.user,
        station=group.station,
        day=timezone.localdate(),
        expected=group.members.count(),
    )
    valid = form.is_valid()
    if valid and not form.finding:
        try:
            rows = groups.add_members(by=request.user, group=group, **form.values())
        except ValidationError as error:
            put_errors(form, error)
        else:
            return done(request, group, f"已登记 {len(rows)} 名组员")
    return form_page(
        request, group, form, "登记组员", template="people_form", submit="登记为组员",
        fields=[form["joined_on"], form["unnamed"]],
    )  # fmt: skip


@GET_OR_POST
@scoped(GroupMember, P.EDIT_CASES, related=OF_GROUP)
def member_edit(request: SignedIn, member: GroupMember) -> HttpResponse:
    """When the member came and left."""
    if sent := early(request, member.group, phases.refuses_planning(facts_of(member.group))):
        return sent
    form = MemberForm(request.POST or None, member=member)
    if attempt(form, lambda: groups.change_member(by=request.user, member=member, **form.cleaned_data)):
        return done(request, member.group, "已保存")
    [shown] = [row for row in member_rows(request.user, member.group, reads=True) if row.member.pk == member.pk]
    return form_page(
        request, member.group, form, f"{member}（{shown.name}）", template="member_form", member=member, shown=shown
    )


@require_POST
@scoped(GroupMember, P.EDIT_CASES, related=OF_GROUP)
def member_drop(request: SignedIn, member: GroupMember) -> HttpResponse:
    return _plainly(
        request, member.group, lambda: groups.drop_member(by=request.user, member=member), "已删除误登的组员"
    )


def _plainly(request: SignedIn, group: Group, act: Any, words: str) -> HttpResponse:
    """An action without a form: what it refuses is said on the group's page."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(page_of(group))
    return done(request, group, words)


# ---- sessions -------------------------------------------------------------------------------------------------------


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def session_add(request: SignedIn, group: Group) -> HttpResponse:
    """The next session; proposes a week after the last, and the phase that comes then."""
    if sent := early(request, group, phases.refuses_planning(facts_of(group))):
        return sent
    last = group.sessions.order_by("planned_on").last()
    day = last.planned_on + timedelta(weeks=1) if last else max(group.opened_on, timezone.localdate())
    phase = last.phase if last else Phase.FORMING
    form = SessionForm(request.POST or None, planned_on=day, phase=phase)
    if session := attempt(form, lambda: groups.plan_session(by=request.user, group=group, **form.cleaned_data)):
        messages.success(request, f"已安排第 {session.number} 节")
        return redirect("session_add" if "another" in request.POST else "group_detail", group.pk)
    return form_page(request, group, form, f"安排第 {group.sessions.count() + 1} 节", template="session_form")


@GET_OR_POST
@scoped(GroupSession, P.EDIT_CASES, related=OF_GROUP)
def session_edit(request: SignedIn, session: GroupSession) -> HttpResponse:
    if sent := early(request, session.group, phases.refuses_planning(facts_of(session.group))):
        return sent
    form = SessionForm(request.POST or None, session=session)
    group = session.group
    if attempt(
        form,
        lambda: groups.plan_session(by=request.user, group=group, session=session, **form.cleaned_data),
    ):
        return done(request, group, f"已保存第 {session.number} 节的计划")
    return form_page(request, group, form, f"第 {session.number} 节计划", template="session_form", session=session)


@require_POST
@scoped(GroupSession, P.EDIT_CASES, related=OF_GROUP)
def session_drop(request: SignedIn, session: GroupSession) -> HttpResponse:
    return _plainly(
        request, session.group, lambda: groups.drop_session(by=request.user, session=session), "已取消这一节的安排"
    )


@GET_OR_POST
@scoped(GroupSession, P.EDIT_CASES, related=OF_GROUP)
def session_attendance(request: SignedIn, session: GroupSession) -> HttpResponse:
    """Who came to a session that was held, and why others did not."""
    if session.held_on is None:
        messages.error(request, f"第 {session.number} 节还没有开展，请先登记活动")
        return redirect(page_of(session.group))
    found = SessionAttendance.objects.visible_to(request.user, P.VIEW_CLIENTS).filter(session=session)
    lines = _lines(request, session, list(found.select_related("member")))
    form = AttendanceForm(request.POST or None, lines=lines)
    members = {row.member_id: row.member for row in found.select_related("member")}

    def save() -> GroupSession:
        values = form.values()
        came = [members[key] for key in values.pop("came") if key in members]
        return attendance.set_attendance(by=request.user, session=session, came=came, **values)

    if attempt(form, save):
        return done(request, session.group, f"已登记第 {session.number} 节的出勤")
    return form_page(
        request,
        session.group,
        form,
        f"第 {session.number} 节出勤",
        template="session_attendance",
        session=session,
        lines=form.shown(),
    )


def _lines(request: SignedIn, session: GroupSession, found: list[SessionAttendance]) -> list[AttendanceLine]:
    names = {row.member.pk: row.name for row in member_rows(request.user, session.group, reads=True)}
    found.sort(key=lambda row: row.member.number)
    return [AttendanceLine(row.member, names[row.member_id], row.present, row.reason) for row in found]


# ---- steps ----------------------------------------------------------------------------------------------------------


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_phase(request: SignedIn, group: Group) -> HttpResponse:
    """Enter the next phase."""
    if sent := early(request, group, phases.refuses_next(facts_of(group), timezone.localdate())):
        return sent
    to = Phase(group.phase).next
    form = PhaseForm(request.POST or None, expected=group.phase)
    if entered := attempt(form, lambda: group_steps.enter_phase(by=request.user, group=group, **form.cleaned_data)):
        return done(request, group, f"已进入{entered.get_phase_display()}")
    title = f"进入{to.label}" if to else "小组阶段"
    return form_page(request, group, form, title, submit="确认进入", standard=phases.STANDARD)


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_evaluate(request: SignedIn, group: Group) -> HttpResponse:
    if sent := early(request, group, phases.refuses_evaluation(facts_of(group), timezone.localdate())):
        return sent
    found = GroupEvaluation.objects.visible_to(request.user, P.VIEW_CLIENTS).filter(group=group).first()
    form = EvaluationForm(request.POST or None, evaluation=found)
    if attempt(form, lambda: group_steps.evaluate_group(by=request.user, group=group, **form.values())):
        return done(request, group, "已保存评估")
    return form_page(request, group, form, "小组评估", template="group_evaluate")


def _step(request: SignedIn, group: Group, form: Form, act: Any, *, words: str, **page: Any) -> HttpResponse:
    if attempt(form, act):
        return done(request, group, words)
    return form_page(request, group, form, **page)


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_end(request: SignedIn, group: Group) -> HttpResponse:
    if sent := early(request, group, phases.refuses_end(facts_of(group), timezone.localdate())):
        return sent
    form = DayForm(request.POST or None)
    return _step(
        request,
        group,
        form,
        lambda: group_steps.end_group(by=request.user, group=group, **form.cleaned_data),
        words="小组已结束",
        title="小组结束",
        submit="确认结束",
    )


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_stop(request: SignedIn, group: Group) -> HttpResponse:
    if sent := early(request, group, phases.refuses_stop(facts_of(group), timezone.localdate())):
        return sent
    form = StopForm(request.POST or None)
    return _step(
        request,
        group,
        form,
        lambda: group_steps.stop_group(by=request.user, group=group, **form.cleaned_data),
        words="已登记提前终止",
        title="小组提前终止",
        submit="确认终止",
        danger=True,
    )


@GET_OR_POST
@scoped(Group, P.EDIT_CASES, related=OF_STATION)
def group_take_back(request: SignedIn, group: Group) -> HttpResponse:
    if sent := early(request, group, group_steps.refuses_take_back(group)):
        return sent
    form = WithdrawForm(request.POST or None, expected=group_steps.last_step(group))
    return _step(
        request,
        group,
        form,
        lambda: group_steps.take_back_step(by=request.user, group=group, **form.cleaned_data),
        words="已撤回",
        title="撤回最近的环节",
        submit="确认撤回",
        danger=True,
    )

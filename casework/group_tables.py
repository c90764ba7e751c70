"""The lists of groups, their sessions and activities as tables for export (jobs.tables). Nobody is named in them."""

from __future__ import annotations

from django.http import QueryDict

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from casework.forms.group_filters import ActivityFilter, GroupFilter, SessionFilter
from casework.models import Activity, Group, GroupSession
from casework.queries.activity_list import activity_rows, sorted_activities
from casework.queries.group_list import group_rows, session_rows, sorted_groups
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of

P = Permission
DATE, WHOLE = Kind.DATE, Kind.WHOLE


def _groups(user: User, params: QueryDict) -> RowSource:
    form = GroupFilter(params, user=user, unit=unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS))
    require_valid(form)
    groups = sorted_groups(form.apply(Group.objects.visible_to(user, P.VIEW_RECORDS)), params.get("sort", ""))
    return source_of(groups.select_related("station__unit"), prepare=group_rows, conditions=filter_words(form))


def _sessions(user: User, params: QueryDict) -> RowSource:
    form = SessionFilter(params, user=user, unit=unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS))
    require_valid(form)
    sessions = form.apply(GroupSession.objects.visible_to(user, P.VIEW_RECORDS)).order_by("-planned_on", "-id")
    return source_of(
        sessions.select_related("group__station__unit"), prepare=session_rows, conditions=filter_words(form)
    )


def _activities(user: User, params: QueryDict) -> RowSource:
    form = ActivityFilter(params, user=user, unit=unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS))
    require_valid(form)
    found = form.apply(Activity.objects.visible_to(user, P.VIEW_RECORDS))
    ordered = sorted_activities(found, params.get("sort", "")).select_related("station__unit")
    return source_of(ordered, prepare=activity_rows, conditions=filter_words(form))


declare(
    Table(
        key="groups",
        title="小组台账",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("站点", "station", width=20),
            Column("小组名称", "group.name", width=22),
            Column("类型", lambda row: row.group.get_kind_display(), width=10),
            Column("领域", lambda row: row.group.get_domain_display(), width=10),
            Column("招募对象", "group.target", width=20),
            Column("阶段", "state", width=9),
            Column("筹备", "group.opened_on", DATE, group="日期"),
            Column("成组", "group.formed_on", DATE, group="日期"),
            Column("结束", "group.closed_on", DATE, group="日期"),
            Column("计划", "group.planned_members", WHOLE, group="组员"),
            Column("先后", "joined", WHOLE, group="组员"),
            Column("现有", "members", WHOLE, group="组员"),
            Column("计划", "group.planned_sessions", WHOLE, group="节次"),
            Column("已开展", "held", WHOLE, group="节次"),
            Column("带领社工", "workers", width=16),
        ),
        rows=_groups,
    )
)
declare(
    Table(
        key="group_sessions",
        title="小组活动台账",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("站点", "station", width=20),
            Column("小组名称", "group.name", width=22),
            Column("节次", "session.number", WHOLE),
            Column("主题", "session.topic", width=22),
            Column("阶段", lambda row: row.session.get_phase_display(), width=9),
            Column("计划日期", "session.planned_on", DATE),
            Column("开展日期", "session.held_on", DATE),
            Column("到场", "present", WHOLE),
            Column("应到", lambda row: row.expected if row.session.held_on else None, WHOLE),
        ),
        rows=_sessions,
    )
)
declare(
    Table(
        key="activities",
        title="社区活动台账",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("站点", "station", width=20),
            Column("活动主题", "activity.name", width=24),
            Column("领域", lambda row: row.activity.get_domain_display(), width=10),
            Column("状态", lambda row: row.activity.get_state_display(), width=8),
            Column("开始", "activity.starts_on", DATE, group="计划"),
            Column("结束", "activity.ends_on", DATE, group="计划"),
            Column("人数", "activity.expected", WHOLE, group="计划"),
            Column("志愿者", "activity.volunteers_needed", WHOLE, group="计划"),
            Column("日期", "activity.held_on", DATE, group="开展"),
            Column("次数", "days", WHOLE, group="开展"),
            Column("人次", "people", WHOLE, group="开展"),
            Column("志愿者", "volunteers", WHOLE, group="开展"),
            Column("志愿时长（小时）", "volunteer_hours", Kind.TENTHS, group="开展"),
            Column("满意度", "activity.average", Kind.TENTHS),
            Column("地点", "activity.place", width=16),
            Column("合作单位", "activity.partners", width=20),
        ),
        rows=_activities,
    )
)

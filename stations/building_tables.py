"""The lists of building as tables for export (jobs.tables)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import home_unit, unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from stations.forms.building_filters import (
    AcceptanceFilter,
    MilestoneFilter,
    PlanFilter,
    ProgressFilter,
    TitleFilter,
)
from stations.models import Acceptance, BuildingPlan, Milestone, RoomTitle
from stations.queries.acceptances import acceptance_rows, sorted_acceptances
from stations.queries.milestones import milestone_rows, sorted_rows
from stations.queries.plans import plan_rows, sorted_plans
from stations.queries.progress import Row, progress
from stations.queries.progress_table import COUNTS
from stations.queries.titles import sorted_titles, title_rows

VIEW = Permission.VIEW
DATE, WHOLE = Kind.DATE, Kind.WHOLE


def _progress(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit")) or home_unit(user)
    if unit is None:
        raise PermissionDenied("您现在没有任职单位")
    form = ProgressFilter(params, user=user, unit=unit, permission=VIEW)
    require_valid(form)
    found = progress(user, unit, form.on)
    rows = found.rows or [found.total]
    totals = ["合计", *_progress_cells(found.total)] if found.rows else None
    return RowSource(len(rows), rows, on=form.on, totals=totals)


def _progress_cells(row: Row) -> list[Any]:
    """Everything after the name, in the order of the columns."""
    return [column.read(row) for column in PROGRESS[1:]]


PROGRESS = (
    Column("单位", "unit.name", width=18),
    Column("目标（个）", lambda row: row.wanted, WHOLE, group="文件目标"),
    Column("期限", lambda row: row.target.due if row.target else None, DATE, group="文件目标"),
    Column("依据", lambda row: row.target.citation if row.target else None, width=20, group="文件目标"),
    Column("应建乡镇（街道）", "figures.townships", WHOLE, group="覆盖情况"),
    Column("已建乡镇（街道）", "figures.covered", WHOLE, group="覆盖情况"),
    Column("覆盖率", "figures.coverage", Kind.PERCENT, group="覆盖情况"),
    *(Column(count.label, count.of_row, WHOLE, group=count.group) for count in COUNTS),
)
declare(
    Table(
        key="building_progress",
        title="乡镇（街道）社工站建设进度",
        permission=VIEW,
        columns=PROGRESS,
        rows=_progress,
        note="建成、验收、挂牌为累计数，停运的也计入；筹建、建设中、运营为当日状态。",
    )
)


def _milestones(user: User, params: QueryDict) -> RowSource:
    form = MilestoneFilter(params, user=user, unit=unit_in_scope(user, params.get("unit")), permission=VIEW)
    require_valid(form)
    found = form.apply(Milestone.objects.visible_to(user)).select_related("plan__unit", "unit")
    rows = sorted_rows(form.judged(milestone_rows(found, form.on)), params.get("sort", ""))
    return RowSource(len(rows), rows, on=form.on, conditions=filter_words(form))


declare(
    Table(
        key="milestones",
        title="社工站建设节点",
        permission=VIEW,
        columns=(
            Column("年度", "year", WHOLE, width=7),
            Column("建设计划", "plan", width=26),
            Column("节点", "name", width=26),
            Column("责任单位", "unit", width=14),
            Column("责任人（科室）", "responsible", width=12),
            Column("期限", "due_on", DATE),
            Column("要求", "aim", width=20),
            Column("完成数", "reached", WHOLE),
            Column("要求数", "count", WHOLE),
            Column("完成日期", "done_on", DATE),
            Column("进度", lambda row: row.standing.label, width=10),
            Column("逾期天数", lambda row: row.days_late or None, WHOLE),
            Column("完成情况", "note", width=20),
        ),
        rows=_milestones,
    )
)


def _plans(user: User, params: QueryDict) -> RowSource:
    form = PlanFilter(params, user=user, unit=unit_in_scope(user, params.get("unit")), permission=VIEW)
    require_valid(form)
    today = timezone.localdate()
    plans = form.apply(BuildingPlan.objects.visible_to(user)).select_related("unit", "document")
    rows = plan_rows(sorted_plans(plans, params.get("sort", "")), today)
    return RowSource(len(rows), rows, on=today, conditions=filter_words(form))


declare(
    Table(
        key="building_plans",
        title="社工站建设计划",
        permission=VIEW,
        columns=(
            Column("单位", "plan.unit.name", width=16),
            Column("年度", "plan.year", WHOLE, width=7),
            Column("计划", "plan.title", width=30),
            Column("依据文件", lambda row: row.plan.document.number if row.plan.document else None, width=22),
            Column("节点", "milestones", WHOLE, group="节点（个）"),
            Column("完成", "done", WHOLE, group="节点（个）"),
            Column("逾期", "late", WHOLE, group="节点（个）"),
            Column("有风险", "at_risk", WHOLE, group="节点（个）"),
        ),
        rows=_plans,
    )
)


def _acceptances(user: User, params: QueryDict) -> RowSource:
    form = AcceptanceFilter(params, user=user, unit=unit_in_scope(user, params.get("unit")), permission=VIEW)
    require_valid(form)
    today = timezone.localdate()
    rows = sorted_acceptances(form.apply(Acceptance.objects.visible_to(user)), params.get("sort", ""))

    def prepare(chunk: list[Acceptance]) -> Iterable[Any]:
        return acceptance_rows(chunk, today)

    return source_of(rows, prepare=prepare, on=today, conditions=filter_words(form))


declare(
    Table(
        key="acceptances",
        title="社工站验收台账",
        permission=VIEW,
        columns=(
            Column("所在地", "place", width=22),
            Column("站点", "station", width=24),
            Column("轮次", "round", WHOLE, width=6),
            Column("验收日期", "held_on", DATE),
            Column("结论", "result", width=8),
            Column("验收人员", "members", width=20),
            Column("验收意见", "comments", width=30),
            Column("整改期限", "correct_by", DATE),
            Column("整改", lambda row: "逾期" if row.late else "待整改" if row.waits else None, width=8),
            Column("登记人", "recorded_by", width=10),
        ),
        rows=_acceptances,
    )
)


def _titles(user: User, params: QueryDict) -> RowSource:
    form = TitleFilter(params, user=user, unit=unit_in_scope(user, params.get("unit")), permission=VIEW)
    require_valid(form)
    titles = sorted_titles(form.apply(RoomTitle.objects.visible_to(user)), params.get("sort", ""))
    return source_of(titles, prepare=title_rows, conditions=filter_words(form))


declare(
    Table(
        key="room_titles",
        title="示范社区社工室名册",
        permission=VIEW,
        columns=(
            Column("所在地", "place", width=22),
            Column("社工室", "room", width=24),
            Column("所属社工站", "station", width=22),
            Column("年度", "year", WHOLE, width=7),
            Column("状态", "state", width=9),
            Column("申请日期", "applied_on", DATE),
            Column("评定日期", "decided_on", DATE),
            Column("取消日期", "withdrawn_on", DATE),
            Column("意见", "comment", width=30),
        ),
        rows=_titles,
    )
)

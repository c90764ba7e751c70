"""The list of stages as a table for export (jobs.tables)."""

from __future__ import annotations

from django.http import QueryDict

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from standards.forms.stages import StageFilter
from standards.queries.stage_pages import sorted_stations, stage_rows
from stations.models import Station

P = Permission


def _stages(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"))
    form = StageFilter(params, user=user, unit=unit, permission=P.VIEW)
    require_valid(form)
    stations = sorted_stations(form.apply(Station.objects.visible_to(user)), user, params.get("sort", ""))
    return source_of(
        stations.select_related("unit"),
        prepare=lambda chunk: stage_rows(user, chunk, form.on),
        on=form.on,
        conditions=filter_words(form),
    )


declare(
    Table(
        key="stages",
        title="社工站发展阶段情况",
        permission=P.VIEW,
        columns=(
            Column("站点", "name", width=24),
            Column("所在地", "place", width=20),
            Column("发展阶段", "stage", width=12),
            Column("起始日期", "since", Kind.DATE),
            Column("完成任务（共 4 项）", "met", Kind.WHOLE),
            Column("未完成任务", lambda row: "、".join(row.missing), width=36),
            Column("最近一次评定", lambda row: row.proposal.state if row.proposal else None, width=14),
            Column("评定日期", lambda row: row.proposal.on if row.proposal else None, Kind.DATE),
        ),
        rows=_stages,
        note="任务的各项条件都达到即为完成；条件按该日适用的文件。",
    )
)

"""The room's lists as tables for export (jobs.tables)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from policies.models import Dimension
from standards.forms.filters import AssetFilter, CheckFilter, HoldingFilter, InstitutionFilter, SignFilter
from standards.forms.standards import StandardFilter
from standards.models import Asset, Institution, Sign
from standards.queries.check_list import CheckRow, check_rows, sorted_stations
from standards.queries.holding_list import sorted_holdings
from standards.queries.unit_page import list_standards
from stations.models import Station

P = Permission
DATE, WHOLE, MONEY, PERCENT = Kind.DATE, Kind.WHOLE, Kind.MONEY, Kind.PERCENT


def _checks(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"))
    form = CheckFilter(params, user=user, unit=unit, permission=P.VIEW)
    require_valid(form)
    stations = sorted_stations(form.apply(Station.objects.visible_to(user)), params.get("sort", ""), form.on)
    return source_of(
        stations.select_related("unit"),
        prepare=lambda chunk: check_rows([(row.pk, row.unit.name, row.unit.path) for row in chunk], form.on),
        on=form.on,
        conditions=filter_words(form),
    )


def _share(points: Any) -> Any:
    return points.ratio if points else None


def _share_of(number: int, row: CheckRow) -> Any:
    return _share(row.points[number])


def _failing(row: CheckRow) -> str:
    return "；".join(f"{name}：{reason}" for name, reason, _ in row.failing)


def _cited(row: CheckRow) -> str:
    return "；".join(dict.fromkeys(citation for _, _, citation in row.failing))


declare(
    Table(
        key="standard_checks",
        title="社工站建设标准检查情况",
        permission=P.VIEW,
        columns=(
            Column("站点", "name", width=24),
            Column("所在地", "place", width=20),
            Column("总分", lambda row: _share(row.total), PERCENT),
            *(
                Column(dimension.label, partial(_share_of, number), PERCENT, group="得分")
                for number, dimension in enumerate(Dimension)
            ),
            Column("未达标必备项", _failing, width=36),
            Column("依据", _cited, width=30),
            Column("待检查项", lambda row: row.pending if row.total else None, WHOLE),
            Column("县级检查", "checked_on", DATE),
            Column("站点自查", "self_checked_on", DATE),
        ),
        rows=_checks,
        note="得分=达标项权重之和÷已检查项权重之和，以县级检查为准。",
    )
)


def _standards(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"))
    form = StandardFilter(params)
    require_valid(form)
    today = timezone.localdate()
    rows = list_standards(user, under=unit, state=form.state_, on=today, sort=params.get("sort", ""))
    return source_of(rows, on=today, conditions=filter_words(form))


declare(
    Table(
        key="standards",
        title="建设标准目录",
        permission=P.VIEW,
        columns=(
            Column("标准", "title", width=30),
            Column("制定单位", lambda row: "缺省标准" if row.is_default else row.issuer.name, width=14),
            Column("年度", lambda row: str(row.year)),
            Column("版次", "version", WHOLE),
            Column("项目数", "total", WHOLE),
            Column("施行日期", "starts_on", DATE),
            Column("失效日期", "ends_on", DATE),
            Column("依据文件", "document.number", width=24),
        ),
        rows=_standards,
    )
)


def _holdings(model: type[Any], filter_class: type[HoldingFilter]) -> Any:
    def rows(user: User, params: QueryDict) -> RowSource:
        unit = unit_in_scope(user, params.get("unit"))
        form = filter_class(params, user=user, unit=unit, permission=P.VIEW)
        require_valid(form)
        found = sorted_holdings(form.apply(model.objects.visible_to(user)), params.get("sort", ""))
        return source_of(found.select_related("station__unit"), on=form.on, conditions=filter_words(form))

    return rows


_STATION = (Column("站点", "station.unit.name", width=24), Column("名称", "name", width=24))
_END = (
    Column("停用日期", "ends_on", DATE),
    Column("停用原因", "end_reason", width=18),
    Column("备注", "note", width=20),
)
declare(
    Table(
        key="assets",
        title="社工站设备台账",
        permission=P.VIEW,
        columns=(
            *_STATION,
            Column("类别", lambda row: row.get_category_display()),
            Column("数量", "quantity", WHOLE),
            Column("单价（元）", "price", MONEY),
            Column("金额（元）", lambda row: None if row.price is None else row.price * row.quantity, MONEY),
            Column("资金来源", lambda row: row.get_source_display(), width=12),
            Column("来源说明", "source_note", width=18),
            Column("存放位置", "location", width=14),
            Column("状态", lambda row: row.get_state_display()),
            Column("购置日期", "starts_on", DATE),
            *_END,
        ),
        rows=_holdings(Asset, AssetFilter),
    )
)
declare(
    Table(
        key="institutions",
        title="社工站制度台账",
        permission=P.VIEW,
        columns=(
            *_STATION,
            Column("类别", lambda row: row.get_kind_display()),
            Column("上墙", lambda row: "是" if row.on_wall else "否"),
            Column("通过日期", "starts_on", DATE),
            *_END,
        ),
        rows=_holdings(Institution, InstitutionFilter),
    )
)
declare(
    Table(
        key="signs",
        title="社工站标识台账",
        permission=P.VIEW,
        columns=(
            *_STATION,
            Column("类别", lambda row: row.get_kind_display()),
            Column("状态", lambda row: row.get_state_display()),
            Column("悬挂日期", "starts_on", DATE),
            *_END,
        ),
        rows=_holdings(Sign, SignFilter),
    )
)

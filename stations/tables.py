"""The room's lists as tables for export (jobs.tables)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import QueryDict

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from stations.forms.features import FeatureFilter
from stations.forms.filters import StationFilter
from stations.models import Dimension, FeatureProject, Station
from stations.queries.features import feature_rows, sorted_features
from stations.queries.register import RegisterRow, register_rows
from stations.queries.station_list import sorted_stations

DATE, WHOLE = Kind.DATE, Kind.WHOLE


def _stations(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"))
    form = StationFilter(params, user=user, unit=unit, permission=Permission.VIEW)
    require_valid(form)
    stations = sorted_stations(form.apply(Station.objects.visible_to(user)), params.get("sort", ""))
    on = form.on
    return source_of(
        stations.select_related("unit", "due_provision__document"),
        prepare=lambda chunk: register_rows(chunk, on),
        on=on,
        conditions=filter_words(form),
    )


def _dimension(number: int) -> Callable[[RegisterRow], str]:
    """Whether the row's station meets the dimension of that number."""
    return lambda row: row.dimensions[number]


declare(
    Table(
        key="stations",
        title="乡镇（街道）社工站台账",
        permission=Permission.VIEW,
        columns=(
            Column("市（州）", "city", width=10, group="所在地"),
            Column("县（市、区）", "county", width=10, group="所在地"),
            Column("乡镇（街道）", "township", width=12, group="所在地"),
            Column("站点名称", "station.unit.name", width=22),
            Column("类型", "kind", width=9),
            Column("状态", "status", width=8, group="当前状态"),
            Column("自", "since", DATE, group="当前状态"),
            Column("建成", "station.completed_on", DATE, group="建设进程"),
            Column("验收", "accepted_on", DATE, group="建设进程"),
            Column("挂牌", "sign_hung_on", DATE, group="建设进程"),
            Column("开始运营", "operating_since", DATE, group="建设进程"),
            Column("地址", "station.address", width=24, group="基础信息"),
            Column("联系人", "station.contact_name", width=9, group="基础信息"),
            Column("联系电话", "station.contact_phone", width=14, group="基础信息"),
            Column("运营方式", "hosting", width=14, group="基础信息"),
            Column("运营单位", "station.host_name", width=18, group="基础信息"),
            Column("面积（平方米）", "station.area_square_metres", Kind.TENTHS, group="基础信息"),
            *(
                Column(dimension.label, _dimension(number), width=8, group="建设标准")
                for number, dimension in enumerate(Dimension)
            ),
            Column("社工（人）", "workers", WHOLE, group="队伍"),
            Column("持证（人）", "certified", WHOLE, group="队伍"),
            Column("启用日期", "station.records_from", DATE, group="系统录入"),
            Column("录入齐全", "station.basics_entered_on", DATE, group="系统录入"),
            Column("录入期限", "station.due_on", DATE, group="系统录入"),
            Column("判定", lambda row: row.judgement if row.station.due_on else None, width=14, group="系统录入"),
        ),
        rows=_stations,
    )
)


def _features(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"))
    form = FeatureFilter(params, user=user, unit=unit, permission=Permission.VIEW)
    require_valid(form)
    features = sorted_features(form.apply(FeatureProject.objects.visible_to(user)), params.get("sort", ""))
    return source_of(
        features.select_related("station__unit"), prepare=feature_rows, on=form.on, conditions=filter_words(form)
    )


declare(
    Table(
        key="features",
        title="一站一品特色项目",
        permission=Permission.VIEW,
        columns=(
            Column("县（市、区）", "county", width=10, group="所在地"),
            Column("乡镇（街道）", "township", width=12, group="所在地"),
            Column("站点", "station", width=20, group="所在地"),
            Column("年度", lambda row: str(row.year), width=7),
            Column("项目主题", "name", width=24),
            Column("服务群体", "group", width=10),
            Column("服务对象", "served", width=24),
            Column("状态", "state", width=9),
            Column("申报", "applied_on", DATE, group="日期"),
            Column("认定", "approved_on", DATE, group="日期"),
            Column("推荐到市", "to_city_on", DATE, group="日期"),
            Column("推荐到省", "to_province_on", DATE, group="日期"),
            Column("结项", "finished_on", DATE, group="日期"),
            Column("中止", "stopped_on", DATE, group="日期"),
            Column("实施方案", "plan", width=36),
            Column("实施成效", "results", width=36),
        ),
        rows=_features,
    )
)

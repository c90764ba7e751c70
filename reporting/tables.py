"""The room's lists as tables for export (jobs.tables)."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from common.months import Month
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from policies.queries import RuleBook
from reporting.forms import CoverageFilter, ReportFilter, UnitMonthFilter, this_month, unit_choices
from reporting.queries.coverage import IDLE_SORTS, UNIT_SORTS, counties, idle_row, idle_stations, stations_of
from reporting.queries.places import place_of
from reporting.queries.report_pages import QueueRow, queue_rows, state_of
from reporting.queries.reports import SORTS, filtered, queue
from reporting.words import CoverageLevel, Covered
from stations.models import Station, month_end
from stations.queries.coverage import townships

P = Permission


def _reports(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS)
    form = ReportFilter(params, units=unit_choices(user, P.VIEW_RECORDS, unit))
    require_valid(form)
    month: Month = form.cleaned_data.get("month") or this_month() - 1
    stations = Station.objects.visible_to(user, P.VIEW_RECORDS)
    rows = filtered(queue(stations.under(unit) if unit else stations, month), form.cleaned_data)
    now = timezone.now()
    said = filter_words(form, leave=("unit", "month"))
    return source_of(
        rows.order_by(*SORTS.get(params.get("sort", ""), SORTS["station"])).select_related("unit__parent__parent"),
        prepare=lambda chunk: queue_rows(chunk, month, now),
        conditions="；".join(filter(None, [f"月份：{month.label}", said])),
    )


def _report(row: QueueRow, name: str) -> Any:
    return getattr(row.report, name) if row.report else None


declare(
    Table(
        key="reports",
        title="月报报送情况",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("站点", "station.unit.name", width=24),
            Column("所在地", "place", width=24),
            Column("月份", lambda row: row.month.label, width=12),
            Column("状态", lambda row: state_of(row.report)[0], width=10),
            Column("截止日期", lambda row: row.timing.due_on, Kind.DATE),
            Column("截止说明", lambda row: row.timing.reason, width=30),
            Column("上报时间", lambda row: row.timing.submitted_at, Kind.TIME),
            Column("时效", lambda row: row.timing.words, width=16),
            Column(
                "审核人", lambda row: row.report.reviewed_by.name if _report(row, "reviewed_by") else None, width=12
            ),
            Column("依据", lambda row: row.timing.source_label, width=26),
        ),
        rows=_reports,
    )
)


def _coverage(user: User, params: QueryDict, level: CoverageLevel) -> tuple[Any, date, str]:
    """The units in the page's order, the day, and the filters in words."""
    unit = unit_in_scope(user, params.get("unit"), P.VIEW)
    form = CoverageFilter(params, units=unit_choices(user, P.VIEW, unit))
    require_valid(form)
    asked = form.cleaned_data
    on = month_end(asked.get("month") or this_month())
    units = OrgUnit.objects.visible_to(user, P.VIEW)
    rows = (townships if level == CoverageLevel.TOWNSHIP else counties)(units.under(unit) if unit else units, on)
    if asked.get("covered"):
        rows = rows.filter(covered=asked["covered"] == Covered.YES)
    rows = rows.order_by(UNIT_SORTS.get(params.get("sort", ""), "path")).select_related("parent__parent")
    return rows, on, filter_words(form, leave=("unit", "month", "level"))


def _townships(user: User, params: QueryDict) -> RowSource:
    rows, on, said = _coverage(user, params, CoverageLevel.TOWNSHIP)

    def prepare(chunk: list[OrgUnit]) -> list[tuple[OrgUnit, Station | None]]:
        stations = stations_of(chunk, on)
        return [(unit, next(iter(stations[unit.pk]), None)) for unit in chunk]

    return source_of(rows, prepare=prepare, on=on, conditions=said)


def _counties(user: User, params: QueryDict) -> RowSource:
    rows, on, said = _coverage(user, params, CoverageLevel.COUNTY)
    return source_of(rows, on=on, conditions=said)


declare(
    Table(
        key="coverage",
        title="乡镇（街道）建站情况",
        permission=P.VIEW,
        columns=(
            Column("所在地", lambda row: place_of(row[0]), width=24),
            Column("乡镇（街道）", lambda row: row[0].name, width=20),
            Column("建站", lambda row: "已建站" if row[0].covered else "未建站", width=10),
            Column("社工站", lambda row: row[1].unit.name if row[1] else None, width=26),
            Column("建成日期", lambda row: row[1].completed_on if row[1] and row[0].covered else None, Kind.DATE, 14),
        ),
        rows=_townships,
    )
)
declare(
    Table(
        key="coverage_counties",
        title="县（市、区）建站情况",
        permission=P.VIEW,
        columns=(
            Column("所在地", place_of, width=24),
            Column("县（市、区）", "name", width=20),
            Column("覆盖情况", lambda unit: "已全覆盖" if unit.covered else "未全覆盖", width=12),
            Column("应建乡镇（街道）", "due", Kind.WHOLE, 14),
            Column("已建站", "built", Kind.WHOLE, 12),
            Column("未建站", lambda unit: unit.due - unit.built, Kind.WHOLE, 12),
        ),
        rows=_counties,
    )
)


def _idle(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), P.VIEW)
    form = UnitMonthFilter(params, units=unit_choices(user, P.VIEW, unit))
    require_valid(form)
    month: Month = form.cleaned_data.get("month") or this_month()
    on = month_end(month)
    stations = Station.objects.visible_to(user, P.VIEW)
    rows = idle_stations(stations.under(unit) if unit else stations, month, on)
    rows = rows.order_by(IDLE_SORTS.get(params.get("sort", ""), "unit__path"), "unit__path")

    def prepare(chunk: list[Station]) -> list[dict[str, Any]]:
        rules = RuleBook.load([station.unit.path for station in chunk])
        return [idle_row(station, on, rules) for station in chunk]

    return source_of(
        rows.select_related("unit__parent__parent"), prepare=prepare, on=on, conditions=f"月份：{month.label}"
    )


declare(
    Table(
        key="idle_stations",
        title="本月没有服务的站点",
        permission=P.VIEW,
        columns=(
            Column("站点", itemgetter("name"), width=26),
            Column("所在地", itemgetter("place"), width=24),
            Column("挂牌日期", itemgetter("hung_on"), Kind.DATE),
            Column("最近一次服务", itemgetter("last"), Kind.DATE, 13),
            Column("没有服务（天）", itemgetter("days"), Kind.WHOLE, 10),
            Column("界限（天）", itemgetter("threshold"), Kind.WHOLE),
            Column("判定", lambda row: "挂牌未运营" if row["fault"] else None, width=12),
            Column("依据", itemgetter("source"), width=30),
        ),
        rows=_idle,
    )
)

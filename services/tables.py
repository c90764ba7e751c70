"""The list of service records as a table for export (jobs.tables)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import User
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid
from services.filters import ServiceFilter
from services.models import FocusGroup
from services.queries import totals
from services.queries.register import register_rows

DATE, WHOLE, TENTHS = Kind.DATE, Kind.WHOLE, Kind.TENTHS


def _services(user: User, params: QueryDict) -> RowSource:
    form = ServiceFilter(params, user=user)
    selection = form.selection()
    require_valid(form)
    assert selection is not None  # a valid form has one
    if selection.wide and not selection.month:
        raise ValidationError("范围内站点较多，请先选择月份再导出")
    oldest_first = form.cleaned_data["sort"] == "starts_on"
    found = totals(selection)
    said = filter_words(form, leave=("unit", "sort", "worker"))
    worker = f"社工：{selection.worker.name}" if selection.worker else ""
    return RowSource(
        count=found.services + found.voided,
        rows=register_rows(selection, oldest_first=oldest_first),
        conditions="；".join(filter(None, [said, worker])),
    )


declare(
    Table(
        key="services",
        title="服务记录",
        permission=Permission.VIEW_RECORDS,
        columns=(
            Column("县（市、区）", "county", width=10),
            Column("站点", "station", width=20),
            Column("开始", "record.starts_on", DATE, group="日期"),
            Column("结束", "record.ends_on", DATE, group="日期"),
            Column("服务内容", "record.title", width=24),
            Column("领域", lambda row: row.record.get_domain_display(), width=10),
            Column("方法", lambda row: row.record.get_method_display(), width=12),
            Column("性质", lambda row: "事务性" if row.record.administrative else "服务性", width=8),
            Column("地点", "record.place", width=16),
            Column("社工", "workers", width=16),
            Column("合计", "record.contacts", WHOLE, group="服务人次"),
            *(Column(group.label, f"record.{group.value}", WHOLE, group="服务人次") for group in FocusGroup),
            Column("服务时长（小时）", "record.hours", TENTHS),
            Column("人数", "record.volunteers", WHOLE, group="志愿者"),
            Column("时长（小时）", "record.volunteer_hours", TENTHS, group="志愿者"),
            Column("录入时间", "record.entered_at", Kind.TIME, group="录入"),
            Column("时效", lambda row: "按时" if row.record.on_time else "迟录", width=7, group="录入"),
            Column("状态", lambda row: "已作废" if row.record.voided_at else "有效", width=7),
            Column("审阅", lambda row: row.record.get_review_state_display(), width=8),
            Column("服务结果", "record.result", width=30),
        ),
        rows=_services,
    )
)

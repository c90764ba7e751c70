"""The room's lists as tables for export (jobs.tables). Names are in none of them: a file's number leads to the person
for who may read it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import home_unit, unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from common.months import Month
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from visits.forms.filters import CountsFilter, VisitFilter
from visits.models import VisitBatch
from visits.queries.batches import progress_by_station, total_of
from visits.queries.counts import COLUMNS, counts
from visits.queries.listing import JOINED, seen, sorted_visits, visit_rows

P = Permission
DATE, WHOLE = Kind.DATE, Kind.WHOLE


def _visits(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS)
    form = VisitFilter(params, user=user, unit=unit)
    require_valid(form)
    today = timezone.localdate()
    found = sorted_visits(form.apply(seen(user)), params.get("sort", ""), today).select_related(*JOINED)
    return source_of(
        found, prepare=lambda rows: visit_rows(user, rows, today), on=form.on, conditions=filter_words(form)
    )


def _counts(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), P.VIEW_RECORDS) or home_unit(user)
    if unit is None:
        raise ValidationError("您没有管辖的单位")
    form = CountsFilter(params, user=user, unit=unit)
    require_valid(form)
    now = Month.of(timezone.localdate())
    found = counts(user, unit, min(form.cleaned_data["month"] or now, now))
    rows = found.rows or [found.total]
    totals = ["合计", *(column.value(found.total.figures) for column in COLUMNS)] if found.rows else None
    return RowSource(len(rows), rows, on=found.day, conditions=f"{unit.name} {found.month.label}", totals=totals)


def _progress(user: User, params: QueryDict) -> RowSource:
    raw = params.get("batch", "")
    known = VisitBatch.objects.visible_to(user)
    batch: Any = known.filter(pk=int(raw)).first() if raw.isascii() and raw.isdigit() and len(raw) <= 18 else None
    if batch is None:
        raise ValidationError("没有这个探访任务，或不在您的管辖范围内")
    rows = progress_by_station(user, batch, timezone.localdate())
    total = total_of(rows)
    totals = ["合计", total.due, total.made, total.late, total.unreachable, total.open, total.result_missing]
    return RowSource(len(rows), rows, on=timezone.localdate(), conditions=f"{batch.title}", totals=totals)


declare(
    Table(
        key="visits",
        title="探访清单",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("站点", "station", width=20),
            Column("档案号", lambda row: str(row.file) if row.url else "", width=10),
            Column("应访日期", "due_on", DATE),
            Column("来源", "source", width=18),
            Column("跟进级别", "level", width=9),
            Column("重点人群", "focus", width=18),
            Column("探访社工", "worker", width=10),
            Column("状态", "state", width=9),
            Column("完成日期", "closed_on", DATE),
            Column("是否逾期", lambda row: "逾期" if row.late else "", width=8),
            Column("超过间隔", lambda row: "是" if row.over else "", width=8),
        ),
        rows=_visits,
        note="不含姓名；重点人群、档案号等以探访当时为准",
    )
)
declare(
    Table(
        key="visit_counts",
        title="探访统计",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("单位", "unit.name", width=20),
            *(
                Column(column.label, lambda row, value=column.value: value(row.figures), WHOLE)  # type: ignore[misc]
                for column in COLUMNS
            ),
        ),
        rows=_counts,
        note="超过间隔：按跟进级别应在当日以前探访而没有探访的人数；一人可属于几个重点人群",
    )
)
declare(
    Table(
        key="visit_progress",
        title="探访任务进度",
        permission=P.VIEW_RECORDS,
        columns=(
            Column("站点", "name", width=20),
            Column("应访", "progress.due", WHOLE),
            Column("已访", "progress.made", WHOLE),
            Column("逾期", "progress.late", WHOLE),
            Column("未能联系", "progress.unreachable", WHOLE),
            Column("待探访", "progress.open", WHOLE),
            Column("待填结果", "progress.result_missing", WHOLE),
        ),
        rows=_progress,
    )
)

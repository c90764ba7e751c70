"""Every list exports what it shows: a declared table, made by a job under the gate of who asked for it.

A room declares its tables in its module `tables.py`, which AppConfig.ready imports:

    declare(Table(
        key="agencies", title="承接机构台账", permission=Permission.VIEW_CONTRACTS,
        columns=(Column("机构名称", "name", width=24), Column("合同金额（元）", lambda row: row.amount, Kind.MONEY)),
        rows=agency_rows,
    ))

    def agency_rows(user: User, params: QueryDict) -> RowSource:
        form = AgencyFilter(params, user=user)
        require_valid(form)
        return source_of(form.apply(Agency.objects.visible_to(user)), conditions=filter_words(form))

`params` is the query string of the list's page, so that the file holds what the page shows, in its order. `user` is
narrowed to the postings that may export: what passes `visible_to(user, …)` may leave the system. `rows` is called
twice: to refuse a wrong filter at once, and in the job, when the user's rights may have become others. On the page of
the list stands `{% include "components/export_button.html" with table="agencies" %}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone

from accounts import audit
from accounts.gate import require
from accounts.models import OrgUnit, User
from accounts.queries import home_unit, unit_in_scope
from accounts.roles import Permission
from common import workbook
from common.citizen_numbers import has_identity_number
from common.workbook import MAX_ROWS, SIGNATURES, FormBook, Kind, Sheet
from jobs.registry import JobRun, job_kind

__all__ = ["Column", "Kind", "RowSource", "Table", "declare", "require_valid", "rows_of", "source_of", "table_of"]

JOB = "table"
CHUNK = 500
REPORT_EVERY = 100  # rows between two reports of progress


@dataclass(frozen=True)
class Column:
    """One column. `value` reads a row: a callable, or the name of an attribute (“unit.name” goes on from there)."""

    label: str
    value: Callable[[Any], Any] | str
    kind: Kind = Kind.TEXT
    width: float = 0
    group: str = ""

    @property
    def read(self) -> Callable[[Any], Any]:
        return attrgetter(self.value) if isinstance(self.value, str) else self.value

    @property
    def printed(self) -> workbook.Column:
        return workbook.Column(self.label, self.kind, self.width, self.group)


@dataclass(frozen=True)
class RowSource:
    """How many rows there are, and the rows, never all in memory.

    `on`: the day as of which dated facts are shown. `conditions`: the filters in words. `totals`: cells below the
    rows, one for each column, None where nothing is added up.
    """

    count: int
    rows: Iterable[Any]
    on: date | None = None
    conditions: str = ""
    totals: Sequence[Any] | None = None


@dataclass(frozen=True)
class Table:
    """A list that can be exported. `permission` is that of its page; EXPORT is needed besides."""

    key: str
    title: str
    permission: Permission
    columns: tuple[Column, ...]
    rows: Callable[[User, QueryDict], RowSource]
    note: str = field(default="")  # what a reader must know, printed in the footer
    # Rows of persons: every page bears who made it and when, and the trail keeps filter and number of rows.
    personal: bool = False


TABLES: dict[str, Table] = {}


def declare(table: Table) -> Table:
    if table.key in TABLES:
        raise ValueError(f"table {table.key} is declared twice")
    TABLES[table.key] = table
    return table


def table_of(key: str) -> Table:
    """The declared table. Http404 for an unknown key."""
    if key not in TABLES:
        raise Http404("没有这张表")
    return TABLES[key]


# ---- rows -----------------------------------------------------------------------------------------------------------


def require_valid(form: forms.BaseForm) -> None:
    """Raises ValidationError that names each wrong filter and what is wrong with it."""
    if form.is_valid():
        return
    labels = {name: str(field.label or name) for name, field in form.fields.items()}
    found = [
        f"{labels[name]}：{problem}" if name in labels else problem
        for name, problems in form.errors.items()
        for problem in map(str, problems)
    ]
    raise ValidationError(f"筛选条件有误，没有导出。{'；'.join(found)}")


def source_of(
    queryset: QuerySet[Any], *, prepare: Callable[[list[Any]], Iterable[Any]] | None = None, **said: Any
) -> RowSource:
    """A RowSource over an ordered queryset, through `prepare` a chunk at a time. `said`: the rest of RowSource."""
    return RowSource(queryset.count(), rows_of(queryset, prepare=prepare), **said)


def rows_of(queryset: QuerySet[Any], *, prepare: Callable[[list[Any]], Iterable[Any]] | None = None) -> Iterator[Any]:
    """The rows of an ordered queryset by chunks of keys: only the keys are all in memory.

    A cursor that stays open would hold an old snapshot, from which SQLite refuses to write the job's progress.
    """
    keys = list(queryset.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        found = list(queryset.filter(pk__in=keys[start : start + CHUNK]))
        yield from prepare(found) if prepare else found


# ---- asking and running ---------------------------------------------------------------------------------------------


def asked_for(user: User, key: str, query: str) -> tuple[Table, User, QueryDict]:
    """The table, the user narrowed to what they may export, the filters.

    Raises Http404 for an unknown key, PermissionDenied without the right to see or to export the list, ValidationError
    for filters with an identity number: the job and the trail keep them in clear.
    """
    table = table_of(key)
    for permission in (table.permission, Permission.EXPORT):
        if not user.paths(permission):
            raise PermissionDenied(f"您的角色没有“{permission.label}”的权限")
    exporter = user.narrowed_to(Permission.EXPORT)
    if not exporter.paths(table.permission):
        raise PermissionDenied(f"您的角色没有在同一单位“{table.permission.label}”和“{Permission.EXPORT.label}”的权限")
    params = QueryDict(query)
    if any(has_identity_number(value) for _, values in params.lists() for value in values):
        raise ValidationError("筛选条件里有身份证号，没有导出：筛选条件会留在任务和操作日志里，请改用姓名")
    return table, exporter, params


def unit_of(exporter: User, table: Table, params: QueryDict) -> OrgUnit:
    """The unit that fills the form in: the chosen one, or the user's own. Http404 outside the user's reach."""
    unit = unit_in_scope(exporter, params.get("unit"), table.permission) or home_unit(exporter)
    if unit is None:  # a posting that ended since asked_for
        raise PermissionDenied("您现在没有任职单位")
    return unit


def checked_rows(table: Table, exporter: User, params: QueryDict) -> RowSource:
    """The table's rows. Raises ValidationError when a sheet cannot hold them."""
    source = table.rows(exporter, params)
    if source.count > MAX_ROWS:
        raise ValidationError(f"共 {source.count:,} 行，超过一张表的上限 {MAX_ROWS:,} 行，请用筛选条件分几次导出")
    return source


@job_kind(JOB)
def run(job: JobRun) -> None:
    """Parameters: {"table": key, "query": the list's query string}."""
    if not job.user.is_active:
        raise PermissionDenied("账号已停用")
    try:
        table, exporter, params = asked_for(job.user, job.parameters["table"], job.parameters["query"])
        require(exporter, table.permission, job.unit.path)
        source = checked_rows(table, exporter, params)
    except Http404 as error:
        raise ValidationError(str(error)) from None
    name = f"{table.title}（{job.unit.name}）"
    with FormBook(job.file(f"{name}_{timezone.localdate():%Y%m%d}.xlsx")) as book:
        written = book.add(_sheet(table, job, source))
    if table.personal:
        changes = {"筛选条件": [None, source.conditions or "无"], "行数": [None, written]}
        audit.record(by=job.user, verb=f"导出{table.title}", target=job.unit, unit=job.unit, changes=changes)


def _sheet(table: Table, job: JobRun, source: RowSource) -> Sheet:
    readers = [column.read for column in table.columns]
    on = source.on or timezone.localdate()
    made = f"{timezone.localtime():%Y-%m-%d %H:%M} 由{job.user.name}导出"
    return Sheet(
        name=table.title[:31],
        title=f"{job.unit.name}{table.title}",
        left=f"填报单位：{job.unit.name}",
        middle="",
        right=f"截至 {on.year}年{on.month}月{on.day}日",
        conditions=f"筛选条件：{source.conditions}" if source.conditions else "",
        columns=[column.printed for column in table.columns],
        rows=_reported(job, source, readers),
        total=source.totals,
        watermark=f"{made}，仅限工作使用，不得外传" if table.personal else "",
        footer=f"{SIGNATURES}共 {source.count:,} 行；{made}；“—”表示没有数据。{table.note}",
    )


def _reported(job: JobRun, source: RowSource, readers: list[Callable[[Any], Any]]) -> Iterator[list[Any]]:
    """The cells of each row. Raises Cancelled between two rows."""
    job.progress(0, source.count or 1, "正在写入")
    for number, row in enumerate(source.rows, 1):
        yield [read(row) for read in readers]
        if number % REPORT_EVERY == 0:
            job.progress(number, max(source.count, number + 1), f"已写 {number:,} / {source.count:,} 行")

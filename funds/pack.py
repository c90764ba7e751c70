"""The audit pack 审计包 of what a ledger shows: ledger, chain of allocations, scans of vouchers, and sums in words.

Everything is written as it is read: neither the rows nor the scans are ever all in memory.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, Sum
from django.http import Http404, QueryDict
from django.utils import timezone

from accounts.gate import require
from accounts.models import OrgUnit, User
from accounts.queries import home_unit, unit_in_scope
from accounts.roles import Permission
from common import money
from common import workbook as book
from common.forms import filter_words
from common.months import FIRST_DAY
from common.workbook import SIGNATURES, FormBook, Kind, Sheet
from files.stored import open_stored
from funds.forms.filters import LedgerFilter
from funds.models import Allocation, Entry, Spending
from funds.models.ledger import EntryQuerySet
from funds.queries.ledger import LedgerRow, ledger_rows, totals, vouchers_of, with_papers
from funds.tables import ALLOCATION_COLUMNS, LEDGER_COLUMNS, total_row
from jobs.actions import request_job
from jobs.models import Job
from jobs.registry import JobRun, job_kind
from jobs.tables import CHUNK, Column, require_valid, rows_of

KIND = "fund_pack"
LEDGER, CHAIN, NOTES, FOLDER = "资金台账.xlsx", "下达链.xlsx", "说明.txt", "vouchers"
RECONCILED = ("资金", "单位", "期初结存（元）", "本期收入（元）", "本期付出（元）", "期末结存（元）")


@dataclass
class Asked:
    """What the pack is about. All categories and both directions: with some left out nothing would add up."""

    user: User
    unit: OrgUnit
    form: LedgerFilter

    @property
    def entries(self) -> EntryQuerySet:
        return self.form.entries()

    @property
    def everything(self) -> EntryQuerySet:
        """The same funds and units, whatever the months."""
        entries = Entry.objects.visible_to(self.user, Permission.VIEW_FUNDS).under(self.unit)
        return entries.filter(fund=self.form.chosen_fund) if self.form.chosen_fund else entries

    @property
    def since(self) -> date:
        month = self.form.cleaned_data["since"]
        return month.first if month else FIRST_DAY

    @property
    def until(self) -> date:
        month = self.form.cleaned_data["until"]
        return min(month.last, timezone.localdate()) if month else timezone.localdate()


def asked_for(user: User, query: str, unit: OrgUnit | None = None) -> Asked:
    """Raises ValidationError for a wrong filter, PermissionDenied without both rights at the unit, Http404 outside."""
    exporter = user.narrowed_to(Permission.EXPORT)
    params = QueryDict(query, mutable=True)
    for name in ("category", "flow", "month"):
        params.pop(name, None)
    unit = unit_in_scope(exporter, params.get("unit"), Permission.VIEW_FUNDS) or unit or home_unit(exporter)
    if unit is None:
        raise PermissionDenied(f"您的角色没有“{Permission.EXPORT.label}”的权限")
    require(exporter, Permission.VIEW_FUNDS, unit.path)
    form = LedgerFilter(params, user=exporter, unit=unit)
    require_valid(form)
    return Asked(exporter, unit, form)


def request_pack(*, by: User, query: str) -> Job:
    """Queue the pack of what the ledger shows with this query string. Raises as `asked_for`."""
    asked = asked_for(by, query)
    title = f"{asked.unit.name}资金审计包"
    return request_job(by=by, kind=KIND, title=title, unit=asked.unit, parameters={"query": query})


@dataclass
class Made:
    """What went into the pack, for the notes."""

    entries: int = 0
    payments: int = 0
    vouchers: int = 0
    unvouchered: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@job_kind(KIND)
def run(job: JobRun) -> None:
    """Parameters: {"query": the ledger's query string}."""
    if not job.user.is_active:
        raise PermissionDenied("账号已停用")
    try:
        asked = asked_for(job.user, job.parameters["query"], job.unit)
    except Http404 as error:
        raise ValidationError(str(error)) from None
    total = asked.entries.count() or 1
    path = job.file(f"{asked.unit.name}资金审计包_{timezone.localdate():%Y%m%d}.zip")
    made = Made()
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
            job.progress(0, total, "正在写台账")
            pack.write(_ledger(asked, Path(folder) / LEDGER, made, job, total), LEDGER)
            pack.write(_chain(asked, Path(folder) / CHAIN), CHAIN)
            _vouchers(asked, pack, made, job, total)
            pack.writestr(NOTES, _notes(asked, made))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sheet(asked: Asked, title: str, columns: Sequence[Column | str], rows: Iterable[Any], **more: Any) -> Sheet:
    printed = [
        column.printed if isinstance(column, Column) else book.Column(column, *_kind(column)) for column in columns
    ]
    return Sheet(
        name=title,
        title=f"{asked.unit.name}{title}",
        left=f"填报单位：{asked.unit.name}",
        middle="",
        right=f"{'' if asked.since == FIRST_DAY else f'{asked.since} 至 '}{asked.until}",
        columns=printed,
        rows=rows,
        footer=SIGNATURES,
        conditions=f"筛选条件：{words}" if (words := filter_words(asked.form)) else "",
        **more,
    )


def _kind(label: str) -> tuple[Kind, float]:
    return (Kind.MONEY, 16) if label.endswith("（元）") else (Kind.TEXT, 24)


def _ledger(asked: Asked, path: Path, made: Made, job: JobRun, total: int) -> Path:
    sums = totals(asked.entries)
    entries = asked.entries.order_by("fund", "unit__path", "on", "-fen", "pk")
    readers = [column.read for column in LEDGER_COLUMNS]

    def rows() -> Iterator[list[Any]]:
        for row in rows_of(with_papers(entries), prepare=ledger_rows):
            made.entries += 1
            _count(row, made)
            if made.entries % 100 == 0:
                job.progress(made.entries // 2, total, f"台账已写 {made.entries:,} 行")
            yield [read(row) for read in readers]

    with FormBook(path) as made_book:
        made_book.add(_sheet(asked, "资金台账", LEDGER_COLUMNS, rows(), total=total_row(sums.came, sums.went)))
    return path


def _count(row: LedgerRow, made: Made) -> None:
    if row.vouchers is not None:
        made.payments += 1
        if row.vouchers == 0:
            made.unvouchered.append(row.number)


def _chain(asked: Asked, path: Path) -> Path:
    """The allocations, and what each unit had before, got, gave and has."""
    allocations = Allocation.objects.visible_to(asked.user, Permission.VIEW_FUNDS).under(asked.unit)
    allocations = allocations.filter(allocated_on__gte=asked.since, allocated_on__lte=asked.until)
    if asked.form.chosen_fund:
        allocations = allocations.filter(fund=asked.form.chosen_fund)
    joined = allocations.select_related("fund", "from_unit", "to_unit", "received_by")
    readers = [column.read for column in ALLOCATION_COLUMNS]
    rows = ([read(row) for read in readers] for row in rows_of(joined.order_by("fund", "to_unit__path", "pk")))
    with FormBook(path) as made_book:
        made_book.add(_sheet(asked, "下达链", ALLOCATION_COLUMNS, rows))
        reconciled = [row[2:] for row in _reconciled(asked)]
        total = ["合计", None, *[sum((row[n] for row in reconciled), Decimal(0)) for n in range(2, 6)]]
        made_book.add(_sheet(asked, "结存核对", RECONCILED, reconciled, total=total))
    return path


def _reconciled(asked: Asked) -> list[list[Any]]:
    """(fund, unit path, fund's name, unit's name, before, came, went, after) for each fund and unit; yuan."""
    during = Q(on__gte=asked.since, on__lte=asked.until)
    grouped = (
        asked.everything.until(asked.until)
        .order_by()
        .values_list("fund", "unit__path", "fund__name", "unit__name")
        .annotate(
            before=Sum("fen", filter=Q(on__lt=asked.since), default=0),
            came=Sum("fen", filter=during & Q(fen__gt=0), default=0),
            went=Sum("fen", filter=during & Q(fen__lt=0), default=0),
            after=Sum("fen"),
        )
    )
    return [
        [*named, money.yuan(before), money.yuan(came), money.yuan(-went), money.yuan(after)]
        for *named, before, came, went, after in sorted(grouped)
    ]


def _vouchers(asked: Asked, pack: zipfile.ZipFile, made: Made, job: JobRun, total: int) -> None:
    """Each scan as vouchers/<number of the payment>-<n>.<ext>, a stream from store to pack."""
    keys = sorted(set(asked.entries.filter(spending__isnull=False).order_by().values_list("spending", flat=True)))
    for start in range(0, len(keys), CHUNK):
        found = vouchers_of(keys[start : start + CHUNK])
        for spending in Spending.objects.filter(pk__in=found).order_by("pk"):
            for number, scan in enumerate(found[spending.pk], 1):
                name = f"{spending.number}-{number}{Path(scan.stored_name).suffix}"
                try:
                    with open_stored(scan.stored_name) as source, pack.open(f"{FOLDER}/{name}", "w") as target:
                        shutil.copyfileobj(source, target)
                    made.vouchers += 1
                except FileNotFoundError:
                    made.lost.append(name)
            job.progress(total - 1, total, f"已装入凭证 {made.vouchers:,} 份")


def _notes(asked: Asked, made: Made) -> str:
    sums = totals(asked.entries)
    rows = _reconciled(asked)
    before, came, went, after = (sum((row[n] for row in rows), Decimal(0)) for n in range(4, 8))
    lines = [
        f"{asked.unit.name}资金审计包",
        f"生成：{timezone.localtime():%Y-%m-%d %H:%M} 由{asked.user.name}导出",
        f"范围：{filter_words(asked.form) or '全部资金、全部月份'}，截至 {asked.until}",
        "",
        f"{LEDGER}：{made.entries:,} 行，收入合计 {sums.came:,.2f} 元，付出合计 {sums.went:,.2f} 元",
        f"{CHAIN}：下达记录；“结存核对”按资金和单位列出期初、收入、付出、期末",
        f"{FOLDER}/：{made.payments:,} 笔支出的凭证扫描件 {made.vouchers:,} 份，文件名为支出编号",
        "",
        "核对：期初结存 + 本期收入 − 本期付出 = 期末结存",
        f"　　　{before:,.2f} + {came:,.2f} − {went:,.2f} = {after:,.2f}（元）",
        "口径：收入含外部到账、收到下达、收回和支出冲销；付出含下达、被收回、支出和到账冲销。",
        "　　　上级下达给本范围内单位的，自确认到账之日计入；在途资金不计入任何单位的结存。",
    ]
    if made.unvouchered:
        lines += ["", f"没有凭证扫描件的支出（{len(made.unvouchered)} 笔）：", *made.unvouchered]
    if made.lost:
        lines += ["", f"存储中找不到的扫描件（{len(made.lost)} 份）：", *made.lost]
    return "\r\n".join(lines) + "\r\n"

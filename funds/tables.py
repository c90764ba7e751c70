"""The lists of money as tables for export (jobs.tables), and the columns that the audit pack shares with them."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common import money
from common.forms import filter_words
from funds.forms.filters import AllocationFilter, FindingFilter, FundFilter, LedgerFilter
from funds.models import Fund
from funds.queries.findings import Where, findings
from funds.queries.fund_page import fund_rows, sorted_funds, total_of
from funds.queries.ledger import ledger_rows, sorted_entries, totals, with_papers
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of

SEEN = Permission.VIEW_FUNDS
DATE, MONEY = Kind.DATE, Kind.MONEY

LEDGER_COLUMNS = (
    Column("日期", "on", DATE),
    Column("单位", "unit", width=20),
    Column("资金", "fund", width=24),
    Column("年度", "year", Kind.WHOLE, width=6),
    Column("事项", "kind", width=10),
    Column("支出类别", "category", width=12),
    Column("摘要", "words", width=36),
    Column("凭证号或文号", "paper", width=16),
    Column("收入（元）", "came", MONEY),
    Column("付出（元）", "went", MONEY),
    Column("结存（元）", "balance", MONEY),
    Column("支出编号", "number", width=12),
    Column("凭证扫描件", "vouchers", Kind.WHOLE, width=10),
)
ALLOCATION_COLUMNS = (
    Column("资金", "fund.name", width=24),
    Column("年度", "fund.year", Kind.WHOLE, width=6),
    Column("下达单位", "from_unit.name", width=18),
    Column("接收单位", "to_unit.name", width=20),
    Column("金额（元）", "amount", MONEY),
    Column("下达日期", "allocated_on", DATE),
    Column("下达文号", "document_number", width=18),
    Column("预计到账", "expected_on", DATE),
    Column("到账日期", "received_on", DATE),
    Column("确认人", lambda row: row.received_by.name if row.received_by else None, width=10),
    Column("撤回日期", "withdrawn_on", DATE),
)
FUND_COLUMNS = (
    Column("资金", "fund.name", width=28),
    Column("年度", "fund.year", Kind.WHOLE, width=6),
    Column("来源", lambda row: row.fund.get_source_display()),
    Column("资金层级", lambda row: row.fund.get_tier_display(), width=10),
    Column("主管单位", "fund.unit.name", width=16),
    Column("依据", "fund.citation", width=24),
    Column("到账（元）", lambda row: money.yuan(row.balance.came), MONEY),
    Column("支出（元）", lambda row: money.yuan(row.balance.spent), MONEY),
    Column("在途（元）", lambda row: money.yuan(row.balance.transit), MONEY),
    Column("结存（元）", lambda row: money.yuan(row.balance.held), MONEY),
    Column("支出进度", "balance.rate", Kind.PERCENT),
)
FINDING_COLUMNS = (
    Column("疑点", lambda row: row.kind.label, width=9),
    Column("单位", "unit.name", width=20),
    Column("资金", "fund.name", width=24),
    Column("金额（元）", "amount", MONEY),
    Column("日期", "on", DATE),
    Column("理由", "reason", width=60),
    Column("依据", "source", width=24),
    Column("说明", lambda row: row.explanation.note if row.explanation else None, width=30),
)


def total_row(came: object, went: object) -> list[object]:
    """The last line of the ledger."""
    return ["合计", *[None] * 7, came, went, *[None] * 3]


def _funds(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), SEEN)
    form = FundFilter(params, user=user, unit=unit)
    require_valid(form)
    funds = form.apply(Fund.objects.visible_to(user, SEEN)).select_related("unit", "document")
    tops = [unit.path] if unit else None
    total = total_of(user, funds, tops)
    sums = [money.yuan(fen) for fen in (total.came, total.spent, total.transit, total.held)]
    return source_of(
        sorted_funds(funds, params.get("sort", "")),
        prepare=lambda rows: fund_rows(user, rows, tops),
        conditions=filter_words(form),
        totals=["合计", *[None] * 5, *sums, total.rate],
    )


def _ledger(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), SEEN)
    form = LedgerFilter(params, user=user, unit=unit)
    require_valid(form)
    entries = form.entries()
    sums = totals(entries)
    return source_of(
        with_papers(sorted_entries(entries, params.get("sort", ""))),
        prepare=ledger_rows,
        conditions=filter_words(form),
        totals=total_row(sums.came, sums.went),
    )


def _allocations(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), SEEN)
    form = AllocationFilter(params, user=user, unit=unit)
    require_valid(form)
    rows = form.allocations().select_related("fund", "from_unit", "to_unit", "received_by")
    return source_of(rows.order_by("-allocated_on", "-pk"), conditions=filter_words(form))


def _findings(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), SEEN)
    form = FindingFilter(params, user=user, unit=unit)
    require_valid(form)
    found = form.chosen(findings(Where(user, unit, form.chosen_fund), timezone.localdate()))
    return RowSource(len(found), found, conditions=filter_words(form))


declare(Table("funds", "资金一览", SEEN, FUND_COLUMNS, _funds, note="金额只计管辖范围以内。"))
declare(Table("fund_ledger", "资金台账", SEEN, LEDGER_COLUMNS, _ledger, note="结存为该单位该项资金在该笔之后的余额。"))
declare(Table("fund_allocations", "资金下达和到账台账", SEEN, ALLOCATION_COLUMNS, _allocations))
declare(Table("fund_findings", "资金疑点清单", SEEN, FINDING_COLUMNS, _findings))

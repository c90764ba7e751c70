"""Rows of money as markup. In the loop of a template they would cost more than their queries."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common import money
from common.templatetags.shezhan import number, percent
from funds.queries.balances import Balance
from funds.queries.fund_page import Chain, FundRow, Node
from funds.queries.ledger import LedgerRow

MISSING = SafeString('<span class="missing">—</span>')


def yuan(fen: int) -> str:
    return number(money.yuan(fen))


def _amount(amount: Decimal | None) -> str | SafeString:
    return MISSING if amount is None else number(amount)


# ---- the list of funds ----

FUND_ROW = (
    '<tr>\n<td><span><a href="{}">{}</a><span class="cap d-block fw-normal">{}</span></span></td>\n'
    '<td data-label="来源"><span>{}<span class="cap d-block">{}</span></span></td>\n'
    '<td data-label="年度"><span>{}</span></td>\n'
    '<td class="num" data-label="到账"><span>{}</span></td>\n<td class="num" data-label="支出"><span>{}</span></td>\n'
    '<td class="num" data-label="在途"><span>{}</span></td>\n<td class="num" data-label="结存"><span>{}</span></td>\n'
    '<td class="num" data-label="支出进度"><span>{}</span></td>\n</tr>'
)
FUND_TOTAL = (
    '<tr><td colspan="3">合计</td><td class="num" data-label="到账">{}</td><td class="num" data-label="支出">{}</td>'
    '<td class="num" data-label="在途">{}</td><td class="num" data-label="结存">{}</td>'
    '<td class="num" data-label="支出进度">{}</td></tr>'
)


def fund_table(rows: Iterable[FundRow], total: Balance | None) -> SafeString:
    """The body and foot of the table that funds/fund_list.html heads."""
    body = format_html("<tbody>{}</tbody>", format_html_join("\n", FUND_ROW, map(_fund_cells, rows)))
    if total is None:
        return body
    sums = (yuan(total.came), yuan(total.spent), yuan(total.transit), yuan(total.held), percent(total.rate))
    return format_html("{}<tfoot>{}</tfoot>", body, format_html(FUND_TOTAL, *sums))


def _fund_cells(row: FundRow) -> tuple[object, ...]:
    fund, balance = row.fund, row.balance
    amounts = [balance.came, balance.spent, balance.transit, balance.held]
    return (
        reverse("fund_detail", args=[fund.pk]),
        fund.name,
        f"{fund.unit.name} · {fund.citation}" if fund.citation else fund.unit.name,
        fund.get_source_display(),
        fund.get_tier_display(),
        fund.year,
        *(yuan(amount) if row.touched else MISSING for amount in amounts),
        percent(balance.rate),
    )


# ---- the chain of one fund ----

CHAIN_ROW = (
    '<tr>\n<td><span class="tree-{}">{}{}</span></td>\n'
    '<td class="num" data-label="收到"><span>{}</span></td>\n<td class="num" data-label="下达"><span>{}{}</span></td>\n'
    '<td class="num" data-label="本级支出"><span>{}</span></td>\n'
    '<td class="num" data-label="本级结存"><span><a href="{}">{}</a></span></td>\n'
    '<td class="num" data-label="含下级支出"><span>{}</span></td>\n</tr>'
)


def chain_table(chain: Chain) -> SafeString:
    return format_html_join("\n", CHAIN_ROW, map(_chain_cells, chain.nodes))


def _chain_cells(node: Node) -> tuple[object, ...]:
    unit = node.unit
    name = format_html('<a href="{}">{}</a>', node.url, unit.name) if node.url else unit.name
    more = SafeString('<span class="cap d-block fw-normal">点开看下级</span>') if node.url else ""
    transit = format_html('<span class="cap d-block">其中在途 {}</span>', yuan(unit.transit)) if unit.transit else ""
    passed = yuan(unit.passed_on) if unit.passed_on else MISSING
    return (
        node.depth,
        name,
        more,
        yuan(unit.obtained),
        passed,
        transit,
        yuan(unit.spent),
        node.ledger_url,
        yuan(unit.held),
        yuan(node.below.spent),
    )


# ---- the ledger ----

LEDGER_ROW = (
    '<tr{}>\n<td><span class="text-nowrap">{}</span></td>\n'
    '<td data-label="单位" class="wide"><span>{}<span class="cap d-block"><a href="{}">{}</a></span></span></td>\n'
    '<td data-label="事项"><span>{}{}</span></td>\n'
    '<td data-label="摘要" class="wide"><span><a href="{}">{}</a>{}</span></td>\n'
    '<td class="num" data-label="收入"><span>{}</span></td>\n<td class="num" data-label="付出"><span>{}</span></td>\n'
    '<td class="num" data-label="结存"><span>{}</span></td>\n</tr>'
)
NO_VOUCHER = SafeString(' <span class="status-badge tone-warn">缺凭证</span>')
REVERSED = SafeString(' <span class="status-badge tone-muted">已冲销</span>')


def ledger_table(rows: Iterable[LedgerRow]) -> SafeString:
    """The body of the table that funds/ledger.html heads."""
    return format_html_join("\n", LEDGER_ROW, map(_ledger_cells, rows))


def _ledger_cells(row: LedgerRow) -> tuple[object, ...]:
    category = format_html('<span class="cap d-block">{}</span>', row.category) if row.category else ""
    badges = format_html("{}{}", NO_VOUCHER if row.vouchers == 0 else "", REVERSED if row.reversed else "")
    paper = format_html('<span class="cap d-block">{}{}</span>', row.paper, badges) if row.paper else badges
    return (
        SafeString(' class="text-secondary"') if row.reversed else "",
        row.on,
        row.unit,
        row.fund_url,
        row.fund_label,
        row.kind,
        category,
        row.url,
        row.words,
        paper,
        _amount(row.came),
        _amount(row.went),
        number(row.balance),
    )

"""What is to be found about money (R12): 截留, 挪用, 挤占, 年末结余, each with its reason, document and clause.

Findings are computed from the ledger and the rules, never stored: a payment that is reversed, or money that goes on,
ends its finding. What a checker wrote (Explanation) stands beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from accounts.models import Level, OrgUnit, User
from common import money
from funds.models import (
    OF_AN_OFFICE,
    OFFICES,
    Entry,
    EntryKind,
    Explanation,
    FindingKind,
    Fund,
    FundForbiddenUse,
    Holding,
    Spending,
    SpendingFlag,
)
from funds.models.vocabulary import USED
from funds.queries.balances import SEEN
from funds.sums import Layer, layers
from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook

K = FindingKind


@dataclass(frozen=True)
class Finding:
    """One thing found. `subject` names it within its kind, for the explanation."""

    kind: FindingKind
    subject: str
    fund: Fund
    unit: OrgUnit
    amount: Decimal
    on: date
    reason: str
    source: str
    source_url: str
    url: str
    explanation: Explanation | None = None


@dataclass(frozen=True)
class Where:
    """Which findings are asked for: those of a subtree, of a fund, of one kind, of one payment."""

    user: User
    unit: OrgUnit | None = None
    fund: Fund | None = None
    kind: str = ""
    spending: Spending | None = None

    def narrowed(self, rows: Any) -> Any:
        """Rows that lie at a unit and belong to a fund, through the gate."""
        rows = rows.visible_to(self.user, SEEN)
        if self.unit is not None:
            rows = rows.under(self.unit)
        return rows.filter(fund=self.fund) if self.fund is not None else rows

    def asks(self, *kinds: FindingKind) -> bool:
        return not self.kind or self.kind in kinds


def findings(where: Where, today: date) -> list[Finding]:
    """All of them, the largest amounts first; a fixed number of queries."""
    found: list[Finding] = []
    if where.asks(K.WITHHELD, K.UNSPENT) and where.spending is None:
        found += _of_holdings(where, today)
    if where.asks(K.DIVERTED, K.ENCROACHED):
        found += _of_spendings(where, today)
    found = [row for row in found if not where.kind or row.kind == where.kind]
    explained = _explanations(found)
    found = [_with(row, explained.get((row.kind, row.subject))) for row in found]
    return sorted(found, key=lambda row: (row.explanation is not None, -row.amount, row.subject))


def _with(row: Finding, explanation: Explanation | None) -> Finding:
    if explanation is None:
        return row
    return Finding(**{**row.__dict__, "explanation": explanation})


def _explanations(found: Iterable[Finding]) -> dict[tuple[str, str], Explanation]:
    funds = {row.fund.pk for row in found}
    rows = Explanation.objects.filter(fund__in=funds).select_related("explained_by")
    return {(row.kind, row.subject): row for row in rows}


def _cited(provision: Provision | None) -> tuple[str, str]:
    if provision is None:
        return "", ""
    return provision.citation, reverse("document_detail", args=[provision.document_id])


def _of_fund(fund: Fund, provision: Provision | None) -> tuple[str, str]:
    """The fund's own document and clause; of the rule about purposes where it has none."""
    if fund.document_id is None:
        return _cited(provision)
    return fund.citation, reverse("document_detail", args=[fund.document_id])


# ---- money that lies -------------------------------------------------------------------------------------------------


def _of_holdings(where: Where, today: date) -> Iterator[Finding]:
    holdings = where.narrowed(Holding.objects.filter(fen__gt=0)).select_related("fund__document", "unit")
    held = {(row.fund_id, row.unit_id): row for row in holdings}
    entries = Entry.objects.filter(fund__in={fund for fund, _ in held}, unit__in=[unit for _, unit in held]).order_by()
    arrivals: dict[tuple[int, int], list[tuple[int, date, int]]] = defaultdict(list)
    came = entries.filter(kind__in=[EntryKind.RECEIVED, EntryKind.ARRIVED], receipt__reversed_on=None)
    for fund, unit, key, on, fen in came.values_list("fund", "unit", "pk", "on", "fen"):
        arrivals[fund, unit].append((key, on, fen))
    spent = {
        (fund, unit): -fen
        for fund, unit, fen in entries.filter(kind__in=USED).values_list("fund", "unit").annotate(Sum("fen"))
    }
    rules = RuleBook.load([row.unit.path for row in held.values()])
    for place, row in held.items():
        lying = layers(arrivals[place], row.fen)
        if row.unit.level < Level.STATION:
            yield from _withheld(row, lying, rules, today)
        yield from _unspent(row, lying, spent.get(place, 0), rules, today)


def _withheld(holding: Holding, lying: list[Layer], rules: RuleBook, today: date) -> Iterator[Finding]:
    """Money that lies with a tier above the station for longer than the rule of its day of arrival allows."""
    for layer in lying:
        limit = rules.threshold(ProvisionKind.FUND_HOLDING, holding.unit.path, layer.on)
        days = (today - layer.on).days
        if limit is None or days <= limit.value:
            continue
        amount = money.yuan(layer.fen)
        source, url = _cited(limit.named_by)
        yield Finding(
            K.WITHHELD,
            f"entry-{layer.key}",
            holding.fund,
            holding.unit,
            amount,
            layer.on,
            f"{layer.on} 到{holding.unit.name}账上，已停留 {days} 天，仍有 {money.words(amount)}未下达也未支出，"
            f"超过规定的 {limit.value} 天",
            source + limit.borrowed,
            url,
            _ledger_url(holding),
        )


def _ledger_url(holding: Holding) -> str:
    return f"{reverse('fund_ledger')}?fund={holding.fund_id}&unit={holding.unit_id}"


def _deadline(rule: Provision, year: int) -> date:
    return date(year, rule.parameters["month"], rule.parameters["day"])


def _year_end_rule(rules: RuleBook, path: str, year: int, today: date) -> Provision | None:
    """The rule that was in force on the year's deadline: one that came later, or has ended since, judges nothing."""
    latest = rules.provision(ProvisionKind.FUND_UNSPENT, path, min(today, date(year, 12, 31)))
    return latest and rules.provision(ProvisionKind.FUND_UNSPENT, path, _deadline(latest, year))


def _unspent(holding: Holding, lying: list[Layer], spent: int, rules: RuleBook, today: date) -> Iterator[Finding]:
    """Money of a year that arrived by the day of the rule and is still there, beyond the share that it allows."""
    year = holding.fund.year
    rule = _year_end_rule(rules, holding.unit.path, year, today)
    if rule is None:
        return
    deadline = _deadline(rule, year)
    left = sum(layer.fen for layer in lying if layer.on <= deadline)
    if today < deadline or left * 100 <= rule.parameters["percent"] * (left + spent):
        return
    amount = money.yuan(left)
    source, url = _cited(rule)
    yield Finding(
        K.UNSPENT,
        f"holding-{holding.pk}",
        holding.fund,
        holding.unit,
        amount,
        deadline,
        f"{year} 年度资金到 {deadline} 前到账，至今未支出 {money.words(amount)}，"
        f"占本单位留用的 {left * 100 // (left + spent)}%，超过规定的 {rule.parameters['percent']}%",
        source,
        url,
        _ledger_url(holding),
    )


# ---- payments --------------------------------------------------------------------------------------------------------


def _of_spendings(where: Where, today: date) -> Iterator[Finding]:
    rows = where.narrowed(Spending.objects.suspect()).select_related("fund__document", "unit")
    if where.spending is not None:
        rows = rows.filter(pk=where.spending.pk)
    suspects = list(rows)
    uses: dict[tuple[int, str], FundForbiddenUse] = {
        (use.fund_id, use.category): use
        for use in FundForbiddenUse.objects.filter(fund__in={row.fund_id for row in suspects})
    }
    flags: dict[tuple[int, str], SpendingFlag] = {
        (flag.spending_id, flag.kind): flag
        for flag in SpendingFlag.objects.filter(spending__in=suspects).select_related("flagged_by")
    }
    rules = RuleBook.load([row.unit.path for row in suspects])
    for row in suspects:
        purpose = rules.provision(ProvisionKind.FUND_PURPOSE, row.unit.path, row.spent_on)
        use = uses.get((row.fund_id, row.category))
        forbidden = use if use and use.forbids(row.spent_on) else None
        yield from _diverted(row, forbidden, flags.get((row.pk, K.DIVERTED)), purpose)
        yield from _encroached(row, flags.get((row.pk, K.ENCROACHED)), purpose)


def _spent(row: Spending, kind: FindingKind, reasons: list[str], source: tuple[str, str]) -> Finding:
    return Finding(
        kind,
        f"spending-{row.pk}",
        row.fund,
        row.unit,
        row.amount,
        row.spent_on,
        f"{row.spent_on} 付{row.payee} {money.words(row.amount)}（{row.purpose}）：{'；'.join(reasons)}",
        *source,
        reverse("spending_detail", args=[row.pk]),
    )


def _flagged(flag: SpendingFlag) -> str:
    category = f"实际用于{flag.get_category_display()}，" if flag.category else ""
    who = f"{flag.flagged_by} " if flag.flagged_by else ""
    return f"{who}{flag.flagged_on} 检查认定：{category}{flag.note}"


def _diverted(
    row: Spending, forbidden: FundForbiddenUse | None, flag: SpendingFlag | None, purpose: Provision | None
) -> Iterator[Finding]:
    reasons, source = [], _of_fund(row.fund, purpose)
    if forbidden:
        since = f"自 {forbidden.starts_on} 起" if forbidden.starts_on else ""
        reasons.append(f"类别“{row.get_category_display()}”{since}被禁止")
        source = (forbidden.citation(row.fund) or source[0], source[1])
    elif row.outside_scope:
        reasons.append(f"类别“{row.get_category_display()}”不在使用范围（{'、'.join(row.fund.scope)}）内")
    if flag:
        reasons.append(_flagged(flag))
    if reasons:
        yield _spent(row, K.DIVERTED, reasons, source)


def _encroached(row: Spending, flag: SpendingFlag | None, purpose: Provision | None) -> Iterator[Finding]:
    reasons = []
    if row.beneficiary in OFFICES:
        reasons.append(f"受益方为{row.get_beneficiary_display()}，不是站点或服务对象")
    if row.category in OF_AN_OFFICE:
        reasons.append(f"类别“{row.get_category_display()}”属机关支出")
    if flag:
        reasons.append(_flagged(flag))
    if reasons:
        source = _cited(purpose) if purpose else _of_fund(row.fund, None)
        yield _spent(row, K.ENCROACHED, reasons, source)

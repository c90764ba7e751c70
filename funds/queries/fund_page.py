"""What the list of funds and the page of one fund show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Level, OrgUnit, User
from common import money
from common.paths import within
from funds.models import Fund
from funds.queries.balances import Balance, UnitMoney, below_of, by_fund, units_of

SORTS = {"name": ("name", "pk"), "year": ("year", "tier", "pk"), "tier": ("tier", "-year", "pk")}
LEVEL_WORDS = {1: "省本级", 2: "市本级", 3: "县本级", 4: "乡镇（街道）", 5: "站点"}


@dataclass(frozen=True)
class FundRow:
    fund: Fund
    balance: Balance

    @property
    def touched(self) -> bool:
        """Did money of it ever move in the user's scope?"""
        return self.balance.came > 0


def sorted_funds(funds: QuerySet[Fund], sort: str) -> QuerySet[Fund]:
    """By `?sort=`; the latest year first for an unknown key."""
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        return funds.order_by("-year", "tier", "pk")
    first, *rest = SORTS[name]
    return funds.order_by(f"-{first}" if falling else first, *rest)


def fund_rows(user: User, funds: Iterable[Fund], tops: Iterable[str] | None) -> list[FundRow]:
    """Funds with their sums in the user's scope (of `tops` only, where given). Two statements."""
    found = list(funds)
    balances = by_fund(user, [fund.pk for fund in found], tops)
    return [FundRow(fund, balances.get(fund.pk, Balance())) for fund in found]


def total_of(user: User, funds: QuerySet[Fund], tops: Iterable[str] | None) -> Balance:
    """Of all the funds, also those of other pages. Two statements."""
    return sum(by_fund(user, funds.order_by().values("pk"), tops).values(), Balance())


@dataclass(frozen=True)
class Node:
    """A unit in the chain of a fund: its own figures, and what its subtree did."""

    unit: UnitMoney
    depth: int
    below: Balance
    url: str  # the chain seen from there; "" where it shows whole
    ledger_url: str


@dataclass(frozen=True)
class TierRow:
    """All units of one tier together."""

    label: str
    units: int
    spent: int
    held: int
    transit: int

    @property
    def yuan(self) -> dict[str, Decimal]:
        """The sums in yuan, for templates."""
        return {name: money.yuan(getattr(self, name)) for name in ("spent", "held", "transit")}


@dataclass(frozen=True)
class Chain:
    """`nodes`: the unit that it is seen from and two tiers below it. `tiers`: all of the scope, by level."""

    nodes: list[Node] = field(default_factory=list)
    tiers: list[TierRow] = field(default_factory=list)
    total: Balance = field(default_factory=Balance)
    top: UnitMoney | None = None


def chain_of(user: User, fund: Fund, focus: OrgUnit | None) -> Chain:
    """How the money went down, within the user's scope. Two statements."""
    rows = units_of(user, fund)
    if not rows:
        return Chain()
    inside = [row for row in rows if focus is None or within(row.path, focus.path)]
    shown = _two_tiers(inside)
    nodes = [
        Node(
            row,
            depth,
            below_of(rows, row.path),
            f"{reverse('fund_detail', args=[fund.pk])}?unit={row.pk}" if depth == 2 and more else "",
            f"{reverse('fund_ledger')}?fund={fund.pk}&unit={row.pk}",
        )
        for row, depth, more in shown
    ]
    tops = [row for row, depth, _ in shown if depth == 0]
    total = sum((below_of(rows, row.path) for row in tops), Balance())
    return Chain(nodes, _tiers(inside), total, tops[0] if len(tops) == 1 else None)


def _two_tiers(rows: list[UnitMoney]) -> list[tuple[UnitMoney, int, bool]]:
    """Rows (in the order of the tree) with their depth below the highest ones, down to 2; and is more below them?"""
    above: list[UnitMoney] = []
    found: list[list[Any]] = []
    for row in rows:
        while above and not within(row.path, above[-1].path):
            above.pop()
        depth = len(above)
        if depth <= 2:
            found.append([row, depth, False])
        else:
            found[-1][2] = True
        above.append(row)
    return [(row, depth, more) for row, depth, more in found]


def _tiers(rows: Iterable[UnitMoney]) -> list[TierRow]:
    by_level: dict[int, list[UnitMoney]] = {}
    for row in rows:
        by_level.setdefault(row.level, []).append(row)
    return [
        TierRow(
            LEVEL_WORDS.get(level, str(Level(level).label)),
            len(units),
            sum(row.spent for row in units),
            sum(row.held for row in units),
            sum(row.transit for row in units),
        )
        for level, units in sorted(by_level.items())
    ]

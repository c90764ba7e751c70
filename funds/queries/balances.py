"""Sums of the ledger for pages: a subtree's spent, held and on its way, by fund or by unit. Yuan as Decimal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from common import money
from common.paths import within
from common.sums import decimal_sum
from funds.models import Allocation, Entry, EntryKind, Fund
from funds.models.ledger import AllocationQuerySet, EntryQuerySet
from funds.models.vocabulary import OBTAINED, PASSED_ON, USED

SEEN = Permission.VIEW_FUNDS


@dataclass(frozen=True)
class Balance:
    """What a subtree did with what came into it, in fen. `came` = spent + held + transit, by construction of entries
    (tests/funds/test_property.py)."""

    spent: int = 0
    held: int = 0
    transit: int = 0

    @property
    def came(self) -> int:
        return self.spent + self.held + self.transit

    @property
    def rate(self) -> Decimal | None:
        """Spent of what came; None where nothing came."""
        return Decimal(self.spent) / self.came if self.came else None

    @property
    def yuan(self) -> dict[str, Decimal]:
        """came, spent, held, transit in yuan, for templates."""
        return {name: money.yuan(getattr(self, name)) for name in ("came", "spent", "held", "transit")}

    def __add__(self, other: Balance) -> Balance:
        return Balance(self.spent + other.spent, self.held + other.held, self.transit + other.transit)


def own_entries(user: User, tops: Iterable[str] | None = None) -> EntryQuerySet:
    """The entries that the user may read; of the subtrees `tops` only, where given."""
    entries = Entry.objects.visible_to(user, SEEN)
    return entries if tops is None else entries.in_paths(tops)


def own_transit(user: User, tops: Iterable[str] | None = None) -> AllocationQuerySet:
    """What is on its way from a unit in the user's scope (of `tops` only, where given)."""
    sent = Allocation.objects.in_transit().sent_from(user.paths(SEEN))
    return sent if tops is None else sent.sent_from(tops)


def _sums(rows: Any, key: str) -> dict[int, tuple[int, int]]:
    """Key → (spent, held), one statement."""
    used = Sum("fen", filter=Q(kind__in=USED), default=0)
    grouped = rows.order_by().values_list(key).annotate(spent=used, held=Sum("fen"))
    return {found: (-spent, held) for found, spent, held in grouped}


def by_fund(user: User, funds: Any, tops: Iterable[str] | None = None) -> dict[int, Balance]:
    """Fund → its balance in the user's scope, funds without any movement left out. Two statements."""
    sums = _sums(own_entries(user, tops).filter(fund__in=funds), "fund")
    transit: dict[int, int] = defaultdict(int)
    sent = own_transit(user, tops).filter(fund__in=funds)
    for fund, amount in sent.order_by().values_list("fund").annotate(total=decimal_sum("amount", 2)):
        transit[fund] = money.fen(amount)
    return {fund: Balance(*sums.get(fund, (0, 0)), transit.get(fund, 0)) for fund in sums.keys() | transit.keys()}


@dataclass(frozen=True)
class UnitMoney:
    """One unit of a fund's chain: its own figures, in fen."""

    pk: int
    path: str
    name: str
    level: int
    obtained: int
    passed_on: int
    transit: int
    spent: int
    held: int


def units_of(user: User, fund: Fund, on: date | None = None) -> list[UnitMoney]:
    """Every unit in the user's scope that ever held money of the fund, in the order of the tree. Two statements."""
    entries = own_entries(user).filter(fund=fund).until(on or timezone.localdate())
    sums: dict[tuple[int, str, str, int], dict[str, int]] = defaultdict(dict)
    grouped = entries.order_by().values_list("unit", "unit__path", "unit__name", "unit__level", "kind")
    for *unit, kind, fen in grouped.annotate(Sum("fen")):
        sums[tuple(unit)][kind] = fen  # type: ignore[index]
    sent = own_transit(user).filter(fund=fund).order_by().values_list("from_unit")
    transit = {unit: money.fen(amount) for unit, amount in sent.annotate(total=decimal_sum("amount", 2))}
    found = [_unit_money(*unit, kinds, transit.get(unit[0], 0)) for unit, kinds in sums.items()]
    return sorted(found, key=lambda row: row.path)


def _unit_money(pk: int, path: str, name: str, level: int, kinds: dict[str, int], transit: int) -> UnitMoney:
    def total(*some: str) -> int:
        return sum(kinds.get(kind, 0) for kind in some)

    return UnitMoney(
        pk,
        path,
        name,
        level,
        obtained=total(*OBTAINED),
        passed_on=-total(*PASSED_ON),
        transit=transit,
        spent=-total(*USED),
        held=sum(kinds.values()),
    )


def below_of(rows: Iterable[UnitMoney], top: str) -> Balance:
    """The balance of the subtree at `top`."""
    inside = [row for row in rows if within(row.path, top)]
    return Balance(
        sum(row.spent for row in inside), sum(row.held for row in inside), sum(row.transit for row in inside)
    )


def returned_of(allocations: Iterable[Allocation]) -> dict[int, Decimal]:
    """Allocation → yuan that its receiver gave back; those that gave back nothing are left out. One query."""
    keys = [row.pk for row in allocations]
    back = Entry.objects.filter(allocation__in=keys, kind=EntryKind.RETURNED).order_by()
    return {key: money.yuan(-fen) for key, fen in back.values_list("allocation").annotate(Sum("fen"))}

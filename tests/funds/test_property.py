"""For every sequence of movements: what came into a tier is what it spent, holds, passed on, or sent on its way.

Proved for every unit with all below it, for each day, from the entries and from the papers alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import OrgUnit
from common import money
from common.paths import within
from funds.actions import add_receipt, confirm_receipt, reverse_receipt, reverse_spending, take_back
from funds.models import Allocation, Entry, EntryKind, Fund, FundReceipt, Holding, Spending
from tests.funds.conftest import send, spend

PLACES = ("晋中市", "榆次区", "北关街道", "北关街道社工站", "太谷区", "明星镇社工站")
PAIRS = [
    ("晋中市", "榆次区"), ("晋中市", "太谷区"), ("榆次区", "北关街道"), ("北关街道", "北关街道社工站"),
    ("榆次区", "北关街道社工站"), ("太谷区", "明星镇社工站"), ("榆次区", "晋中市"),
]  # fmt: skip
DAYS = [date(2026, month, 15) for month in range(3, 12)]
STEPS = ("receive", "allocate", "confirm", "spend", "take_back", "reverse_spending", "reverse_receipt")
MOVES = st.tuples(
    st.sampled_from(STEPS),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from(DAYS),
    st.integers(1, 60_000).map(money.yuan),
)


def move(fund: Fund, units: dict[str, OrgUnit], step: tuple[str, int, int, date, Decimal]) -> None:
    """One movement; a refused one changes nothing."""
    name, one, two, on, amount = step

    def pick(rows):
        found = list(rows.order_by("pk"))
        return found[one % len(found)] if found else None

    def about(rows, act: Callable) -> None:
        if row := pick(rows.filter(fund=fund)):
            act(row)

    here = units[PLACES[one]]
    sender, receiver = (units[name] for name in PAIRS[(6 * one + two) % len(PAIRS)])
    acts: dict[str, Callable[[], object]] = {
        "receive": lambda: add_receipt(by=None, fund=fund, amount=amount, received_on=on),
        "allocate": lambda: send(fund, sender, receiver, amount, on),
        "confirm": lambda: about(
            Allocation.objects.in_transit(), lambda row: confirm_receipt(by=None, allocation=row, received_on=on)
        ),
        "spend": lambda: spend(fund, here, amount, spent_on=on),
        "take_back": lambda: about(
            Allocation.objects.all(),
            lambda row: take_back(by=None, allocation=row, on=on, reason="回收", amount=amount if two else None),
        ),
        "reverse_spending": lambda: about(
            Spending.objects.all(), lambda row: reverse_spending(by=None, spending=row, on=on, reason="冲销")
        ),
        "reverse_receipt": lambda: about(
            FundReceipt.objects.all(), lambda row: reverse_receipt(by=None, receipt=row, on=on, reason="冲销")
        ),
    }
    try:
        with transaction.atomic():
            acts[name]()
    except ValidationError:
        pass


def total(rows, column: str = "fen") -> int:
    value = rows.aggregate(total=Sum(column))["total"] or 0
    return money.fen(value) if isinstance(value, Decimal) else value


def check(fund: Fund, top: OrgUnit, on: date) -> None:
    """Into the subtree = spent in it + held in it + on its way within it."""
    entries = Entry.objects.filter(fund=fund).under(top)
    into = entries.obtained(on)
    # What moved between two units of the subtree came in only once.
    inner = into.filter(allocation__from_unit__path__startswith=top.path)
    came = total(into) - total(inner)
    spent, held = -total(entries.spent(on)), total(entries.held(on))
    on_the_way = Allocation.objects.filter(fund=fund).in_transit(on)
    transit = sum(money.fen(row.amount) for row in on_the_way if within(row.from_unit.path, top.path))
    assert came == spent + held + transit, (top.name, on)
    assert held >= 0


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(MOVES, min_size=10, max_size=40))
def test_allocated_is_spent_and_held_and_on_its_way_at_every_tier(at_station, world, steps):
    fund, units = at_station, world.units
    with transaction.atomic():
        for step in steps:
            move(fund, units, step)
        for name in PLACES:
            for on in (DAYS[0], DAYS[4], DAYS[-1]):
                check(fund, units[name], on)
            entries = Entry.objects.filter(fund=fund, unit=units[name])
            holding = Holding.objects.filter(fund=fund, unit=units[name]).first()
            assert (holding.fen if holding else 0) == total(entries)
            assert all(row.balance >= 0 for row in entries.with_balance())
        papers_agree(fund)
        transaction.set_rollback(True)


def papers_agree(fund: Fund) -> None:
    """The ledger says what the papers say."""
    entries = Entry.objects.filter(fund=fund)
    standing = Spending.objects.filter(fund=fund, reversed_on=None)
    assert total(standing, "amount") == -total(entries.spent(DAYS[-1]))
    receipts = FundReceipt.objects.filter(fund=fund, reversed_on=None)
    assert total(receipts, "amount") == total(entries.filter(kind__in=[EntryKind.RECEIVED, EntryKind.RECEIPT_REVERSED]))
    held = total(Holding.objects.filter(fund=fund))
    on_the_way = total(Allocation.objects.filter(fund=fund).in_transit(), "amount")
    assert total(receipts, "amount") == total(standing, "amount") + held + on_the_way

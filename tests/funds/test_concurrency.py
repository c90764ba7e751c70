"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from funds.actions import confirm_receipt, reverse_spending, take_back
from funds.models import Entry, EntryKind, Holding, Spending
from tests.funds.conftest import held, send, spend
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]


def refused(results: list[Any]) -> list[ValidationError]:
    """The acts that were refused; anything else that went wrong is raised."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ValidationError):
            raise result
    return [result for result in results if isinstance(result, ValidationError)]


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_payments_that_the_balance_does_not_hold_one_is_refused(at_station, world, attempt):
    station = world.units["北关街道社工站"]

    def pay(voucher: str) -> Any:
        return spend(at_station, station, "20000", voucher_number=voucher)

    (error,) = refused(together(lambda: pay("甲"), lambda: pay("乙")))
    assert "结存 10,000.00 元" in error.messages[0]
    assert Spending.objects.count() == 1
    assert held(at_station, station) == 10000
    assert Holding.objects.get(fund=at_station, unit=station).fen == 1_000_000


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_confirmations_one_is_told_of_the_other(at_county, world, attempt):
    sent = send(at_county.fund, world.units["榆次区"], world.units["北关街道"], "100", date(2026, 2, 20))

    def confirm() -> Any:
        return confirm_receipt(by=world.township, allocation=sent, received_on=date(2026, 2, 21))

    (error,) = refused(together(confirm, confirm))
    assert "李（演示）确认于 2026-02-21 到账" in error.messages[0]
    assert Entry.objects.filter(allocation=sent, kind=EntryKind.ARRIVED).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_money_is_either_confirmed_or_withdrawn(at_county, world, attempt):
    sent = send(at_county.fund, world.units["榆次区"], world.units["北关街道"], "100", date(2026, 2, 20))
    results = together(
        lambda: confirm_receipt(by=None, allocation=sent, received_on=date(2026, 2, 21)),
        lambda: take_back(by=None, allocation=sent, on=date(2026, 2, 21), reason="有误"),
    )
    sent.refresh_from_db()
    refusals = refused(results)
    # Taking back what has just been confirmed is right as well: then the receiver gives it back.
    assert len(refusals) == (1 if sent.withdrawn_on else 0)
    assert held(at_county.fund, world.units["榆次区"]) == 60000
    assert held(at_county.fund, world.units["北关街道"]) == 0


@pytest.mark.parametrize("attempt", range(5))
def test_a_payment_is_reversed_once(at_station, world, attempt):
    station = world.units["北关街道社工站"]
    spending = spend(at_station, station, "100")

    def reverse() -> Any:
        return reverse_spending(by=None, spending=spending, on=date(2026, 4, 1), reason="有误")

    assert len(refused(together(reverse, reverse))) == 1
    assert held(at_station, station) == 30000


@pytest.mark.parametrize("attempt", range(5))
def test_one_voucher_number_pays_once(at_station, world, attempt):
    def pay() -> Any:
        return spend(at_station, world.units["北关街道社工站"], "1", voucher_number="记-9")

    assert len(refused(together(pay, pay))) == 1
    assert Spending.objects.count() == 1

"""Spending (R12): what is refused, with what words, and what a legal payment changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from common.months import Month
from funds.actions import add_forbidden_use, reverse_spending
from funds.models import Beneficiary, Category, Entry, EntryKind, Holding, Spending
from stations.models import StaleMonth
from tests.funds.conftest import errors_of, held, spend


@pytest.fixture
def station(world):
    return world.units["北关街道社工站"]


def test_a_forbidden_use_is_refused_with_document_and_clause(at_station, station):
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, category=Category.RECEPTION)
    (message,) = errors_of(caught)["category"]
    assert "不得用于公务接待" in message
    assert "市民函〔2026〕5号 三" in message
    assert held(at_station, station) == 30000
    assert not Spending.objects.exists()


def test_a_legal_payment_lowers_the_balance(at_station, station):
    spend(at_station, station, "1234.56")
    entry = Entry.objects.get(kind=EntryKind.SPENT)
    assert entry.fen == -123456
    assert Holding.objects.get(fund=at_station, unit=station).fen == 3_000_000 - 123456
    assert held(at_station, station, date(2026, 3, 9)) == 30000
    assert held(at_station, station, date(2026, 3, 10)) == 28765


def test_more_than_is_held_is_refused_and_says_the_balance(at_station, station):
    spend(at_station, station, "29000")
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, "1000.01")
    assert "结存 1,000.00 元" in errors_of(caught)["amount"][0]
    spend(at_station, station, "1000.00")
    assert held(at_station, station) == 0


def test_a_payment_dated_back_does_not_spend_what_was_spent_since(at_station, station):
    spend(at_station, station, "25000", spent_on=date(2026, 5, 1))
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, "6000", spent_on=date(2026, 4, 1))
    (message,) = errors_of(caught)["amount"]
    assert "2026-04-01 结存 30,000.00 元" in message
    assert "其后的支出和下达还需要其中的 25,000.00 元" in message


def test_a_payment_before_the_money_came_is_refused(at_station, station):
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, spent_on=date(2026, 3, 2))
    assert "2026-03-03 才到北关街道社工站账上" in errors_of(caught)["spent_on"][0]


def test_a_unit_without_money_of_the_fund_cannot_spend_it(at_station, world):
    with pytest.raises(ValidationError) as caught:
        spend(at_station, world.units["锦纶街道社工站"])
    assert "没有到账" in errors_of(caught)["fund"][0]


def test_tomorrow_is_refused(at_station, station):
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, spent_on=date(2026, 11, 22))
    assert "不能晚于今天" in errors_of(caught)["spent_on"][0]


@pytest.mark.parametrize("bad", ["0", "-1", "1.234", "1e20", "NaN", "", "十元"])
def test_amounts_that_are_none_are_refused_beside_the_amount(at_station, station, bad):
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, bad)
    assert set(errors_of(caught)) == {"amount"}


def test_full_width_digits_are_taken(at_station, station):
    assert spend(at_station, station, "１，２３４．５").amount == Decimal("1234.50")


def test_all_that_is_wrong_is_told_at_once(at_station, station):
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, "0", category="?", beneficiary="?", payee="<b>", purpose="", voucher_number="")
    assert set(errors_of(caught)) == {"amount", "category", "beneficiary", "payee", "purpose", "voucher_number"}


def test_one_voucher_pays_once(at_station, station):
    spend(at_station, station, voucher_number="记-88")
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, voucher_number="记-88")
    assert "已登记过" in errors_of(caught)["voucher_number"][0]


def test_a_reversed_voucher_may_be_entered_anew(at_station, station):
    first = spend(at_station, station, "100", voucher_number="记-88")
    reverse_spending(by=None, spending=first, on=date(2026, 3, 20), reason="金额有误")
    spend(at_station, station, "110", voucher_number="记-88", spent_on=date(2026, 3, 20))
    assert held(at_station, station) == 29890


def test_a_reversal_is_a_dated_entry_of_its_own(at_station, station, world):
    spending = spend(at_station, station, "100")
    reverse_spending(by=world.township, spending=spending, on=date(2026, 4, 2), reason="重复登记")
    spending.refresh_from_db()
    assert spending.amount == 100
    assert spending.reversed_on == date(2026, 4, 2)
    assert held(at_station, station, date(2026, 4, 1)) == 29900
    assert held(at_station, station, date(2026, 4, 2)) == 30000
    entry = Entry.objects.get(kind=EntryKind.SPENDING_REVERSED)
    assert (entry.fen, entry.note) == (10000, "重复登记")
    with pytest.raises(ValidationError, match="已于 2026-04-02 冲销"):
        reverse_spending(by=None, spending=spending, on=date(2026, 4, 3), reason="再冲一次")


@pytest.mark.parametrize(
    ("on", "reason", "field"),
    [(date(2026, 3, 9), "理由", "on"), (date(2026, 11, 22), "理由", "on"), (date(2026, 3, 20), "  ", "reason")],
)
def test_a_reversal_needs_a_day_since_and_a_reason(at_station, station, on, reason, field):
    spending = spend(at_station, station)
    with pytest.raises(ValidationError) as caught:
        reverse_spending(by=None, spending=spending, on=on, reason=reason)
    assert field in errors_of(caught)
    assert held(at_station, station) == 29000


def test_a_use_forbidden_from_a_day_is_refused_from_that_day(at_station, station):
    spend(at_station, station, category=Category.PUBLICITY, spent_on=date(2026, 6, 1))
    add_forbidden_use(
        by=None,
        fund=at_station,
        category=Category.PUBLICITY,
        clause="补充一",
        words="不再用于宣传",
        starts_on=date(2026, 7, 1),
    )
    spend(at_station, station, category=Category.PUBLICITY, spent_on=date(2026, 6, 30))
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, category=Category.PUBLICITY, spent_on=date(2026, 7, 1))
    (message,) = errors_of(caught)["category"]
    assert "自 2026-07-01 起不得用于宣传" in message
    assert "市民函〔2026〕5号 补充一：“不再用于宣传”" in message


def test_what_is_neither_permitted_nor_forbidden_is_entered_and_found_later(at_station, station):
    assert spend(at_station, station, category=Category.TRAINING).pk


def test_a_payment_is_in_the_trail_and_marks_the_month(at_station, station, world):
    StaleMonth.objects.all().delete()
    spending = spend(at_station, station, "500", by=world.township, beneficiary=Beneficiary.STATION)
    event = AuditEvent.objects.get(verb="登记资金支出")
    assert event.actor == world.township
    assert event.path == station.path
    assert event.changes["金额"] == [None, str(spending.amount)]
    months = set(StaleMonth.objects.filter(unit=station).values_list("month", flat=True))
    assert months == set(Month(2026, 3).until(Month(2026, 11)))


def test_money_of_an_office_marks_that_office(at_county, world):
    StaleMonth.objects.all().delete()
    spend(at_county.fund, world.units["榆次区"])
    assert set(StaleMonth.objects.values_list("unit__name", flat=True)) == {"榆次区"}


def test_the_database_itself_refuses_less_than_nothing(at_station, station):
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(fund=at_station, unit=station).update(fen=-1)


def test_a_closed_station_spends_nothing_afterwards(at_station, station):
    station.closed_on = date(2026, 6, 1)
    station.save()
    spend(at_station, station, spent_on=date(2026, 5, 31))
    with pytest.raises(ValidationError) as caught:
        spend(at_station, station, spent_on=date(2026, 6, 1))
    assert "unit" in errors_of(caught)

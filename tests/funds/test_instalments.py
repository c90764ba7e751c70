"""A payment of a contract's instalment: filled in from the contract, marked there as paid, taken back with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies.actions import Instalment, mark_paid, set_payments, withdraw_paid
from agencies.models import Payment
from funds.actions import add_receipt, create_fund, reverse_spending
from funds.models import Category, Holding, Source, Spending, Tier
from tests.agencies.conftest import make_agency, make_contract
from tests.funds.conftest import errors_of, spend


@pytest.fixture
def payment(world):
    contract = make_contract(world, make_agency(world, "榆次阳光社工中心", 1))
    set_payments(
        by=None, contract=contract, instalments=[Instalment(contract.terms.get(), date(2026, 2, 1), Decimal(120000))]
    )
    return contract.payments.select_related("contract__buyer", "contract__agency").get()


@pytest.fixture
def money(world, rules):
    made = create_fund(
        by=None, unit=world.units["榆次区"], name="区级购买服务", source=Source.FISCAL, tier=Tier.COUNTY, year=2026,
        purpose="购买社工服务",
    )  # fmt: skip
    add_receipt(by=None, fund=made, amount="200000", received_on=date(2026, 2, 1))
    return made


def pay(world, fund, payment, **changes) -> Spending:
    told = {"category": Category.PURCHASE, "payment": payment, "spent_on": date(2026, 3, 1)}
    return spend(fund, world.units["榆次区"], "120000", **(told | changes))


def test_the_instalment_is_marked_as_paid(world, money, payment):
    spending = pay(world, money, payment)
    payment.refresh_from_db()
    assert (payment.paid_on, payment.paid_amount) == (date(2026, 3, 1), Decimal("120000.00"))
    assert spending.number in payment.voucher_note


def test_a_reversal_opens_it_again(world, money, payment):
    spending = pay(world, money, payment)
    reverse_spending(by=None, spending=spending, on=date(2026, 3, 5), reason="账号有误退回")
    payment.refresh_from_db()
    assert payment.paid_on is None
    pay(world, money, payment, spent_on=date(2026, 3, 6))


def test_an_instalment_is_paid_once(world, money, payment):
    pay(world, money, payment)
    with pytest.raises(ValidationError, match="已于 2026-03-01 登记支付"):
        spend(money, world.units["榆次区"], "1000", category=Category.PURCHASE, payment=payment)
    assert Spending.objects.count() == 1
    assert Holding.objects.get(fund=money).fen == 8_000_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"category": Category.ACTIVITY}, "category"), ({"spent_on": date(2026, 11, 22)}, "spent_on")],
)
def test_what_is_wrong_stands_beside_the_field_of_the_payment(world, money, payment, changes, field):
    with pytest.raises(ValidationError) as caught:
        pay(world, money, payment, **changes)
    assert field in errors_of(caught)
    payment.refresh_from_db()
    assert payment.paid_on is None


def test_another_buyers_contract_is_not_paid(world, at_county, payment, money):
    fund = create_fund(
        by=None,
        unit=world.units["太谷区"],
        name="区级",
        source=Source.FISCAL,
        tier=Tier.COUNTY,
        year=2026,
        purpose="社工站",
    )
    add_receipt(by=None, fund=fund, amount="200000", received_on=date(2026, 2, 1))
    with pytest.raises(ValidationError) as caught:
        spend(fund, world.units["太谷区"], "120000", category=Category.PURCHASE, payment=payment)
    assert "由榆次区购买" in errors_of(caught)["payment"][0]


def test_choosing_the_instalment_fills_category_amount_and_payee(world, money, payment, sign_in):
    client = sign_in(world.county)
    page = client.get(reverse("spending_create"), {"payment": payment.pk})
    assert "榆次阳光社工中心" in page.content.decode()
    sent = {
        "holding": Holding.objects.get(fund=money).pk, "payment": payment.pk, "beneficiary": "STATION",
        "spent_on": "2026-03-01", "purpose": "全年服务费", "voucher_number": "记-1",
    }  # fmt: skip
    assert client.post(reverse("spending_create"), sent).status_code == 302
    spending = Spending.objects.get()
    assert (spending.category, spending.amount, spending.payee) == ("PURCHASE", 120000, "榆次阳光社工中心")
    assert "2026-1" in client.get(reverse("spending_detail", args=[spending.pk])).content.decode()


def test_what_the_ledger_paid_is_not_taken_back_beside_it(world, money, payment, sign_in):
    spending = pay(world, money, payment)
    payment.refresh_from_db()
    with pytest.raises(ValidationError, match=spending.number):
        withdraw_paid(by=world.county, payment=payment, reason="登记有误")
    payment.refresh_from_db()
    assert payment.paid_on == date(2026, 3, 1)


def test_a_contract_leads_to_the_payment_from_a_fund(world, money, payment, sign_in):
    client = sign_in(world.county)
    address = f"{reverse('spending_create')}?payment={payment.pk}"
    contract = reverse("contract_detail", args=[payment.contract_id])
    assert address in client.get(contract).content.decode()
    form = client.get(address).context["form"]
    assert form["payment"].initial == payment
    assert form["holding"].initial == Holding.objects.get(fund=money)
    assert (form["category"].initial, form["amount"].initial) == ("PURCHASE", Decimal("120000.00"))
    assert form["payee"].initial == "榆次阳光社工中心"


def test_who_spends_nothing_is_not_led_there(world, payment, sign_in):
    page = sign_in(world.province).get(reverse("contract_detail", args=[payment.contract_id]))
    assert reverse("spending_create") not in page.content.decode()


# ---- taken back only where it was entered ----


WITHDRAWN = {"paid_on": None, "paid_amount": None, "voucher_note": "", "by_ledger": False}


def by_hand(payment):
    return mark_paid(by=None, payment=payment, on=date(2026, 3, 2), amount="120000", voucher_note="12号")


def test_a_contract_offers_to_take_back_only_what_was_entered_there(world, money, payment, sign_in):
    client, page = sign_in(world.county), reverse("contract_detail", args=[payment.contract_id])
    address = reverse("payment_withdraw", args=[payment.pk])
    spending = pay(world, money, payment)
    shown = client.get(page).content.decode()
    assert address not in shown
    assert "由资金支出登记" in shown
    told = client.post(address, {"reason": "登记有误"}).content.decode()
    assert "请在该支出上冲销" in told
    reverse_spending(by=None, spending=spending, on=date(2026, 3, 5), reason="账号有误退回")
    by_hand(payment)
    assert address in client.get(page).content.decode()


def test_what_was_entered_by_hand_no_reversal_takes_back(payment):
    by_hand(payment)
    with pytest.raises(ValidationError, match="请在合同页面撤回"):
        withdraw_paid(by=None, payment=payment, reason="冲销", by_ledger=True)


def test_an_instalment_that_a_standing_spending_paid_is_not_paid_again(world, money, payment):
    """Withdrawn on the contract before that was refused."""
    spending = pay(world, money, payment)
    Payment.objects.update(**WITHDRAWN)
    with pytest.raises(ValidationError) as caught:
        pay(world, money, payment, voucher_number="记-2", spent_on=date(2026, 3, 3))
    assert f"已由支出 {spending.number} 支付，该支出冲销后" in errors_of(caught)["payment"][0]


def test_such_a_spending_can_still_be_reversed_and_leaves_what_was_paid_by_hand(world, money, payment):
    spending = pay(world, money, payment)
    Payment.objects.update(**WITHDRAWN)
    by_hand(payment)
    assert reverse_spending(by=None, spending=spending, on=date(2026, 3, 5), reason="重复支付").reversed_on
    payment.refresh_from_db()
    assert payment.paid_on == date(2026, 3, 2)

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from agencies.actions import (
    Instalment,
    ToCorrect,
    by_percent,
    complete_correction,
    mark_paid,
    set_payments,
    terminate_contract,
    withdraw_evaluation,
    withdraw_paid,
)
from agencies.models import Advice, Payment
from agencies.queries.payments import advice_of, payment_rows
from tests.agencies.conftest import TODAY, finalised, make_contract


@pytest.fixture
def plan(contract):
    """Half at the start, half after the mid-term evaluation."""
    term = contract.terms.get()
    return set_payments(
        by=None, contract=contract,
        instalments=[
            Instalment(term, date(2026, 2, 1), Decimal(60000)),
            Instalment(term, date(2026, 8, 1), Decimal(60000), "MID"),
        ],
    )  # fmt: skip


def second(contract) -> Payment:
    return contract.payments.get(number=2)


def test_instalments_must_add_up_to_the_contract(contract):
    term = contract.terms.get()
    with pytest.raises(ValidationError, match=r"合计 119999.99 元.*还差 0.01 元"):
        set_payments(by=None, contract=contract, instalments=[Instalment(term, date(2026, 2, 1), Decimal("119999.99"))])
    assert not contract.payments.exists()


def test_percentages_become_amounts_that_add_up(world, agency):
    contract = make_contract(world, agency, amount=Decimal("100000.01"))
    term = contract.terms.get()
    rows = [(term, date(2026, month, 1), Decimal(share), "NONE") for month, share in ((2, 33), (6, 33), (11, 34))]
    made = set_payments(by=None, contract=contract, instalments=by_percent(contract, rows))
    assert [payment.amount for payment in made] == [Decimal("33000.00"), Decimal("33000.00"), Decimal("34000.01")]
    with pytest.raises(ValidationError, match="100%"):
        by_percent(contract, rows[:2])


def test_an_instalment_waits_for_its_evaluation(contract, frame, plan):
    advice = advice_of(second(contract), TODAY)
    assert (advice.advice, advice.reason) == (Advice.HOLD, "第 1 年度中期评估尚未定稿")


@pytest.mark.parametrize(
    ("share", "advice", "amount"),
    [("0.9", Advice.PAY, "60000"), ("0.7", Advice.REDUCE, "54000.00"), ("0.5", Advice.HOLD, "0")],
)
def test_the_advice_follows_the_conclusion(contract, frame, plan, share, advice, amount):
    finalised(contract, frame, share=share)
    found = advice_of(second(contract), TODAY)
    assert (found.advice, found.amount) == (advice, Decimal(amount))
    assert "系统缺省评估办法" in found.reason


def test_a_correction_past_its_day_holds_the_payment_until_done(contract, frame, plan):
    done = finalised(contract, frame, corrections=[ToCorrect("补齐档案", date(2026, 9, 1))])
    assert "整改逾期未完成：补齐档案" in advice_of(second(contract), TODAY).reason
    complete_correction(by=None, correction=done.corrections.get(), on=date(2026, 10, 1), note="已补齐")
    assert advice_of(second(contract), TODAY).advice == Advice.PAY


def test_a_withdrawn_evaluation_counts_no_more(contract, frame, plan):
    withdraw_evaluation(by=None, evaluation=finalised(contract, frame), reason="评分人回避")
    assert advice_of(second(contract), TODAY).advice == Advice.HOLD


def test_what_was_planned_after_an_early_end_is_settled_first(contract, frame, plan):
    finalised(contract, frame)
    terminate_contract(by=None, contract=contract, on=date(2026, 7, 15), reason="人员不到位")
    contract.refresh_from_db()
    advices = {row.payment.number: row.advice.advice for row in payment_rows(contract, TODAY)}
    assert advices == {1: Advice.PAY, 2: Advice.HOLD}


def pay(payment: Payment, amount: int = 60000, **given) -> Payment:
    return mark_paid(
        by=None, payment=payment, on=date(2026, 10, 1), amount=Decimal(amount), voucher_note="财付〔2026〕12号", **given
    )


def test_paying_against_the_advice_takes_a_reason(contract, frame, plan):
    with pytest.raises(ValidationError, match="付款建议为“暂缓”"):
        pay(second(contract))
    assert pay(second(contract), reason="经局党组会议研究").paid_reason == "经局党组会议研究"


def test_no_more_than_the_instalment_is_paid_and_only_once(contract, plan):
    with pytest.raises(ValidationError, match="不能超过本期金额"):
        pay(plan[0], 60001)
    pay(plan[0])
    with pytest.raises(ValidationError, match="请刷新后核对"):
        pay(plan[0])


def test_a_payment_recorded_by_mistake_is_taken_back(contract, plan):
    pay(plan[0])
    withdraw_paid(by=None, payment=plan[0], reason="录错期次")
    assert contract.payments.get(number=1).paid_on is None


def test_what_is_paid_stays_when_the_rest_is_planned_anew(contract, plan):
    pay(plan[0])
    term = contract.terms.get()
    set_payments(
        by=None, contract=contract,
        instalments=[Instalment(term, date(2026, month, 1), Decimal(30000)) for month in (8, 11)],
    )  # fmt: skip
    assert list(contract.payments.values_list("number", "amount", "paid_amount")) == [
        (1, Decimal(60000), Decimal(60000)), (2, Decimal(30000), None), (3, Decimal(30000), None)
    ]  # fmt: skip


def test_a_new_plan_writes_over_the_instalments_that_are_not_paid(contract, plan):
    """A payment that was reversed refers to its instalment for ever."""
    term = contract.terms.get()
    parts = [Instalment(term, date(2026, month, 1), Decimal(40000)) for month in (3, 6, 9)]
    made = set_payments(by=None, contract=contract, instalments=parts)
    assert [row.pk for row in made[:2]] == [row.pk for row in plan]
    assert [(row.number, row.amount, row.condition) for row in contract.payments.all()] == [
        (1, Decimal(40000), "NONE"), (2, Decimal(40000), "NONE"), (3, Decimal(40000), "NONE"),
    ]  # fmt: skip
    set_payments(by=None, contract=contract, instalments=[Instalment(term, date(2026, 3, 1), Decimal(120000))])
    assert [(row.pk, row.number) for row in contract.payments.all()] == [(plan[0].pk, 1)]


def test_an_evaluation_that_was_paid_by_is_not_taken_back(contract, frame, plan):
    done = finalised(contract, frame)
    pay(second(contract))
    with pytest.raises(ValidationError, match="第 2 期已按这次评估付款"):
        withdraw_evaluation(by=None, evaluation=done, reason="录错")


def test_the_queries_of_a_plan_do_not_grow(contract, frame, plan, django_assert_max_num_queries):
    finalised(contract, frame)
    with django_assert_max_num_queries(5):
        payment_rows(contract, TODAY)

"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common.money import MoneyField, amount, fen, words, yuan


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234.5", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("１２３４．５０", "1234.50"),
        ("１，２３４", "1234.00"),
        (" ¥ 12 元 ", "12.00"),
        ("￥12", "12.00"),
        ("0.01", "0.01"),
        ("5.100", "5.10"),
        ("007", "7.00"),
        (Decimal("3.30"), "3.30"),
        (12, "12.00"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_what_is_taken(typed, number):
    assert amount(typed, field="amount") == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "请填写金额"),
        (None, "请填写金额"),
        ("0", "应大于 0"),
        ("0.00", "应大于 0"),
        ("-5", "应大于 0"),
        ("1.234", "最多两位小数"),
        ("1e20", "应为数字"),
        ("1" + "0" * 20, "不能超过"),
        ("1000000000000", "不能超过"),
        ("NaN", "应为数字"),
        (Decimal("NaN"), "应为数字"),
        (float("inf"), "应为数字"),
        ("一万", "应为数字"),
        ("1,23", "应为数字"),
        ("1.2.3", "应为数字"),
        ("٣", "应为数字"),
        ("5\x00", "应为数字"),
    ],
)
def test_what_is_refused_and_how_it_is_said(typed, message):
    with pytest.raises(ValidationError) as caught:
        amount(typed, field="amount")
    assert message in caught.value.message_dict["amount"][0]


def test_fen_and_yuan_are_exact():
    assert fen(Decimal("999999999999.99")) == 99999999999999
    assert fen(Decimal("999999.999999999")) == 100000000  # a sum of floats that falls a trace short
    assert yuan(99999999999999) == Decimal("999999999999.99")
    assert words(yuan(1234567)) == "12,345.67 元"


def test_the_field_says_its_own_label():
    field = MoneyField(label="预算")
    assert field.clean("１２") == 12
    with pytest.raises(ValidationError, match="预算最多两位小数"):
        field.clean("1.005")
    assert MoneyField(required=False).clean("") is None

"""Money in yuan and fen: what people type becomes a Decimal of two places, what is summed is whole fen.

Ledgers add whole numbers: SQLite would add decimals as floats.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

LARGEST = Decimal("999999999999.99")  # of max_digits=14, decimal_places=2
_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]*))?")


def amount(value: object, *, field: str, label: str = "金额") -> Decimal:
    """`value` (typed text or a number) as yuan with two decimals: more than 0, not more than LARGEST.

    Full-width digits, thousands separators, ¥ and 元 are taken. ValidationError for `field`.
    """
    text = "" if value is None else unicodedata.normalize("NFKC", str(value))
    text = "".join(text.split()).removeprefix("¥").removesuffix("元")
    if not text:
        raise ValidationError({field: f"请填写{label}"})
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValidationError({field: f"{label}应为数字，写作 12345.67，单位为元"})
    sign, whole, places = match[1], match[2].replace(",", ""), (match[3] or "").rstrip("0")
    if len(places) > 2:
        raise ValidationError({field: f"{label}最多两位小数（到分）"})
    if len(whole.lstrip("0")) > 12:
        raise ValidationError({field: f"{label}不能超过 {LARGEST:,} 元"})
    number = Decimal(f"{sign}{whole}.{places:0<2}")
    if number <= 0:
        raise ValidationError({field: f"{label}应大于 0"})
    return number


def fen(yuan_amount: Decimal) -> int:
    """Whole fen of yuan with at most two decimals. Rounded: a sum that SQLite made of floats may fall a trace short."""
    return int((yuan_amount * 100).to_integral_value())


def yuan(whole_fen: int) -> Decimal:
    """Yuan with two decimals."""
    return Decimal(whole_fen).scaleb(-2)


def words(yuan_amount: Decimal) -> str:
    """“12,345.67 元”"""
    return f"{yuan_amount:,.2f} 元"


class MoneyField(forms.CharField):
    """An amount in yuan as people type it; cleans to a Decimal, or None when empty and not required."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return amount(text, field="amount", label=str(self.label))
        except ValidationError as error:
            raise ValidationError(error.messages) from None

"""Checks of what people type about stations and workers. Each returns the clean value or raises ValidationError."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError

from common.checks import FULL_WIDTH

_CERTIFICATE_NUMBER = re.compile(r"[0-9A-Z\-]{6,40}")


def area(value: Decimal | float | str | None, *, field: str) -> Decimal | None:
    """Square metres with one decimal, greater than 0, or None."""
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value)[:40])
    except InvalidOperation:
        raise ValidationError({field: "面积应为数字"}) from None
    if not number.is_finite() or number <= 0:
        raise ValidationError({field: "面积应大于 0"})
    if number >= 1_000_000:
        raise ValidationError({field: "面积过大，请核对单位（平方米）"})
    rounded = number.quantize(Decimal("0.1"))
    if not rounded:
        raise ValidationError({field: "面积应不小于 0.1 平方米"})
    return rounded


def certificate_number(value: str, *, field: str) -> str:
    """Letters, digits and hyphens; upper case."""
    text = "".join(value.upper().translate(FULL_WIDTH).split()) if len(value) < 200 else value
    if not text:
        raise ValidationError({field: "请填写证书编号"})
    if not _CERTIFICATE_NUMBER.fullmatch(text):
        raise ValidationError({field: "证书编号应为 6 至 40 位字母、数字或短横"})
    return text

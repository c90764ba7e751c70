"""Checks of what people type about agencies and contracts. Each returns the clean value or raises ValidationError."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from common.months import FIRST_DAY

FEN = Decimal("0.01")
MOST = Decimal("999999999999.99")
AHEAD = timedelta(days=5 * 366)


def money(value: Any, *, field: str, label: str) -> Decimal:
    """Yuan and fen, greater than 0."""
    try:
        amount = Decimal(str(value)[:40])
    except InvalidOperation:
        raise ValidationError({field: f"{label}应为数字"}) from None
    if not amount.is_finite() or amount <= 0:
        raise ValidationError({field: f"{label}应大于 0"})
    if amount > MOST:
        raise ValidationError({field: f"{label}过大，请核对单位（元）"})
    if amount != amount.quantize(FEN):
        raise ValidationError({field: f"{label}最多两位小数"})
    return amount.quantize(FEN)


def day(value: date | None, *, field: str, label: str, since: date | None = None, since_label: str = "") -> date:
    """A day, past or at most five years ahead, and not before `since`."""
    if value is None:
        raise ValidationError({field: f"请填写{label}"})
    if not FIRST_DAY <= value <= timezone.localdate() + AHEAD:
        raise ValidationError({field: f"{label}应在 {FIRST_DAY.year} 年之后，且不晚于五年以后"})
    if since is not None and value < since:
        raise ValidationError({field: f"{label}不能早于{since_label}（{since}）"})
    return value

"""Checks of what people type about agencies and contracts. Each returns the clean value or raises ValidationError."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from common.months import FIRST_DAY

AHEAD = timedelta(days=5 * 366)


def day(value: date | None, *, field: str, label: str, since: date | None = None, since_label: str = "") -> date:
    """A day, past or at most five years ahead, and not before `since`."""
    if value is None:
        raise ValidationError({field: f"请填写{label}"})
    if not FIRST_DAY <= value <= timezone.localdate() + AHEAD:
        raise ValidationError({field: f"{label}应在 {FIRST_DAY.year} 年之后，且不晚于五年以后"})
    if since is not None and value < since:
        raise ValidationError({field: f"{label}不能早于{since_label}（{since}）"})
    return value

"""Sums of decimal columns. SQLite adds decimals as floats (7.7 + 8.2 + …): rounding makes the sum exact again."""

from __future__ import annotations

from django.db.models import Expression, Sum
from django.db.models.functions import Round


def decimal_sum(field: str, decimals: int) -> Expression:
    """The sum of a column that has so many decimals; None over no rows."""
    return Round(Sum(field), precision=decimals)

"""Aggregates that sources count by: rows, flags, sums; money in fen, hours in tenths."""

from __future__ import annotations

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    Count,
    Expression,
    IntegerField,
    Max,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Round


def count(condition: Q | None = None) -> Aggregate:
    """How many rows, or how many that meet the condition."""
    return Count(Value(1), filter=condition)  # of the key, it would need the table beside the covering index


def flag(condition: Q | None = None) -> Aggregate:
    """1 when any row meets the condition, else 0; without one, when there is any row."""
    if condition is None:
        return Max(Value(1))
    return Max(Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField()))


def total(field: str, condition: Q | None = None) -> Aggregate:
    """The sum of a whole-number column."""
    return Sum(field, filter=condition, default=0)


def total_scaled(field: str, decimals: int, condition: Q | None = None) -> Expression:
    """The sum of a decimal column in units of 10**-decimals: hours in tenths (1), money in fen (2).

    SQLite sums such columns as floats: rounding makes it exact.
    """
    summed = Round(Sum(field, filter=condition, default=0) * Value(10**decimals))
    return Cast(summed, BigIntegerField())


def total_fen(condition: Q | None = None, *, sign: int = 1) -> Expression:
    """The sum of a column of fen; PostgreSQL sums such as decimals."""
    return Cast(Sum("fen", filter=condition, default=0) * Value(sign), BigIntegerField())


def months_of(days: Expression) -> Expression:
    """The sum of days as tenths of a month of 365.25 / 12 days."""
    return Cast(Round(Sum(days) * Value(160) / Value(487.0)), BigIntegerField())

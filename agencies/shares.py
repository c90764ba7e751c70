"""Dividing a contract: its days into years of service, its amount into parts that add up to the fen. Pure."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, Decimal

FEN = Decimal("0.01")


def years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def terms(starts_on: date, ends_on: date) -> list[tuple[date, date]]:
    """The years of [starts_on, ends_on), the last one shorter when a rest remains."""
    found: list[tuple[date, date]] = []
    first = starts_on
    while first < ends_on:
        last = min(years_later(starts_on, len(found) + 1), ends_on)
        found.append((first, last))
        first = last
    return found


def split(amount: Decimal, count: int) -> list[Decimal]:
    """`count` parts as even as fen allow; they add up to `amount`, the first ones hold the rest."""
    part = (amount / count).quantize(FEN, ROUND_DOWN)
    rest = int((amount - part * count) / FEN)
    return [part + FEN if number < rest else part for number in range(count)]


def by_percent(amount: Decimal, percents: list[Decimal]) -> list[Decimal]:
    """The amounts of percentages that add up to 100; the last one takes the rest."""
    parts = [(amount * percent / 100).quantize(FEN, ROUND_DOWN) for percent in percents[:-1]]
    return [*parts, amount - sum(parts, Decimal(0))]

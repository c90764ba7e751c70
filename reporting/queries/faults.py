"""When a figure is red: beyond the number by which a document tells its fault (R10), or moved the wrong way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies.queries import RuleBook
from reporting.figures import Figure, Number
from reporting.indicators import Direction

MARKED_CHANGE = Decimal("0.03")  # a fall by more than three points is worth red ink; less is noise


def beyond(figure: Figure, path: str, on: date, rules: RuleBook) -> bool:
    """Does the value pass the number by which its fault is told at `path` on the day?"""
    fault = figure.indicator.fault
    if fault is None or figure.value is None:
        return False
    threshold = rules.threshold(fault, path, on)
    if threshold is None:
        return False
    line = Decimal(threshold.value) / (100 if figure.indicator.is_share else 1)
    return figure.value > line if figure.indicator.direction == Direction.LOWER else figure.value < line


def worsened(figure: Figure, difference: Number | None) -> bool:
    """Has a share moved the wrong way by a marked amount?"""
    if difference is None or not figure.indicator.is_share:
        return False
    worse = {Direction.HIGHER: -difference, Direction.LOWER: difference}.get(figure.indicator.direction)
    return worse is not None and worse > MARKED_CHANGE

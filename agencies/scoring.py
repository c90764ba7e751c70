"""The total of an evaluation and the conclusion that follows from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

CENT = Decimal("0.01")
T = TypeVar("T")


@dataclass(frozen=True)
class Weighted:
    """An item: its full mark and its weight, both greater than 0."""

    max_score: Decimal
    weight: Decimal


def mean(scores: Sequence[Decimal]) -> Decimal:
    """The plain mean of what the scorers gave, not rounded. ValueError for none."""
    if not scores:
        raise ValueError("没有评分")
    return sum(scores, Decimal(0)) / len(scores)


def total(items: Mapping[int, Weighted], sheets: Sequence[Mapping[int, Decimal]]) -> Decimal:
    """Points out of 100: the weighted mean over the items of the mean share of full marks that the scorers gave.

    `sheets` are those of the scorers, item → score; each must hold every item. Rounded to cents, half up.
    """
    weights = sum((item.weight for item in items.values()), Decimal(0))
    gained = sum(
        (mean([sheet[key] for sheet in sheets]) / item.max_score * item.weight for key, item in items.items()),
        Decimal(0),
    )
    return (gained / weights * 100).quantize(CENT, ROUND_HALF_UP)


def concluded(total: Decimal, lines: Sequence[tuple[Decimal, T]]) -> T:
    """What belongs to the highest line that `total` reaches. One line must be at 0."""
    return max((line for line in lines if total >= line[0]), key=lambda line: line[0])[1]

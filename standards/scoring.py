"""Judging a station's answers by the items that hold on a day: outcomes, points, what is missing next. Pure.

An item earns its weight when it is met and nothing otherwise. A dimension is met when none of its necessary items
fails. An item that the last check could not have asked about (it was added later) is pending: it counts neither for
nor against the station until the next check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from policies.models import Dimension
from standards.effective import Item, ItemKind, Origin, number_text

ZERO = Decimal(0)


class Outcome(Enum):
    """The value is label and tone."""

    MET = ("达标", "ok")
    FAILED = ("未达标", "bad")
    PENDING = ("待检查", "muted")

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Answer:
    """What was found: one of the first three by the item's kind (all None: not answered), and how many photos."""

    yes: bool | None = None
    number: Decimal | None = None
    choice: str = ""
    photos: int = 0
    note: str = ""

    def value(self, kind: ItemKind) -> bool | Decimal | str | int | None:
        """The answer to an item of this kind; None when there is none."""
        match kind:
            case ItemKind.YES_NO:
                return self.yes
            case ItemKind.NUMBER:
                return self.number
            case ItemKind.CHOICE:
                return self.choice or None
            case _:
                return self.photos

    def words(self, item: Item) -> str:
        """“52 平方米”, “是”, “3 张照片”."""
        value = self.value(item.demand.kind)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f"{number_text(value)} {item.demand.unit_word}".strip()
        return f"{value} 张照片" if item.demand.kind == ItemKind.PHOTO else str(value)


@dataclass(frozen=True)
class Result:
    """An item judged. `reason` says in words why it fails, `by` whose demand it fails."""

    item: Item
    answer: Answer | None
    outcome: Outcome
    reason: str = ""
    by: Origin | None = None

    @property
    def weight(self) -> Decimal:
        return self.item.demand.weight

    @property
    def failed_necessary(self) -> bool:
        return self.outcome == Outcome.FAILED and self.item.demand.necessary


@dataclass(frozen=True)
class Points:
    """A dimension's score: points earned of points possible, and how many necessary items fail."""

    earned: Decimal = ZERO
    possible: Decimal = ZERO
    failing: int = 0
    pending: int = 0

    @property
    def met(self) -> bool | None:
        """None when nothing could be judged."""
        return self.failing == 0 if self.possible else None

    @property
    def ratio(self) -> Decimal | None:
        return self.earned / self.possible if self.possible else None


def judge_item(item: Item, answer: Answer | None) -> Result:
    """One item by one answer."""
    demand = item.demand
    value = answer.value(demand.kind) if answer else None
    if answer is None or value is None or (demand.kind == ItemKind.CHOICE and value not in demand.options):
        return Result(item, answer, Outcome.PENDING)
    short = _shortfall(item, value, answer.words(item))
    if not short and demand.photo_required and not answer.photos:
        short = (f"{answer.words(item)}，没有照片", item.photo_by)
    return Result(item, answer, Outcome.FAILED, *short) if short else Result(item, answer, Outcome.MET)


def _shortfall(item: Item, value: Any, found: str) -> tuple[str, Origin | None] | None:
    """Why the answer is not enough and whose demand it is; None when it is. A photo that goes with it comes after."""
    demand = item.demand
    match demand.kind:
        case ItemKind.NUMBER if demand.minimum is not None and value < demand.minimum:
            least = f"{number_text(demand.minimum)} {demand.unit_word}".strip()
            return f"{found}，少于 {least}", item.least_by
        case ItemKind.CHOICE if demand.options.index(value) < (demand.least or 0):
            return f"“{found}”，未达到“{demand.options[demand.least or 0]}”", item.least_by
        case ItemKind.YES_NO if not value:
            return "不具备", item.set_by
        case ItemKind.PHOTO if not value:
            return "没有照片", item.set_by
    return None


def judge(items: Iterable[Item], answers: Mapping[str, Answer]) -> list[Result]:
    """Every item that holds, in its order."""
    return [judge_item(item, answers.get(item.code)) for item in items]


def points(results: Iterable[Result]) -> Points:
    """Sum, then divide: the points of some results."""
    earned = possible = ZERO
    failing = pending = 0
    for result in results:
        if result.outcome == Outcome.PENDING:
            pending += 1
            continue
        possible += result.weight
        if result.outcome == Outcome.MET:
            earned += result.weight
        failing += result.failed_necessary
    return Points(earned, possible, failing, pending)


def by_dimension(results: Iterable[Result]) -> dict[Dimension, Points]:
    """The points of each of the four dimensions (R3)."""
    results = list(results)
    return {
        dimension: points(result for result in results if result.item.demand.dimension == dimension)
        for dimension in Dimension
    }


def missing_next(results: Iterable[Result]) -> list[Result]:
    """What to do next: failing necessary items first, then those that would raise the score most; pending ones last."""
    open_ = [result for result in results if result.outcome != Outcome.MET]
    return sorted(
        open_,
        key=lambda result: (result.outcome == Outcome.PENDING, not result.item.demand.necessary, -result.weight),
    )

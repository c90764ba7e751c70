"""How far a promise is, against the share of its term that is over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum


class Pace(StrEnum):
    BEHIND = "behind"
    ON_PACE = "on_pace"
    DONE = "done"

    @property
    def label(self) -> str:
        return {"behind": "落后", "on_pace": "达到进度", "done": "已完成"}[self.value]


def elapsed(starts_on: date, ends_on: date, on: date) -> Decimal:
    """The share (0…1) of [starts_on, ends_on) that is over at the end of `on`."""
    days = (ends_on - starts_on).days
    passed = min(max((on - starts_on).days + 1, 0), days)
    return Decimal(passed) / Decimal(days)


@dataclass(frozen=True)
class Progress:
    """`due` is what should be done by now: the promised number times the elapsed share, rounded down."""

    promised: int
    done: Decimal
    elapsed: Decimal

    @property
    def ratio(self) -> float:
        return float(self.done / self.promised)

    @property
    def due(self) -> int:
        return int((self.promised * self.elapsed).to_integral_value(ROUND_FLOOR))

    @property
    def ahead(self) -> Decimal:
        """Done beyond what is due; negative when behind."""
        return self.done - self.due

    @property
    def pace(self) -> Pace:
        if self.done >= self.promised:
            return Pace.DONE
        return Pace.BEHIND if self.done < self.due else Pace.ON_PACE

    @property
    def behind(self) -> bool:
        return self.pace == Pace.BEHIND

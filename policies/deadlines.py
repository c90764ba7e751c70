"""The only place where a due date or "late" is decided (R5, R6, R7): pure rules over facts, a provision and a calendar.

`policies.queries` finds the provision and the calendar; callers use `due_monthly_report` and its like from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone


@dataclass(frozen=True)
class Due:
    """A due date with its reason in words and the provision it rests on. The whole due day is still in time."""

    due: date
    provisional: bool
    reason: str
    provision_id: int
    document: str
    clause: str

    def is_late(self, done: date | datetime) -> bool:
        """Was something done at `done` (local date of an aware datetime) too late?"""
        return _local(done) > self.due

    def days_late(self, now: date | datetime) -> int:
        """Whole days since the due date; 0 while in time."""
        return max((_local(now) - self.due).days, 0)


def _local(moment: date | datetime) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment

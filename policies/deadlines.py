"""What a due date is, and what a rule that gives one declares. "Late" is decided here alone.

The rules themselves are declared with their kind of provision (policies/kinds/due_dates.py). Other rooms ask
`policies.queries.RuleBook.due(kind, path, subject)`, which finds the provision and the calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.utils import timezone

from common.months import Month
from common.workdays import OfficialYears

NO_CALENDAR = OfficialYears({}, frozenset())
Subject = Month | date  # what a deadline is asked about


@dataclass(frozen=True)
class Due:
    """A due date with its reason in words and the provision it rests on. The whole due day is still in time."""

    due: date
    provisional: bool
    reason: str
    provision_id: int
    document: str
    clause: str

    @property
    def citation(self) -> str:
        """文号 and clause, as every page cites it."""
        return f"{self.document} {self.clause}".strip()

    def is_late(self, done: date | datetime) -> bool:
        """Was something done at `done` (local date of an aware datetime) too late?"""
        return is_past(self.due, done)

    def days_late(self, now: date | datetime) -> int:
        """Whole days since the due date; 0 while in time."""
        return max((_local(now) - self.due).days, 0)


@dataclass(frozen=True)
class Basis:
    """What a due date rests on: the provision, how its document and clause are cited, and the official calendar."""

    provision_id: int
    document: str
    clause: str
    parameters: Mapping[str, Any]
    years: OfficialYears = field(default=NO_CALENDAR, repr=False)

    def due(self, due: date, reason: str, *, provisional: bool = False) -> Due:
        """The answer of a rule."""
        return Due(due, provisional, reason, self.provision_id, self.document, self.clause)


class About(Enum):
    """What a deadline is asked about; the value is the option of `manage.py due` that carries it."""

    MONTH = "month"
    DAY = "date"


@dataclass(frozen=True)
class Deadline:
    """How due dates follow from a kind of provision.

    `asked` names the subject in words (报告的月份). `due` gives the answer for it. `example` names a thing of the day
    that a page shows, and may hold {month}. `judged_again`: a new row changes what was judged before; else that keeps
    its judgement.
    """

    about: About
    asked: str
    due: Callable[[Any, Basis], Due]
    example: str
    judged_again: bool = False

    def arises(self, subject: Subject) -> date:
        """On which day the obligation arises: a month's on its last one. The provision in force then governs."""
        return subject.last if isinstance(subject, Month) else subject

    def example_on(self, day: date) -> tuple[Subject, str]:
        """A thing of that day, and its name."""
        month = Month.of(day)
        return (month if self.about is About.MONTH else day), self.example.format(month=month.label)


def is_past(due: date, now: date | datetime) -> bool:
    """Has the due date passed? The whole due day is still in time. Also for days that people agreed on."""
    return _local(now) > due


def _local(moment: date | datetime) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment

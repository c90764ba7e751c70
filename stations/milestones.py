"""Whether a milestone (R16) is done, late or at risk, and what today's pace leads to: pure, from facts and one day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.db import models

from policies.deadlines import is_past

SOON = 30  # days before its due date from which a step that is not done is at risk
PACE_MONTHS = 6  # the months whose mean is “today's pace”
DAYS_A_MONTH = 365.25 / 12
FAR = 100 * 365  # a pace that reaches its target later than this reaches it never


class Standing(models.TextChoices):
    LATE = "LATE", "逾期"
    AT_RISK = "AT_RISK", "有风险"
    OPEN = "OPEN", "按期推进"
    DONE_LATE = "DONE_LATE", "逾期完成"
    DONE = "DONE", "已完成"


@dataclass(frozen=True)
class Forecast:
    """At the pace of the last `PACE_MONTHS` months: how many a month, by the due date, and when the target is reached.

    `reached_on` is None when the pace never reaches it; today when it is reached already.
    """

    built: int
    target: int
    per_month: float
    by_due: int
    reached_on: date | None

    @property
    def enough(self) -> bool:
        return self.by_due >= self.target


def forecast(*, built: int, target: int, lately: int, on: date, due: date) -> Forecast:
    """`lately`: how many were built in the PACE_MONTHS before `on`. Days count evenly; after `due` nothing is added."""
    per_month = lately / PACE_MONTHS
    by_due = built + int(per_month * max((due - on).days, 0) / DAYS_A_MONTH)
    missing = target - built
    if missing <= 0:
        return Forecast(built, target, per_month, max(by_due, built), on)
    days = ceil(missing / per_month * DAYS_A_MONTH) if per_month else FAR
    return Forecast(built, target, per_month, by_due, on + timedelta(days=days) if days < FAR else None)


Life = tuple[date, date | None]  # the first day of a thing, and the first without it


def standing_on(lives: Iterable[Life], day: date) -> int:
    """How many stand on `day`."""
    return sum(1 for start, end in lives if start <= day and (end is None or end > day))


def enough_since(lives: Iterable[Life], count: int, *, due: date, today: date) -> date | None:
    """Since when `count` things stand together: on the due day, or today while that lies ahead.

    Where they did not by then, the first day after it on which they do; None when there is none up to `today`. What
    stood together long before and no more does not count, nor does it matter what is lost after the due day.
    """
    day, since = min(due, today), None
    for start, number in _numbers(lives):
        if start > today or (start > day and since):
            break
        since = (since or start) if number >= count else None
    return since


def _numbers(lives: Iterable[Life]) -> list[tuple[date, int]]:
    """Each day on which the number changes, with the number from then on."""
    steps: dict[date, int] = {}
    for start, end in lives:
        if end is not None and end <= start:
            continue
        steps[start] = steps.get(start, 0) + 1
        if end is not None:
            steps[end] = steps.get(end, 0) - 1
    found, number = [], 0
    for day in sorted(steps):
        number += steps[day]
        found.append((day, number))
    return found


def judge(*, due_on: date, done_on: date | None, today: date, ahead: Forecast | None = None) -> Standing:
    """Where a milestone stands on `today`; `ahead`: for a counted one, what the pace leads to by its due date.

    The whole due day is still in time. What is done is judged by the day on which it was.
    """
    if done_on is not None and done_on <= today:
        return Standing.DONE_LATE if is_past(due_on, done_on) else Standing.DONE
    if is_past(due_on, today):
        return Standing.LATE
    if ahead is not None:
        return Standing.OPEN if ahead.enough else Standing.AT_RISK
    return Standing.AT_RISK if (due_on - today).days <= SOON else Standing.OPEN

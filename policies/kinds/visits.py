"""How often people with a follow-up level are visited: one provision for each level, and the day of the next visit.

No public document that we know sets days for levels: the shipped numbers (7, 14, 30, 60, 90, 180) are ours, marked as a
default, and an authority's own provision takes their place.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum

from policies.deadlines import Basis, Due
from policies.kinds.base import Kind
from policies.kinds.parameters import Parameter, Parameters, ParameterType, number
from policies.models import ProvisionKind

LEVELS = tuple((str(level), f"{level}级") for level in range(1, 7))


class Since(Enum):
    """From what the interval runs; the value says it, {day} is the day."""

    VISITED = "上次探访{day}"
    LEVELLED = "{day}定为{level}级"
    OPENED = "{day}建档"


def day_words(day: date) -> str:
    """With the year, since an interval may run over New Year: 2026年11月3日."""
    return f"{day.year}年{day.month}月{day.day}日"


def next_visit(level: int, day: date, since: Since, basis: Basis) -> Due:
    """The next visit is due so many days after `day`; rest days do not move it."""
    days = basis.parameters["days"]
    due = day + timedelta(days=days)
    begun = since.value.format(day=day_words(day), level=level)
    ruled = f"每{days}天" if since is Since.LEVELLED else f"{level}级每{days}天"
    return basis.due(due, f"{begun}，{ruled}探访一次，{day_words(due)}前探访")


def _sentence(p: Parameters) -> str:
    return f"跟进级别{p['level']}级的服务对象，两次探访间隔不超过{p['days']}天"


VISIT_KINDS = (
    Kind(
        ProvisionKind.VISIT_INTERVAL,
        "R13",
        (
            Parameter("level", "跟进级别", ParameterType.CHOICE, choices=LEVELS),
            number("days", "间隔天数", 1, 730, help="两次探访之间最多几天"),
        ),
        _sentence,
        subject=("level",),
        arises="探访按排期当日",
    ),
)

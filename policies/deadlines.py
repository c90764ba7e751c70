"""The only place where a due date or "late" is decided (R5, R6, R7): pure rules over facts, a provision and a calendar.

`policies.queries.RuleBook` finds the provision and the calendar and calls these; other rooms ask the RuleBook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from common.months import Month
from common.workdays import Extension, OfficialYears, extend_past_rest


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
        return _local(done) > self.due

    def days_late(self, now: date | datetime) -> int:
        """Whole days since the due date; 0 while in time."""
        return max((_local(now) - self.due).days, 0)


@dataclass(frozen=True)
class Basis:
    """What a due date rests on: the provision, and how its document and clause are cited."""

    provision_id: int
    document: str
    clause: str
    parameters: Mapping[str, Any]


def station_basics(completed_on: date, basis: Basis) -> Due:
    """R5: a fixed date for stations that stood already, or so many days after completion."""
    fixed = basis.parameters.get("due_on")
    if fixed:
        due = date.fromisoformat(fixed)
        return _due(due, f"已建成站点统一录入，{due.year}年{_day(due)}截止", basis)
    days = basis.parameters["days"]
    due = completed_on + timedelta(days=days)
    return _due(due, f"{'建成当日' if days == 0 else f'建成后{days}日内'}录入，{_day(due)}截止", basis)


def service_entry(ended_on: date, basis: Basis) -> Due:
    """R6: so many days after the service ended; rest days do not move it."""
    days = basis.parameters["days"]
    due = ended_on + timedelta(days=days)
    when = {0: "服务结束当日", 1: "服务结束次日"}.get(days, f"服务结束后{days}日内")
    return _due(due, f"{when}录入，{_day(due)}截止", basis)


def monthly_report(month: Month, years: OfficialYears, basis: Basis) -> Due:
    """R7: a day of the next month; on a rest day, the n-th working day after the run of rest days that contains it."""
    parameters = basis.parameters
    extension = extend_past_rest(
        _next_month(month, parameters["day"]),
        years,
        working_days=parameters["working_days"],
        weekends_rest=parameters["weekends_rest"],
    )
    return _due(extension.due, _monthly_reason(extension, parameters["day"]), basis, provisional=extension.provisional)


def _next_month(month: Month, day: int) -> date:
    """Not `(month + 1).first`: a Month ends at 2099-12, its report is due after that."""
    return month.last + timedelta(days=day)


def _monthly_reason(extension: Extension, day: int) -> str:
    if extension.rest_from is None:
        words = f"次月{day}日前上报，{_day(extension.due)}截止"
    else:
        words = f"{_rest_in_words(extension.holiday)}顺延，{_day(extension.due)}截止"
    if extension.provisional:
        words += f"（{extension.due.year}年节假日安排尚未公布，日期暂定）"
    return words


def _rest_in_words(holiday: str) -> str:
    if not holiday:
        return "周末"
    short = holiday if holiday == "劳动节" else holiday.removesuffix("节")  # nobody says 劳动假期 or 国庆节假期
    return f"{short}假期"


def _due(due: date, reason: str, basis: Basis, *, provisional: bool = False) -> Due:
    return Due(due, provisional, reason, basis.provision_id, basis.document, basis.clause)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _local(moment: date | datetime) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment

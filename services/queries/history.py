"""A record's life as its audit events tell it, in the words of the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import AuditEvent, User
from accounts.roles import Permission
from common.months import Month
from services import rules
from services.models import Domain, Method, ServiceRecord

MISSING = "（空）"
LABELS = {
    **rules.LABELS,
    "month": "所属月份",
    "administrative": "事务性",
    "workers": "社工",
    "due_on": "录入截止日期",
    "due_reason": "截止说明",
    "due_provisional": "截止日期暂定",
    "on_time": "按时录入",
    "void_reason": "作废理由",
}

SAID: dict[str, Callable[[Any], str]] = {
    "domain": lambda value: Domain(value).label,
    "method": lambda value: Method(value).label,
    "month": lambda value: Month.parse(value).label,
}


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Event:
    """One step. An entry's own event has no changes: what it first said stands in the record and its corrections."""

    at: datetime
    who: str
    verb: str
    reason: str
    changes: list[Change]


def history(record: ServiceRecord, user: User) -> list[Event]:
    """The events of the record, newest first."""
    events = AuditEvent.objects.visible_to(user, Permission.VIEW_RECORDS).filter(
        target_type=record._meta.label_lower, target_id=str(record.pk)
    )
    return [
        Event(event.at, event.actor_name, event.verb, event.reason, _changes(event.changes) if event.reason else [])
        for event in events.order_by("-id")
    ]


def _changes(changes: dict[str, list[Any]]) -> list[Change]:
    return [
        Change(label, _words(name, changes[name][0]), _words(name, changes[name][1]))
        for name, label in LABELS.items()
        if name in changes
    ]


def _words(name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return MISSING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    return SAID.get(name, str)(value)

"""Writing the audit trail: every action calls `record` inside its own transaction.

The trail is read by auditors, so it tells nothing of persons served. A model that holds such data declares

    audit_private: ClassVar[frozenset[str]] = frozenset({"name", "phone"})   # fields whose values never stand in it
    audit_label                                                              # a property: “档案 12” in place of str()

Of a private field (and of every encrypted one) the trail says only that it is filled, and that it changed. A text that
an action itself puts into `changes` or `reason` it has to keep clean.
"""

from __future__ import annotations

from collections.abc import Collection
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models import AuditEvent, OrgUnit, User
from common.encrypted import EncryptedField
from common.months import Month
from common.paths import child

# Set by accounts.middleware for the time of a request; None in commands and workers.
origin_ip: ContextVar[str | None] = ContextVar("origin_ip", default=None)

NATION = child("", 1)  # where an event lies that has no unit: only who audits the nation sees it


FILLED, CHANGED = "已填写", "已更改"


class _Hidden(str):
    """“已填写” to every reader; two of them are equal when the values behind them are."""

    value: Any

    @classmethod
    def of(cls, value: Any) -> _Hidden:
        hidden = cls(FILLED)
        hidden.value = value
        return hidden

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, _Hidden) else str(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def label_of(obj: models.Model) -> str:
    """What the trail calls the row: its `audit_label`, else its text."""
    return str(getattr(obj, "audit_label", None) or obj)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return label_of(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if timezone.is_aware(value) else str(value)
    if isinstance(value, date | time | Decimal | Month | UUID):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def state(obj: models.Model, private: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The row's fields as plain values, for `changes`. Encrypted and private fields are only “已填写” or “”; `private`
    are more of them."""
    private = private | getattr(obj, "audit_private", frozenset())
    result = {}
    for field in obj._meta.concrete_fields:
        value = field.value_from_object(obj)
        if field.name in ("password", "id_number_index"):
            continue
        if isinstance(field, EncryptedField) or field.name in private:
            result[field.name] = "" if value in (None, "") else _Hidden.of(value)
        else:
            result[field.name] = _plain(value)
    return result


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [old, new] for what differs between two `state`s; [“已填写”, “已更改”] for a private field."""
    keys = before.keys() | after.keys()
    pairs = {key: (before.get(key), after.get(key)) for key in sorted(keys)}
    return {key: _pair(old, new) for key, (old, new) in pairs.items() if old != new}


def _pair(old: Any, new: Any) -> list[Any]:
    if isinstance(old, _Hidden) and isinstance(new, _Hidden):
        return [FILLED, CHANGED]
    return [FILLED if isinstance(side, _Hidden) else side for side in (old, new)]


# Told in words by the action, or of no interest to a reader.
UNTOLD = ("id", "unit", "created_at", "is_demo", "due_provision", "due_provisional")


def told(obj: models.Model) -> dict[str, Any]:
    """The row's fields as the trail shows them."""
    return {name: value for name, value in state(obj).items() if name not in UNTOLD}


def first(obj: models.Model) -> dict[str, list[Any]]:
    """The changes of a new row: what is filled in."""
    return changes({}, {name: value for name, value in told(obj).items() if value not in (None, "", False)})


def labelled(row: models.Model, changes: dict[str, list[Any]], *, leave: Collection[str] = ()) -> dict[str, list[Any]]:
    """Changes of a row that belongs to the target of the event, whose own fields would not name them: the labels of its
    fields → [old, new], choices in words. What is empty on both sides is not told, nor the fields of `leave`."""
    told = {}
    for field in row._meta.concrete_fields:
        pair = changes.get(field.name, [])
        if field.name in leave or all(side in (None, "") for side in pair):
            continue
        choices = dict(field.flatchoices or ())
        told[str(field.verbose_name)] = [choices.get(side, side) if choices else side for side in pair]
    return told


def event(
    *,
    by: User | None,
    verb: str,
    target: models.Model,
    path: str | None = None,
    unit: OrgUnit | None = None,
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """An event not yet saved, for actions that write many at once (`AuditEvent.objects.bulk_create`)."""
    return AuditEvent(
        actor=by,
        actor_name=by.name if by else "系统",
        ip=origin_ip.get(),
        verb=verb,
        target_type=target._meta.label_lower,
        target_id="" if target.pk is None else str(target.pk),
        target_label=label_of(target)[:160],
        path=(unit.path if unit else path) or NATION,
        changes=_plain(changes or {}),
        reason=reason[:500],
    )


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model,
    path: str | None = None,
    unit: OrgUnit | None = None,
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Leave one event. `by=None` is the system itself. Give the unit (or its path) where it happened."""
    left = event(by=by, verb=verb, target=target, path=path, unit=unit, changes=changes, reason=reason)
    left.save(force_insert=True)
    return left

"""Writing the audit trail: every action calls `record` inside its own transaction."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
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


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if timezone.is_aware(value) else str(value)
    if isinstance(value, date | Decimal | Month | UUID):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def state(obj: models.Model) -> dict[str, Any]:
    """The row's fields as plain values, for `changes`. Encrypted fields are only “已填写” or “”."""
    result = {}
    for field in obj._meta.concrete_fields:
        value = field.value_from_object(obj)
        if isinstance(field, EncryptedField):
            value = "已填写" if value else ""
        elif field.name in ("password", "id_number_index"):
            continue
        result[field.name] = _plain(value)
    return result


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [old, new] for what differs between two `state`s."""
    keys = before.keys() | after.keys()
    return {key: [before.get(key), after.get(key)] for key in sorted(keys) if before.get(key) != after.get(key)}


# Told in words by the action, or of no interest to a reader.
UNTOLD = ("id", "unit", "created_at", "is_demo", "due_provision", "due_provisional")


def told(obj: models.Model) -> dict[str, Any]:
    """The row's fields as the trail shows them."""
    return {name: value for name, value in state(obj).items() if name not in UNTOLD}


def first(obj: models.Model) -> dict[str, list[Any]]:
    """The changes of a new row: what is filled in."""
    return changes({}, {name: value for name, value in told(obj).items() if value not in (None, "", False)})


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
        target_label=str(target)[:160],
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

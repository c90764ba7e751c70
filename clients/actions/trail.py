"""Events about a file. All of them have the file itself as their target, so that its history is one list; what belongs
to it (contacts, kin, consents, categories) is told by the labels of its fields, private ones without their values."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts import audit
from accounts.models import AuditEvent, User
from clients.models import Client
from common.checks import without_names

_UNTOLD = frozenset({"id", "client", "entered_by"})


def record(*, by: User | None, verb: str, client: Client, changes: dict[str, Any], reason: str = "") -> AuditEvent:
    """One event at the station that keeps the file. Raises ValidationError for a reason that names the person."""
    reason = without_names(reason, [client.name])
    return audit.record(by=by, verb=verb, target=client, unit=client.station.unit, changes=changes, reason=reason)


def rows_changes(before: dict[str, Any], row: models.Model, after: dict[str, Any] | None = None) -> dict[str, Any]:
    """What differs between two states of a row that belongs to a file: label → [old, new], choices in words.

    `before`, `after`: of `audit.state`; {} for a row that was not there; after=None: as the row is now.
    """
    changes = audit.changes(before, audit.state(row) if after is None else after)
    for field in row._meta.concrete_fields:
        if field.is_relation and field.name in changes:
            changes[field.name] = [key and f"档案 {key}" for key in changes[field.name]]
    return audit.labelled(row, changes, leave=_UNTOLD)

"""A due date as the pages show it: components/due.html wants a mapping."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.links import url_or_empty
from policies.deadlines import Due
from services.models import ServiceRecord


def of_entry(due: Due, now: datetime) -> dict[str, Any]:
    """An entry that is not saved yet."""
    return {
        "date": due.due,
        "provisional": due.provisional,
        "reason": due.reason,
        "source": {"label": due.citation},
        "is_late": due.is_late(now),
        "days_late": due.days_late(now),
    }


def of_record(record: ServiceRecord) -> dict[str, Any] | None:
    """A record as it was judged at entry; give it with due_provision__document."""
    due = record.judged_due()
    if due is None:
        return None
    provision = record.due_provision
    source = None
    if provision:
        source = {"label": provision.citation, "url": url_or_empty("document_detail", provision.document_id)}
    return {
        "date": due.due,
        "provisional": due.provisional,
        "reason": due.reason,
        "source": source,
        "is_late": not record.on_time,
        "days_late": due.days_late(record.entered_at),
    }

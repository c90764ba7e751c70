"""The hash chain over the audit trail: what is hashed, and how (written by accounts.actions.seal)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC

from accounts.models import AuditEvent

FIELDS = (
    "id", "at", "actor_id", "actor_name", "ip", "verb", "target_type", "target_id", "target_label",
    "path", "changes", "reason",
)  # fmt: skip


def canonical(first_id: int, last_id: int) -> Iterator[bytes]:
    """The events with these ids in id order, one JSON line each: the same on every database and in every year."""
    rows = AuditEvent.objects.filter(id__range=(first_id, last_id)).order_by("id").values(*FIELDS)
    for row in rows:
        row["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
        yield json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest(previous: str, first_id: int, last_id: int) -> tuple[str, int]:
    """sha256 (hex) over the previous seal and the events of the range, and how many they are."""
    sha, count = hashlib.sha256(previous.encode()), 0
    for line in canonical(first_id, last_id):
        sha.update(line)
        count += 1
    return sha.hexdigest(), count

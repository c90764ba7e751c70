"""What the checker reads of a record: its warnings, the steps of its review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from services.models import EntryWarning, ReviewState, ServiceRecord


@dataclass(frozen=True)
class WarningShown:
    """A warning in words; `url` of the record that it points to, "" where the reader may not open it."""

    kind: str
    detail: str
    raised_at: datetime
    cleared_at: datetime | None
    url: str


def warnings_of(user: User, record: ServiceRecord) -> list[WarningShown]:
    """The warnings of the record, those that stand first. Two queries."""
    rows = list(record.warnings.order_by("cleared_at", "id"))
    others = {row.other_id for row in rows if row.other_id}
    seen = ServiceRecord.objects.visible_to(user, Permission.VIEW_RECORDS).filter(pk__in=others)
    readable = set(seen.values_list("pk", flat=True)) if others else set()
    shown = [
        WarningShown(
            row.get_kind_display(),
            row.detail,
            row.raised_at,
            row.cleared_at,
            reverse("service_detail", args=[row.other_id]) if row.other_id in readable else "",
        )
        for row in rows
    ]
    return sorted(shown, key=lambda warning: warning.cleared_at is not None)


def review_panel(user: User, record: ServiceRecord) -> dict[str, Any]:
    """What services/_review.html shows. Three queries."""
    path = record.station.unit.path
    open_ = not record.voided_at
    asked = record.review_state == ReviewState.ASKED
    return {
        "warnings": warnings_of(user, record),
        "steps": list(record.reviews.select_related("by")),
        "state": record.get_review_state_display(),
        "tone": _TONES[ReviewState(record.review_state)],
        "may_review": open_ and record.entered_by_id != user.pk and may(user, Permission.REVIEW_SERVICES, path),
        "may_answer": open_ and asked and may(user, Permission.LOG_SERVICE, path),
    }


_TONES = {
    ReviewState.PENDING: "muted",
    ReviewState.REVIEWED: "info",
    ReviewState.ASKED: "warn",
    ReviewState.ANSWERED: "info",
    ReviewState.ACCEPTED: "ok",
}


def doubted_first(records: QuerySet[ServiceRecord]) -> QuerySet[ServiceRecord]:
    """Those with a standing warning first, then the newest."""
    standing = EntryWarning.objects.filter(service=OuterRef("pk"), cleared_at=None)
    return records.order_by(Exists(standing).desc(), "-starts_on", "-id")


def asked_back(station_id: int) -> QuerySet[ServiceRecord]:
    """Records of the station that wait for an answer, the oldest first."""
    rows = ServiceRecord.objects.valid().filter(station=station_id, review_state=ReviewState.ASKED)
    return rows.order_by("starts_on", "id")

"""Sealing the audit trail, so that a change behind the program's back shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import seals
from accounts.models import AuditEvent, AuditSeal

BATCH = 1000
SETTLED_AFTER = timedelta(seconds=60)


def _settled_before(now: datetime) -> datetime:
    """Events older than this are all there: no open transaction can still bring one with a lower id.

    The trap: PostgreSQL hands out ids when a row is inserted and shows the row when its transaction commits, so a
    long transaction brings a low id late. Whoever has written to the table and not ended yet holds a lock on it; no
    id of theirs is older than their transaction. SQLite has one writer at a time and knows no such gap.
    """
    oldest = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(activity.xact_start) FROM pg_locks held JOIN pg_stat_activity activity USING (pid)"
                " WHERE held.relation = 'accounts_auditevent'::regclass AND held.mode = 'RowExclusiveLock'"
                " AND pid <> pg_backend_pid()"
            )
            oldest = cursor.fetchone()[0]
    return min(now, oldest or now) - SETTLED_AFTER


def _seal_next(before: datetime) -> int:
    last = AuditSeal.objects.order_by("-last_id").first()
    start = last.last_id + 1 if last else 1
    young = AuditEvent.objects.filter(id__gte=start, at__gte=before).order_by("id").values_list("id", flat=True).first()
    settled = AuditEvent.objects.filter(id__gte=start).order_by("id")
    if young is not None:
        settled = settled.filter(id__lt=young)
    ids = list(settled.values_list("id", flat=True)[:BATCH])
    if not ids:
        return 0
    previous = last.digest if last else ""
    digest, count = seals.digest(previous, start, ids[-1])
    AuditSeal.objects.create(first_id=start, last_id=ids[-1], count=count, digest=digest, previous=previous)
    return count


def seal_events(*, now: datetime | None = None) -> int:
    """Seal what is settled, in runs of at most 1,000; how many events were sealed. Two at once do no harm."""
    before = _settled_before(now or timezone.now())
    total = 0
    while True:
        try:
            with transaction.atomic():
                count = _seal_next(before)
        except IntegrityError:  # another worker sealed this run
            return total
        total += count
        if count == 0:
            return total

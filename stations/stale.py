"""Marking what became stale. Higher rooms listen to `marked` and nudge their worker after the commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from common.months import Month
from stations.models import StaleMonth

marked = Signal()  # sent inside the transaction, without arguments


def mark(unit_id: int, months: Iterable[Month]) -> None:
    """Say, in the transaction of the change itself, that these months of the unit must be counted again."""
    now = timezone.now()
    rows = [(unit_id, int(month), 1, now, "", 0) for month in sorted(set(months))]
    if not rows:
        return
    table = StaleMonth._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (unit_id, month, version, marked_at, claimed_by, attempts)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (unit_id, month) DO UPDATE"
            f" SET version = {table}.version + 1, marked_at = excluded.marked_at",
            rows,
        )
    marked.send(sender=StaleMonth)


def months_since(day: date) -> list[Month]:
    """Every month whose figures a fact dated `day` can move: from its month to the current one."""
    start, now = Month.of(day), Month.of(timezone.localdate())
    return list(start.until(now)) if start <= now else []

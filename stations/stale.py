"""Marking what became stale. Higher rooms listen to `marked` and nudge their worker after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.dispatch import Signal
from django.utils import timezone

from common.months import Month
from stations.models import StaleMonth

marked = Signal()  # sent inside the transaction, without arguments
ROWS = 200  # in one statement
ROW = "(%s, %s, 1, %s, '', 0)"


def mark(unit_id: int, months: Iterable[Month]) -> None:
    """Say, in the transaction of the change itself, that what lies at the unit must be counted again in these months.

    The units above it follow; those below it do not: whose facts changed is marked itself.
    """
    mark_all({unit_id: months})


def mark_all(months_of: Mapping[int, Iterable[Month]]) -> None:
    """The same for many units, key → months, in a few statements."""
    now = timezone.now()
    rows = [(unit_id, int(month), now) for unit_id in sorted(months_of) for month in sorted(set(months_of[unit_id]))]
    if not rows:
        return
    table = StaleMonth._meta.db_table
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            cursor.execute(
                f"INSERT INTO {table} (unit_id, month, version, marked_at, claimed_by, attempts) VALUES"
                f" {', '.join([ROW] * len(some))} ON CONFLICT (unit_id, month) DO UPDATE"
                f" SET version = {table}.version + 1, marked_at = excluded.marked_at",
                [value for row in some for value in row],
            )
    marked.send(sender=StaleMonth)


def months_since(day: date) -> list[Month]:
    """Every month whose figures a fact dated `day` can move: from its month to the current one."""
    start, now = Month.of(day), Month.of(timezone.localdate())
    return list(start.until(now)) if start <= now else []

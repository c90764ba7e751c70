"""Writing snapshots: one lock for each month, one bulk upsert, and the removal of rows that no unit has any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import TypeVar

from django.db import connection

from common.months import Month
from reporting.compute.rollup import Total
from reporting.compute.vectors import encode
from reporting.models import UnitMonth

T = TypeVar("T")
CHUNK = 500
TABLE = UnitMonth._meta.db_table
LOCK = 0x5E21  # first key of the advisory locks of this room
_REPLACE = "ON CONFLICT (unit_id, month) DO UPDATE SET measures = excluded.measures, computed_at = excluded.computed_at"


def lock(month: Month) -> None:
    """Until the end of the transaction, be the only one who writes snapshots of the month: two recounts of siblings
    would each add up their parent without the other. SQLite's transactions are IMMEDIATE and need no more."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(month)])


def save(totals: Iterable[Total], month: Month, now: datetime) -> set[int]:
    """Upsert the snapshots of the units that keep one; returns their ids."""
    saved: set[int] = set()

    def rows() -> Iterator[tuple[int, str]]:
        for total in totals:
            if total.kept:
                saved.add(total.node.id)
                yield total.node.id, encode(total.vector)

    source = rows()
    first = list(islice(source, CHUNK))
    if len(first) < CHUNK or connection.vendor != "postgresql":
        _insert(first, month, now)
        for chunk in _chunks(source, CHUNK):
            _insert(chunk, month, now)
    else:
        _copy(chain(first, source), month, now)
    return saved


def drop(unit_ids: Iterable[int], month: Month) -> None:
    """Remove the snapshots of these units."""
    for chunk in _chunks(unit_ids, CHUNK):
        UnitMonth.objects.filter(month=month, unit_id__in=chunk).delete()


def _insert(rows: list[tuple[int, str]], month: Month, now: datetime) -> None:
    if not rows:
        return
    marks = ", ".join([f"(%s, %s, {int(month)}, %s)"] * len(rows))
    stamp = connection.ops.adapt_datetimefield_value(now)
    values = [value for unit_id, measures in rows for value in (unit_id, measures, stamp)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (unit_id, measures, month, computed_at) VALUES {marks} {_REPLACE}",
            values,
        )


class _Lines:
    """Rows as the file that COPY reads, made piece by piece."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self._lines = (f"{unit_id}\t{measures}\n" for unit_id, measures in rows)

    def read(self, size: int = -1) -> str:
        return "".join(islice(self._lines, 64))


def _copy(rows: Iterable[tuple[int, str]], month: Month, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE snapshot (unit_id bigint, measures text) ON COMMIT DROP")
        cursor.copy_expert("COPY snapshot (unit_id, measures) FROM STDIN", _Lines(rows))
        cursor.execute(
            f"INSERT INTO {TABLE} (unit_id, measures, month, computed_at)"
            f" SELECT unit_id, measures, %s, %s FROM snapshot {_REPLACE}",
            [int(month), now],
        )
        cursor.execute("DROP TABLE snapshot")


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk

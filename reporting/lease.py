"""The lease on stale months: a worker claims rows, counts, and removes those that nothing changed meanwhile.

It lives in the database: a lost message loses no update, and the rows of a killed worker are taken over (`sweep`).
Every statement on rows that a request may just be marking skips those that are locked, so that the worker never waits
for a request, nor a request for the worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from accounts.models import Level
from common.months import Month
from common.workers import is_gone, worker_name
from reporting.models import UnitMonth
from stations.models import StaleMonth

LEASE = timedelta(minutes=5)  # a claim whose worker gave no sign for so long is released
ALONE_AFTER = 2  # tries, after which a row is counted alone, so that it takes no other down with it …
REST = timedelta(minutes=1)  # … and not more often than this
ONE_MORE = Least(F("attempts") + 1, Value(30_000))  # staying within its column
CHUNK = 5_000
COUNTED = Exists(UnitMonth.objects.filter(month=OuterRef("month"), unit__level=Level.NATION))


@dataclass(frozen=True)
class Row:
    """A stale unit as it stood when it was claimed."""

    id: int
    unit_id: int
    version: int


@dataclass(frozen=True)
class Claim:
    """Rows of one month that `worker` counts now."""

    month: Month
    rows: tuple[Row, ...]
    worker: str

    def only(self, rows: Iterable[Row]) -> Claim:
        return Claim(self.month, tuple(rows), self.worker)


def _free(worker: str, now: datetime) -> QuerySet[StaleMonth]:
    """Nobody's rows (or this worker's own, left over from its last claim) that are not resting after failures."""
    rested = Q(attempts__lt=ALONE_AFTER) | Q(claimed_at=None) | Q(claimed_at__lt=now - REST)
    return StaleMonth.objects.filter(rested, claimed_by__in=["", worker])


def claim() -> Claim | None:
    """The free rows of one month; of rows that failed repeatedly only one. None: no work.

    Months that pages show already come before those never counted (each a whole count), then who was marked first;
    of the many months that one change marked, the latest.
    """
    worker, now = worker_name(), timezone.now()
    if not _free(worker, now).exists():  # SQLite would take its only write lock to find that out
        return None
    with transaction.atomic():
        free = _free(worker, now).select_for_update(skip_locked=True)
        hopeful = free.filter(attempts__lt=ALONE_AFTER)
        first = hopeful.annotate(known=COUNTED).order_by("-known", "marked_at", "-month", "id").first()
        if first:
            rows = list(hopeful.filter(month=first.month).order_by("id"))
        else:
            rows = list(free.order_by("claimed_at", "id")[:1])
        if not rows:
            return None
        for some in _in_chunks(rows):
            some.update(claimed_by=worker, claimed_at=now, heartbeat_at=now)
    return Claim(rows[0].month, tuple(Row(row.pk, row.unit_id, row.version) for row in rows), worker)


def beat(claimed: Claim) -> None:
    """Give a sign of life."""
    _update(claimed, heartbeat_at=timezone.now())


def finish(claimed: Claim) -> None:
    """Within the transaction that counted: remove the rows that nothing changed since they were claimed."""
    versions = {row.id: row.version for row in claimed.rows}
    for some in _in_chunks([row for row in _locked(claimed) if row.version == versions[row.pk]]):
        some.delete()


def release(claimed: Claim) -> None:
    """After `finish`: what is left was changed meanwhile and waits for the next claim."""
    _update(claimed, claimed_by="", attempts=0)


def give_up(claimed: Claim) -> None:
    """Counting failed: the rows wait, and their tries are counted."""
    _update(claimed, claimed_by="", attempts=ONE_MORE)


def sweep() -> int:
    """Release what gone workers claimed; returns how many rows. Safe to run at any time, by any number of workers."""
    now = timezone.now()
    held = StaleMonth.objects.exclude(claimed_by="").exclude(claimed_by=worker_name())
    gone = [worker for worker in held.order_by().values_list("claimed_by", flat=True).distinct() if is_gone(worker)]
    lost = held.filter(Q(claimed_by__in=gone) | Q(heartbeat_at__lt=now - LEASE) | Q(heartbeat_at=None))
    if not lost.exists():
        return 0
    return lost.update(claimed_by="", attempts=ONE_MORE)


def _locked(claimed: Claim) -> list[StaleMonth]:
    """The claim's rows that nobody else holds locked, now locked. One that a request holds is claimed again later."""
    rows = StaleMonth.objects.filter(claimed_by=claimed.worker, month=claimed.month)
    ids = {row.id for row in claimed.rows}
    return [row for row in rows.select_for_update(skip_locked=True) if row.pk in ids]


@transaction.atomic
def _update(claimed: Claim, **values: Any) -> None:
    for some in _in_chunks(_locked(claimed)):
        some.update(**values)


def _in_chunks(rows: list[StaleMonth]) -> Iterator[QuerySet[StaleMonth]]:
    """The rows as querysets of a size that SQLite takes in one statement."""
    for start in range(0, len(rows), CHUNK):
        yield StaleMonth.objects.filter(pk__in=[row.pk for row in rows[start : start + CHUNK]])

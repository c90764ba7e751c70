"""Row locks. Order everywhere: station, then the files in the order of their keys, then their visits."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from clients.models import Client
from stations import stale
from visits.models import Visit, VisitBatch

NOT_OPEN = "这次探访已经完成或取消，请刷新页面后再看"


def lock_files(keys: Iterable[int]) -> None:
    """Hold these files until the end of the transaction."""
    rows = Client.objects.filter(pk__in=sorted(set(keys))).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def locked_visit(visit: Visit) -> Visit:
    """The visit read again, with its file and itself locked."""
    lock_files([visit.client_id])
    rows = Visit.objects.select_for_update(of=("self",)).select_related("station__unit", "client", "batch")
    return rows.get(pk=visit.pk)


def open_visit(visit: Visit) -> Visit:
    """`locked_visit`, refused unless it is still open."""
    visit = locked_visit(visit)
    if not visit.is_open:
        raise ValidationError(NOT_OPEN)
    return visit


def locked_batch(batch: VisitBatch) -> VisitBatch:
    return VisitBatch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)


def mark_visit(visit: Visit) -> None:
    """The figures of its station are stale, from the first month that tells of it."""
    days = [day for day in (visit.due_on, visit.planned_on, visit.closed_on) if day]
    stale.mark(visit.station_id, stale.months_since(min(days)))

"""A service record makes visits: the one it was logged for, and every open one of the people it names.

What a record makes follows from the record alone, so `follow` may be called whenever it changed: it frees visits that
it no longer makes, takes those that it makes now, and plans the next ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from services.models import Method, ServiceClient, ServiceRecord
from visits.actions.locks import NOT_OPEN, lock_files, locked_visit, mark_visit
from visits.actions.planning import plan
from visits.models import BatchState, Source, Visit, VisitState

VOIDED, LATER_VISIT = "所依据的服务记录已作废或更正", "所依据的服务记录已作废或更正，此后已另行探访"


@transaction.atomic
def make_visit(*, by: User | None, visit: Visit, record: ServiceRecord) -> None:
    """`record` was logged for the visit. Raises ValidationError({"link": …}) when it cannot make it."""
    visit = locked_visit(visit)
    if not visit.is_open:
        raise ValidationError({"link": NOT_OPEN})
    if record.method != Method.VISIT:
        raise ValidationError({"link": "完成探访的服务，方法应选“探访”"})
    if record.station_id != visit.station_id:
        raise ValidationError({"link": "这次探访属于其他站点"})
    if not _names(record, visit):
        raise ValidationError({"link": f"服务对象中没有{visit.client.name}，请选上后再保存"})
    if record.ends_on < visit.counts_from:
        raise ValidationError({"link": f"{visit.counts_from} 以前的服务不能计入这次探访，请核对服务日期"})
    _make([visit], record, by)


@transaction.atomic
def follow(*, by: User | None, record: ServiceRecord, today: date | None = None) -> None:
    """Bring visits in line with the record as it stands. Seldom more than a dozen statements."""
    named = _named(record)
    attached = list(Visit.objects.filter(record=record).values_list("client_id", flat=True))
    affected = {*named, *attached}
    if not affected:
        return
    lock_files(affected)
    rows = Visit.objects.select_for_update(of=("self",)).select_related("station__unit", "batch").order_by("pk")
    made: set[int] = set()  # files whose visit by level it makes already: the next one is not made by it too
    for visit in rows.filter(record=record):
        if visit.client_id not in named or record.ends_on < visit.counts_from:
            _free(visit, by, today or timezone.localdate())
            continue
        if visit.source == Source.LEVEL:
            made.add(visit.client_id)
        if visit.closed_on != record.ends_on:
            mark_visit(visit)
            visit.closed_on = record.ends_on
            visit.save(update_fields=["closed_on"])
            mark_visit(visit)
    open_rows = rows.filter(state=VisitState.OPEN, client__in=named, counts_from__lte=record.ends_on)
    _make(list(open_rows.exclude(source=Source.LEVEL, client__in=made)), record, by)
    plan(affected, today=today)


def _named(record: ServiceRecord) -> set[int]:
    """Keys of the files that a visit by this record is made to, and of those that stand for them."""
    if record.voided_at or record.method != Method.VISIT:
        return set()
    rows = ServiceClient.objects.filter(service=record).values_list("client_id", "person_id")
    return {key for pair in rows for key in pair}


def _names(record: ServiceRecord, visit: Visit) -> bool:
    return visit.client_id in _named(record)


def _make(visits: Iterable[Visit], record: ServiceRecord, by: User | None) -> None:
    events: list[AuditEvent] = []
    for visit in visits:
        visit.state, visit.record, visit.closed_on = VisitState.MADE, record, record.ends_on
        visit.save(update_fields=["state", "record", "closed_on"])
        mark_visit(visit)
        changes: dict[str, Any] = {"state": [VisitState.OPEN, VisitState.MADE], "closed_on": [None, record.ends_on]}
        events.append(audit.event(by=by, verb="完成探访", target=visit, unit=visit.station.unit, changes=changes))
    AuditEvent.objects.bulk_create(events)


def _free(visit: Visit, by: User | None, today: date) -> None:
    """The record makes it no more: open again, or cancelled where a later visit or the end of a batch came between."""
    mark_visit(visit)
    before = audit.state(visit)
    others = Visit.objects.filter(client=visit.client_id, source=visit.source).exclude(pk=visit.pk)
    visit.record, visit.condition, visit.needs, visit.next_step = None, "", "", ""
    visit.answers.all().delete()
    superseded = visit.source == Source.LEVEL and others.filter(state=VisitState.MADE, pk__gt=visit.pk).exists()
    ended = visit.batch is not None and visit.batch.state == BatchState.CLOSED
    if superseded or ended:
        visit.state, visit.closed_on = VisitState.CANCELLED, today
        visit.reason = LATER_VISIT if superseded else VOIDED
    else:
        if visit.source == Source.LEVEL:  # the one that was planned since then
            others.open().update(state=VisitState.CANCELLED, closed_on=today, reason=VOIDED)
        visit.state, visit.closed_on = VisitState.OPEN, None
    visit.save()
    mark_visit(visit)
    changes = audit.changes(before, audit.state(visit))
    audit.record(by=by, verb="探访恢复待办", target=visit, unit=visit.station.unit, changes=changes, reason=VOIDED)

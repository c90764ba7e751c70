"""Looking at an entry when it is made, corrected or gets its photos; what is found is kept with the record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from files.models import Attachment
from services import doubts
from services.doubts import Beside, Found
from services.models import EntryWarning, ServiceRecord, ServiceWorker
from services.vocabulary import Doubt
from stations import stale

TEXTS_LOOKED_AT = 200
TEXTS_SINCE = timedelta(days=60)
OF_FACTS = frozenset({Doubt.OVERLAP, Doubt.MANY_VISITS, Doubt.COPIED_TEXT, Doubt.WEEKS_LATE})


def look(record: ServiceRecord) -> None:
    """Judge the facts of a saved record with its workers, in the caller's transaction. Two queries, and the writes."""
    beside = list(_beside(record))
    found = [
        *doubts.overlap(record.starts_on, record.ends_on, record.starts_at, record.hours, beside),
        *doubts.many_visits(record.method, record.starts_on, beside),
        *doubts.copied_text(record.result, _texts(record)),
        *doubts.weeks_late(record.due_on, timezone.localdate(record.entered_at)),
    ]
    keep(record, found, OF_FACTS)


def look_at_photos(record: ServiceRecord) -> None:
    """Judge the photos of a record: does one of them stand at another valid record too? Three queries, and the
    writes."""
    own = list(Attachment.objects.standing().on(ServiceRecord).filter(target_id=record.pk))
    digests = {digest for photo in own for digest in (photo.sha256, photo.stored_sha256)}
    same = Attachment.objects.standing().on(ServiceRecord).exclude(target_id=record.pk)
    same = same.filter(Q(sha256__in=digests) | Q(stored_sha256__in=digests)).order_by()
    keys = list(same.values_list("target_id", flat=True))
    other = ServiceRecord.objects.valid().select_related("station__unit").filter(pk__in=keys).order_by("pk").first()
    found = []
    if other is not None:
        where = "" if other.station_id == record.station_id else f"{other.station.unit.name} "
        found = [Found(Doubt.SAME_PHOTO, f"照片与 {where}{other.starts_on:%Y-%m-%d} 的一条记录相同", other.pk)]
    if keep(record, found, {Doubt.SAME_PHOTO}):
        stale.mark(record.station_id, [record.month])


def keep(record: ServiceRecord, found: Iterable[Found], kinds: Collection[Doubt]) -> bool:
    """Write what was found, clear what of these kinds was found before and no more is. Did any come or go?"""
    now = timezone.now()
    by_kind = {each.kind: each for each in found}
    standing = {warning.kind: warning for warning in record.warnings.filter(cleared_at=None, kind__in=kinds)}
    gone = [warning.pk for kind, warning in standing.items() if kind not in by_kind]
    if gone:
        EntryWarning.objects.filter(pk__in=gone).update(cleared_at=now)
    for kind, each in by_kind.items():
        said: dict[str, Any] = {"detail": each.detail[:300], "other_id": each.other}
        if kind in standing:
            EntryWarning.objects.filter(pk=standing[kind].pk).update(**said)
        else:
            EntryWarning.objects.create(service=record, kind=kind, raised_at=now, **said)
    return bool(gone or by_kind.keys() - standing.keys())


def _beside(record: ServiceRecord) -> Iterator[Beside]:
    """What the same workers did on some of the same days, at this station: nobody is posted to two."""
    rows = (
        ServiceWorker.objects.filter(
            worker__in=record.service_workers.values("worker"),
            service__station=record.station_id,
            service__voided_at=None,
            service__starts_on__lte=record.ends_on,
            service__ends_on__gte=record.starts_on,
        )
        .exclude(service=record.pk)
        .order_by("service_id", "worker_id")
    )
    told = ("service_id", "worker__name", *(f"service__{name}" for name in (
        "title", "starts_on", "ends_on", "starts_at", "hours", "method")))  # fmt: skip
    for values in rows.values_list(*told):
        yield Beside(*values)


def _texts(record: ServiceRecord) -> list[tuple[int, Any, str]]:
    """The latest results at the station."""
    if len(record.result) < doubts.TEXT_LENGTH:
        return []
    rows = ServiceRecord.objects.valid().filter(
        station=record.station_id, starts_on__gte=record.starts_on - TEXTS_SINCE
    )
    rows = rows.exclude(pk=record.pk).exclude(result="").order_by("-starts_on", "-id")
    return list(rows.values_list("pk", "starts_on", "result")[:TEXTS_LOOKED_AT])

"""Every record of a selection, for an export: walked along the list's own order, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import Level, OrgUnit, User
from common.paths import ancestors
from services.models import ServiceRecord, ServiceWorker
from services.queries.listing import Cursor, Selection, ordered
from services.queries.people import CLOSED, closed_texts

CHUNK = 500


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A record with the names of where it lies and who served."""

    record: ServiceRecord
    county: str
    station: str
    workers: str


def register_rows(selection: Selection, *, oldest_first: bool = False) -> Iterator[RegisterRow]:
    """All records of the selection in the order of the list. Five queries for each chunk."""
    beyond = None
    while True:
        found = list(ordered(selection, beyond, falling=not oldest_first)[:CHUNK])
        yield from _told(selection.user, found)
        if len(found) < CHUNK:
            return
        beyond = Cursor(found[-1].starts_on, found[-1].pk)


def _told(user: User, records: list[ServiceRecord]) -> Iterator[RegisterRow]:
    closed = closed_texts(user, records)
    # Names apart: joined in, SQLite would walk the units first and sort every record (services.queries.listing).
    units = OrgUnit.objects.filter(pk__in={record.station_id for record in records}).order_by()
    stations = {key: (path, name) for key, path, name in units.values_list("pk", "path", "name")}
    counties = _counties(path for path, _ in stations.values())
    workers: dict[int, list[str]] = {}
    served = ServiceWorker.objects.filter(service__in=[record.pk for record in records]).order_by("worker_id")
    for key, name in served.values_list("service_id", "worker__name"):
        workers.setdefault(key, []).append(name)
    for record in records:
        if record.pk in closed:
            record.place = record.result = CLOSED
        path, name = stations[record.station_id]
        yield RegisterRow(record, counties.get(_county(path), ""), name, "、".join(workers.get(record.pk, [])))


def _county(path: str) -> str:
    return ancestors(path)[Level.COUNTY]


def _counties(paths: Iterable[str]) -> dict[str, str]:
    """Path → name of the counties above."""
    found = OrgUnit.objects.filter(path__in={_county(path) for path in paths}).order_by()
    return dict(found.values_list("path", "name"))

"""Rows of the roster 人员花名册: a worker with everything that is kept of them, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.paths import ancestors, within
from stations.models import Certificate, Grade, StationPosting, SupervisorAssignment, Worker, WorkerEvaluation
from stations.queries.where import Scope
from stations.queries.worker_list import WorkerRow, worker_rows

GRADES: dict[str, str] = dict(Grade.choices)


@dataclass(frozen=True)
class RosterRow:
    """`row` is that of the list; the rest is told only in the file."""

    row: WorkerRow
    born_on: date | None
    major: str
    phone: str
    county: str
    supervisor: str
    number: str
    grade: str


def _counties(places: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Worker → the county of their station. One query."""
    places = [(key, ancestors(path)[Level.COUNTY]) for key, path in places if len(ancestors(path)) > Level.COUNTY]
    names = dict(OrgUnit.objects.filter(path__in={path for _, path in places}).order_by().values_list("path", "name"))
    return {key: names.get(path, "") for key, path in places}


def _leads(stations: Iterable[int], on: date) -> dict[int, str]:
    """Station → its lead supervisor. One query."""
    rows = SupervisorAssignment.objects.at(on).filter(lead=True, station__in=set(stations))
    return {row.station_id: row.supervisor.name for row in rows.select_related("worker", "user").order_by()}


def _numbers(keys: list[int], on: date) -> dict[int, str]:
    """Worker → numbers of the certificates issued by then, the latest first. One query."""
    found: dict[int, list[str]] = {}
    rows = Certificate.objects.filter(worker__in=keys, issued_on__lte=on).order_by("-issued_on", "-pk")
    for key, number in rows.values_list("worker", "number"):
        found.setdefault(key, []).append(number)
    return {key: "、".join(numbers) for key, numbers in found.items()}


def roster_rows(workers: Iterable[Worker], on: date, user: User) -> list[RosterRow]:
    """`workers` with their unit joined, as of `on`: a fixed number of queries."""
    workers = list(workers)
    keys = [worker.pk for worker in workers]
    scope = Scope(user, Permission.VIEW_WORKERS)
    rows = worker_rows(workers, on, scope=scope)
    posted = {
        key: (station, path)
        for key, station, path in StationPosting.objects.at(on)
        .filter(worker__in=keys)
        .order_by()
        .values_list("worker", "station", "station__unit__path")
    }
    seen = {key: place for key, place in posted.items() if any(within(place[1], top) for top in scope.tops)}
    counties = _counties((key, path) for key, (_, path) in seen.items())
    leads = _leads([station for station, _ in seen.values()], on)
    numbers = _numbers(keys, on)
    grades = dict(WorkerEvaluation.objects.filter(worker__in=keys, year=on.year - 1).values_list("worker", "grade"))
    return [
        RosterRow(
            row=row,
            born_on=worker.born_on,
            major=worker.major,
            phone=worker.phone,
            county=counties.get(worker.pk, ""),
            supervisor=leads.get(seen[worker.pk][0], "") if worker.pk in seen else "",
            number=numbers.get(worker.pk, ""),
            grade=GRADES.get(grades.get(worker.pk, ""), ""),
        )
        for worker, row in zip(workers, rows, strict=True)
    ]

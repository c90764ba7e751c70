"""Rows of the worker list, and what a worker holds on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse

from stations.models import Certificate, CertificateLevel, Employment, StationPosting, Worker
from stations.models.workers import WorkerQuerySet
from stations.queries.where import Scope, names_between

RANK = {level: rank for rank, level in enumerate(CertificateLevel.values)}


@dataclass(frozen=True)
class Qualification:
    """Certificate and employment on a day; `level` is "" without a certificate, `full_time` None when unemployed."""

    level: str = ""
    issued_on: date | None = None
    employer: str = ""
    employer_kind: str = ""
    full_time: bool | None = None

    @property
    def certified(self) -> bool:
        return bool(self.level)


@dataclass(frozen=True)
class WorkerRow:
    name: str
    url: str
    is_demo: bool
    id_number: str  # masked
    station: str
    station_url: str
    place: str
    since: date | None
    kept_at: str
    qualification: Qualification


def qualifications(workers: Sequence[int], on: date) -> dict[int, Qualification]:
    """What each worker holds on `on`: the highest certificate and the employment. Two queries."""
    best: dict[int, Certificate] = {}
    for held in Certificate.objects.filter(worker__in=workers, issued_on__lte=on):
        known = best.get(held.worker_id)
        if known is None or RANK[held.level] > RANK[known.level]:
            best[held.worker_id] = held
    jobs = {job.worker_id: job for job in Employment.objects.at(on).filter(worker__in=workers)}
    found = {}
    for key in workers:
        held_one, job = best.get(key), jobs.get(key)
        found[key] = Qualification(
            level=CertificateLevel(held_one.level).label if held_one else "",
            issued_on=held_one.issued_on if held_one else None,
            employer=job.employer_name if job else "",
            employer_kind=job.get_employer_kind_display() if job else "",
            full_time=job.full_time if job else None,
        )
    return found


def sorted_workers(workers: WorkerQuerySet, sort: str, on: date) -> WorkerQuerySet:
    """In the order of `?sort=`: station (by the tree; default), name, since."""
    posting = StationPosting.objects.at(on).filter(worker=OuterRef("pk")).order_by()
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        field = "name"
    elif key == "since":
        workers, field = workers.annotate(since=Subquery(posting.values("starts_on")[:1])), "since"
    else:
        workers = workers.annotate(posted_path=Subquery(posting.values("station__unit__path")[:1]))
        field = "posted_path"
    order = F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
    return workers.order_by(order, "pk")


def worker_rows(workers: Iterable[Worker], on: date, *, scope: Scope, below: str = "") -> list[WorkerRow]:
    """`workers` (with unit joined) as of `on`: four queries. A station outside `scope` is not named."""
    workers = list(workers)
    keys = [worker.pk for worker in workers]
    postings = {
        row.worker_id: row
        for row in StationPosting.objects.at(on).filter(worker__in=keys).select_related("station__unit")
    }
    seen = {posting.station_id: posting.station.unit for posting in postings.values() if posting.station.unit in scope}
    where = names_between(((unit.pk, unit.path, unit.name) for unit in seen.values()), below)
    held = qualifications(keys, on)
    rows = []
    for worker in workers:
        posting = postings.get(worker.pk)
        inside = posting if posting and posting.station_id in seen else None
        rows.append(
            WorkerRow(
                name=worker.name,
                url=reverse("worker_detail", args=[worker.pk]),
                is_demo=worker.is_demo,
                id_number=worker.masked_id_number,
                station=scope.name(posting.station.unit) if posting else "",
                station_url=reverse("station_detail", args=[inside.station_id]) if inside else "",
                place=where[inside.station_id] if inside else "",
                since=posting.starts_on if posting else None,
                kept_at=scope.name(worker.unit),
                qualification=held[worker.pk],
            )
        )
    return rows

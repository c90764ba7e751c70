"""Rows of the worker list 人员花名册, and its orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse

from policies.models import ProvisionKind as Rule
from policies.queries import RuleBook
from stations.models import Language, StationPosting, Worker, WorkerLanguage
from stations.queries.people_rules import last_of_year, ruled
from stations.queries.qualifications import Qualification, qualifications, training_hours
from stations.queries.where import Scope, names_between


@dataclass(frozen=True)
class WorkerRow:
    """A worker as of a day. `hours`: of training in the year; `hours_short`: how many are missing, None unjudged."""

    pk: int
    name: str
    url: str
    is_demo: bool
    id_number: str  # masked
    sex: str
    age: int | None
    education: str
    languages: str
    station: str
    station_url: str
    place: str
    since: date | None
    tenure: int | None  # days posted to stations, all postings together
    kept_at: str
    qualification: Qualification
    expiring: bool
    hours: Decimal
    hours_short: Decimal | None

    @property
    def years(self) -> Decimal | None:
        """The tenure in years, with one decimal."""
        return None if self.tenure is None else (Decimal(self.tenure) / Decimal("365.25")).quantize(Decimal("0.1"))

    @property
    def other_languages(self) -> str:
        """Without Mandarin, which nearly everybody speaks."""
        return "、".join(word for word in self.languages.split("、") if word != Language.MANDARIN.label)

    @property
    def person(self) -> str:
        """Sex and age in one."""
        return " · ".join(word for word in (self.sex, "" if self.age is None else f"{self.age} 岁") if word)


def sorted_workers(workers: Any, sort: str, on: date) -> Any:
    """In the order of `?sort=`: station (by the tree; default), name, age, since, tenure, expiry."""
    posting = StationPosting.objects.at(on).filter(worker=OuterRef("pk")).order_by()
    key, down = sort.removeprefix("-"), sort.startswith("-")
    match key:
        case "name":
            field = "name"
        case "age":
            field, down = "born_on", not down  # the oldest was born first
        case "since":
            workers, field = workers.annotate(since=Subquery(posting.values("starts_on")[:1])), "since"
        case "tenure":
            workers, field = workers.with_tenure(on), "tenure_days"
        case "expiry":
            workers, field = workers.with_certificate_end(on), "certificate_end"
        case _:
            workers = workers.annotate(posted_path=Subquery(posting.values("station__unit__path")[:1]))
            field = "posted_path"
    order = F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
    return workers.order_by(order, "pk")


def spoken(keys: list[int]) -> dict[int, str]:
    """Worker → languages in words. One query."""
    words: dict[int, list[str]] = {}
    for row in WorkerLanguage.objects.filter(worker__in=keys).order_by("pk"):
        words.setdefault(row.worker_id, []).append(str(row))
    return {key: "、".join(names) for key, names in words.items()}


def worker_rows(workers: Iterable[Worker], on: date, *, scope: Scope, below: str = "") -> list[WorkerRow]:
    """`workers` (with unit joined) as of `on`: eight queries. A station outside `scope` is not named."""
    workers = list(workers)
    keys = [worker.pk for worker in workers]
    postings = {
        row.worker_id: row
        for row in StationPosting.objects.at(on).filter(worker__in=keys).select_related("station__unit")
    }
    seen = {posting.station_id: posting.station.unit for posting in postings.values() if posting.station.unit in scope}
    where = names_between(((unit.pk, unit.path, unit.name) for unit in seen.values()), below)
    held, hours, languages = qualifications(keys, on), training_hours(keys, on), spoken(keys)
    tenure = dict(Worker.objects.filter(pk__in=keys).order_by().with_tenure(on).values_list("pk", "tenure_days"))
    places = {worker.pk: worker.unit.path for worker in workers}
    places |= {key: posting.station.unit.path for key, posting in postings.items()}
    book = RuleBook.load(places.values(), kinds=(Rule.CERTIFICATE_EXPIRY, Rule.TRAINING_HOURS))
    rows = []
    for worker in workers:
        posting = postings.get(worker.pk)
        inside = posting if posting and posting.station_id in seen else None
        had = hours.get(worker.pk, Decimal(0))
        days = ruled(book, Rule.CERTIFICATE_EXPIRY, "days", places[worker.pk], on).value
        wanted = ruled(book, Rule.TRAINING_HOURS, "hours", places[worker.pk], last_of_year(on)).value
        rows.append(
            WorkerRow(
                pk=worker.pk,
                name=worker.name,
                url=reverse("worker_detail", args=[worker.pk]),
                is_demo=worker.is_demo,
                id_number=worker.masked_id_number,
                sex=worker.get_sex_display(),
                age=worker.age(on),
                education=worker.get_education_display(),
                languages=languages.get(worker.pk, ""),
                station=scope.name(posting.station.unit) if posting else "",
                station_url=reverse("station_detail", args=[inside.station_id]) if inside else "",
                place=where[inside.station_id] if inside else "",
                since=posting.starts_on if posting else None,
                tenure=tenure.get(worker.pk),
                kept_at=scope.name(worker.unit),
                qualification=held[worker.pk],
                expiring=held[worker.pk].expires_within(days, on),
                hours=had,
                hours_short=max(wanted - had, Decimal(0)) if wanted is not None else None,
            )
        )
    return rows

"""What the page of one worker shows: the personal file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from files.queries import AttachmentRow, attachments_of
from policies.models import ProvisionKind
from policies.queries import RuleBook
from stations.models import (
    Attendance,
    Certificate,
    Employment,
    Renewal,
    Station,
    StationPosting,
    SupervisorAssignment,
    Worker,
)
from stations.queries.people_rules import PeopleRules, ruled
from stations.queries.qualifications import qualifications
from stations.queries.where import OUTSIDE, Scope
from stations.queries.worker_timeline import timeline


@dataclass(frozen=True)
class PostingRow:
    """`station` is named only within the scope, and so are its notes. `row` is the posting."""

    row: StationPosting
    station: str
    url: str
    starts_on: date
    ends_on: date | None
    note: str
    end: str  # why it ended


@dataclass(frozen=True)
class CertificateRow:
    """`state`: 有效, 即将到期, 已到期; `tone` its colour. `runs_to` None: no registration is recorded."""

    certificate: Certificate
    level: str
    runs_to: date | None
    state: str
    tone: str
    renewals: list[Renewal]
    scans: list[AttachmentRow]


@dataclass(frozen=True)
class TrainingRow:
    topic: str
    url: str
    kind: str
    organiser: str
    held_from: date
    held_to: date
    hours: Decimal


@dataclass(frozen=True)
class YearHours:
    """Hours of one year. `short`: what is missing to `wanted`, None where nothing is required of that year."""

    year: int
    hours: Decimal
    wanted: int | None
    short: Decimal | None


@dataclass(frozen=True)
class SupervisingRow:
    station: str
    url: str
    lead: bool
    starts_on: date
    ends_on: date | None


def _postings(worker: Worker, scope: Scope) -> list[PostingRow]:
    """The latest first. One query."""
    rows = []
    for posting in (
        StationPosting.objects.filter(worker=worker).select_related("station__unit").order_by("-starts_on", "-pk")
    ):
        inside = posting.station.unit in scope
        why = "：".join(word for word in (posting.get_end_reason_display(), posting.end_note if inside else "") if word)
        if not inside:
            posting.end_note = ""
        rows.append(
            PostingRow(
                row=posting,
                station=posting.station.unit.name if inside else OUTSIDE,
                url=reverse("station_detail", args=[posting.station_id]) if inside else "",
                starts_on=posting.starts_on,
                ends_on=posting.ends_on,
                note=posting.note if inside else "",
                end=why,
            )
        )
    return rows


def _state(certificate: Certificate, runs_to: date | None, days: int | None, today: date) -> tuple[str, str]:
    if certificate.issued_on > today or runs_to is None:
        return "有效", "ok"
    if runs_to < today:
        return "已到期", "bad"
    if days is not None and runs_to <= today + timedelta(days=days):
        return "即将到期", "warn"
    return "有效", "ok"


def certificate_rows(worker: Worker, user: User, days: int | None, today: date) -> list[CertificateRow]:
    """The latest first. Two queries, and those of the scans."""
    found: list[Any] = list(Certificate.objects.with_end(today).filter(worker=worker).order_by("-issued_on", "-pk"))
    renewals: dict[int, list[Renewal]] = {}
    for renewal in Renewal.objects.filter(certificate__worker=worker).order_by("registered_on", "pk"):
        renewals.setdefault(renewal.certificate_id, []).append(renewal)
    scans = attachments_of(user, found)
    rows = []
    for certificate in found:
        state, tone = _state(certificate, certificate.runs_to, days, today)
        rows.append(
            CertificateRow(
                certificate,
                certificate.get_level_display(),
                certificate.runs_to,
                state,
                tone,
                renewals.get(certificate.pk, []),
                scans.get(certificate.pk, []),
            )
        )
    return rows


def _trainings(worker: Worker) -> list[TrainingRow]:
    """The latest first. One query."""
    rows = Attendance.objects.filter(worker=worker).select_related("training").order_by("-training__held_to", "-pk")
    return [
        TrainingRow(
            topic=row.training.topic,
            url=reverse("training_detail", args=[row.training_id]),
            kind=row.training.get_kind_display(),
            organiser=row.training.organiser,
            held_from=row.training.held_from,
            held_to=row.training.held_to,
            hours=row.hours,
        )
        for row in rows
    ]


def _years(trainings: Sequence[TrainingRow], book: RuleBook, path: str, today: date) -> list[YearHours]:
    """This year and those with hours, the latest first, each by the rule of its last day."""
    sums = {today.year: Decimal(0)}
    for row in trainings:
        sums[row.held_to.year] = sums.get(row.held_to.year, Decimal(0)) + row.hours
    years = []
    for year, hours in sorted(sums.items(), reverse=True):
        required = ruled(book, ProvisionKind.TRAINING_HOURS, "hours", path, date(year, 12, 31)).value
        short = None if required is None else max(required - hours, Decimal(0))
        years.append(YearHours(year, hours, required, short))
    return years


def _supervising(worker: Worker, scope: Scope) -> list[SupervisingRow]:
    """Stations that the worker supervises or supervised, the latest first. One query."""
    rows = SupervisorAssignment.objects.filter(worker=worker).select_related("station__unit")
    return [
        SupervisingRow(
            station=scope.name(row.station.unit),
            url=reverse("station_detail", args=[row.station_id]) if row.station.unit in scope else "",
            lead=row.lead,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows.order_by("-starts_on", "-pk")
    ]


def supervisors_at(station: int, on: date) -> list[SupervisorAssignment]:
    """Who supervises the station on that day, the lead first. One query."""
    rows = SupervisorAssignment.objects.at(on).filter(station=station).select_related("worker", "user")
    return list(rows.order_by("-lead", "starts_on", "pk"))


def _place(worker: Worker, posting: PostingRow | None) -> str:
    """Whose rules hold for the worker: those of the station, else of the unit that keeps the file."""
    station: Station | None = posting.row.station if posting else None
    return station.unit.path if station else worker.unit.path


def worker_page(worker: Worker, user: User) -> dict[str, Any]:
    """The template's context: a fixed number of queries, whatever the worker's history."""
    today = timezone.localdate()
    scope = Scope(user)
    postings = _postings(worker, scope)
    posting = next((row for row in postings if row.ends_on is None), None)
    path = _place(worker, posting)
    book = RuleBook.load([path])
    rules = PeopleRules.read(book, path, today)
    employments = list(Employment.objects.filter(worker=worker).order_by("-starts_on", "-pk"))
    trainings = _trainings(worker)
    page: dict[str, Any] = {
        "worker": worker,
        "age": worker.age(today),
        "languages": [str(row) for row in worker.languages.order_by("pk")],
        "kept_at": scope.name(worker.unit),
        "now": qualifications([worker.pk], today)[worker.pk],
        "certificates": certificate_rows(worker, user, rules.expiry_days.value, today),
        "employments": employments,
        "employed": any(job.ends_on is None for job in employments),
        "postings": postings,
        "posting": posting,
        "supervisors": supervisors_at(posting.row.station_id, today) if posting and posting.url else [],
        "supervising": _supervising(worker, scope),
        "trainings": trainings,
        "years": _years(trainings, book, path, today),
        "evaluations": list(worker.evaluations.order_by("-year")),
        "rewards": list(worker.rewards.order_by("-granted_on", "-pk")),
        "rules": rules,
        "certificate_source": rules.certificate.source,
        "today": today,
    }
    return page | {"timeline": timeline(page, today)}

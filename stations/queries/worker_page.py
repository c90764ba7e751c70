"""What the page of one worker shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from policies.models import ProvisionKind
from policies.queries import RuleBook
from stations.models import Certificate, Employment, StationPosting, Worker
from stations.queries.citations import source
from stations.queries.where import OUTSIDE, Scope
from stations.queries.worker_list import qualifications


@dataclass(frozen=True)
class PostingRow:
    station: str
    url: str
    starts_on: date
    ends_on: date | None
    note: str


@dataclass(frozen=True)
class Step:
    """One entry of the worker's timeline."""

    on: date
    what: str
    detail: str


def _postings(worker: Worker, scope: Scope) -> list[PostingRow]:
    """The latest first. A station outside the scope is not named."""
    rows = []
    for posting in (
        StationPosting.objects.filter(worker=worker).select_related("station__unit").order_by("-starts_on", "-pk")
    ):
        inside = posting.station.unit in scope
        rows.append(
            PostingRow(
                station=posting.station.unit.name if inside else OUTSIDE,
                url=reverse("station_detail", args=[posting.station_id]) if inside else "",
                starts_on=posting.starts_on,
                ends_on=posting.ends_on,
                note=posting.note if inside else "",
            )
        )
    return rows


def _timeline(certificates: list[Certificate], employments: list[Employment], postings: list[PostingRow]) -> list[Step]:
    """Everything dated about the worker, the latest first."""
    steps = [Step(row.issued_on, "取得证书", row.get_level_display()) for row in certificates]
    for job in employments:
        steps.append(Step(job.starts_on, "聘用", str(job)))
        if job.ends_on and not any(other.starts_on == job.ends_on for other in employments):
            steps.append(Step(job.ends_on, "聘用结束", job.employer_name))
    for posting in postings:
        steps.append(Step(posting.starts_on, "驻站", posting.station))
        if posting.ends_on and not any(other.starts_on == posting.ends_on for other in postings):
            steps.append(Step(posting.ends_on, "离站", posting.station))
    return sorted(steps, key=lambda step: step.on, reverse=True)


def worker_page(worker: Worker, user: User) -> dict[str, Any]:
    """The template's context: a fixed number of queries, whatever the worker's history."""
    today = timezone.localdate()
    scope = Scope(user)
    certificates = list(Certificate.objects.filter(worker=worker).order_by("-issued_on", "-pk"))
    employments = list(Employment.objects.filter(worker=worker).order_by("-starts_on", "-pk"))
    postings = _postings(worker, scope)
    rule = RuleBook.load([worker.unit.path]).provision(ProvisionKind.CERTIFICATE_REQUIRED, worker.unit.path, today)
    return {
        "worker": worker,
        "kept_at": scope.name(worker.unit),
        "now": qualifications([worker.pk], today)[worker.pk],
        "certificates": certificates,
        "employments": employments,
        "employed": any(job.ends_on is None for job in employments),
        "postings": postings,
        "posting": next((posting for posting in postings if posting.ends_on is None), None),
        "timeline": _timeline(certificates, employments, postings),
        "certificate_source": source(rule),
    }

"""What the cards of a station's page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from files.queries import AttachmentRow, attachments_of
from stations import basics
from stations.models import Dimension, DimensionState, Station, StationPosting, StationStatus, StatusSpell
from stations.queries.citations import source
from stations.queries.qualifications import Qualification, qualifications
from stations.queries.station_list import DimensionMark, dimension_mark
from stations.queries.tones import BASICS_TONES, STATUS_TONES


@dataclass(frozen=True)
class SpellRow:
    value: StationStatus
    status: str
    tone: str
    starts_on: date
    ends_on: date | None
    days: int  # that the status held; 0 for a step of the same day
    note: str
    by: str  # who recorded it, and when; "" where that was not kept
    at: datetime | None
    files: list[AttachmentRow]


@dataclass(frozen=True)
class CheckRow:
    words: str
    tone: str
    on: date
    note: str


@dataclass(frozen=True)
class DimensionRow:
    label: str
    mark: DimensionMark
    on: date | None
    note: str
    before: list[CheckRow]


@dataclass(frozen=True)
class PostedRow:
    name: str
    url: str
    starts_on: date
    ends_on: date | None
    note: str
    end: str  # why they left
    qualification: Qualification


def spell_rows(user: User, station: Station, today: date) -> list[SpellRow]:
    """Every status, the latest first, with its evidence. Two queries, a few more where there are files."""
    spells = list(
        StatusSpell.objects.filter(station=station).select_related("recorded_by").order_by("-starts_on", "-pk")
    )
    files = attachments_of(user, spells)
    rows = []
    for spell in spells:
        status = StationStatus(spell.status)
        rows.append(
            SpellRow(
                value=status,
                status=status.label,
                tone=STATUS_TONES[status],
                starts_on=spell.starts_on,
                ends_on=spell.ends_on,
                days=((spell.ends_on or today) - spell.starts_on).days,
                note=spell.note,
                by=spell.recorded_by.name if spell.recorded_by else "",
                at=spell.recorded_at,
                files=files[spell.pk],
            )
        )
    return rows


def dimension_rows(station: Station) -> list[DimensionRow]:
    """The four dimensions (R3) with the check that holds and those before it, the latest first. One query."""
    checks: dict[str, list[DimensionState]] = {}
    for check in DimensionState.objects.filter(station=station).order_by("-starts_on", "-pk"):
        checks.setdefault(check.dimension, []).append(check)
    rows = []
    for dimension in Dimension:
        found = checks.get(dimension, [])
        now = found[0] if found else None
        before = [
            CheckRow("达标" if row.met else "未达标", "ok" if row.met else "warn", row.starts_on, row.note)
            for row in found[1:]
        ]
        mark = dimension_mark(dimension, now.met if now else None)
        rows.append(
            DimensionRow(dimension.label, mark, now.starts_on if now else None, now.note if now else "", before)
        )
    return rows


def posted_rows(station: Station, today: date) -> tuple[list[PostedRow], list[PostedRow]]:
    """Workers here now, and those who were here. Three queries."""
    postings = list(
        StationPosting.objects.filter(station=station).select_related("worker").order_by("-starts_on", "worker__name")
    )
    found = qualifications([posting.worker_id for posting in postings], today)
    rows = [
        PostedRow(
            posting.worker.name,
            reverse("worker_detail", args=[posting.worker_id]),
            posting.starts_on,
            posting.ends_on,
            posting.note,
            "：".join(word for word in (posting.get_end_reason_display(), posting.end_note) if word),
            found[posting.worker_id],
        )
        for posting in postings
    ]
    return [row for row in rows if row.ends_on is None], [row for row in rows if row.ends_on is not None]


def basics_due(station: Station, today: date) -> dict[str, Any] | None:
    """The due date of the basics for components/due.html, with `words` and `tone` of the judgement (R5)."""
    due = station.judged_due()
    if due is None:
        return None
    judgement = basics.judge(due, station.basics_entered_on, today)
    return {
        "date": due.due,
        "provisional": due.provisional,
        "reason": due.reason,
        "source": source(station.due_provision),
        "words": judgement.words,
        "tone": BASICS_TONES[judgement.state],
    }


def missing_basics(station: Station) -> list[str]:
    """Labels of the basics that are still to be entered."""
    return [basics.label(name) for name in basics.REQUIRED if not getattr(station, name)]


def station_head(station: Station) -> dict[str, Any]:
    """What stands above the cards: the current status. One query."""
    spell = StatusSpell.objects.current().get(station=station)
    current = StationStatus(spell.status)
    return {
        "station": station,
        "status": {"label": current.label, "tone": STATUS_TONES[current], "since": spell.starts_on},
    }

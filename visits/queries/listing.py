"""The list of visits: one for all, with names where the user may read of the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from clients.gate import stations_read
from visits.models import Condition, Source, Visit, VisitState
from visits.models.visits import VisitQuerySet
from visits.vocabulary import CONDITION_TONES, STATE_TONES

JOINED = ("client", "worker", "batch")


def seen(user: User) -> VisitQuerySet:
    """Visits of the stations whose records the user reads, or that they supervise."""
    rows: Any = Visit.objects
    return rows.visible_to(user, Permission.VIEW_RECORDS, Permission.VIEW_CLIENTS)


@dataclass(frozen=True)
class Row:
    """A visit of the list. `name`, `ask` and `condition` are "" and `url` leads nowhere for who may not read them."""

    pk: int
    station: str
    file: int
    name: str
    url: str
    due_on: date
    closed_on: date | None
    source: str
    level: str
    focus: str
    worker: str
    ask: str
    state: str
    tone: str
    late: bool
    over: bool
    is_open: bool
    condition: str
    condition_tone: str
    result_missing: bool

    @property
    def log_url(self) -> str:
        return f"{reverse('service_log')}?link=visit:{self.pk}"


def visit_rows(user: User, visits: Iterable[Visit], today: date) -> list[Row]:
    """Three queries for a page of visits that come with JOINED."""
    visits = list(visits)
    stations = {visit.station_id for visit in visits}
    names = dict(OrgUnit.objects.filter(pk__in=stations).values_list("pk", "name"))
    read = set(stations_read(user, Permission.VIEW_CLIENTS).filter(pk__in=stations).values_list("pk", flat=True))
    return [_row(visit, names[visit.station_id], visit.station_id in read, today) for visit in visits]


def _row(visit: Visit, station: str, reads: bool, today: date) -> Row:
    condition = visit.condition if reads else ""
    return Row(
        pk=visit.pk,
        station=station,
        file=visit.client_id,
        name=str(visit.client) if reads else "",
        url=reverse("visit_detail", args=[visit.pk]) if reads else "",
        due_on=visit.due_on,
        closed_on=visit.closed_on,
        source=visit.batch.title if visit.batch else str(Source(visit.source).label),
        level=visit.get_level_display() if visit.level else "",
        focus="、".join(visit.focus_words),
        worker=visit.worker.name if visit.worker else "",
        ask=visit.ask if reads else "",
        state=str(VisitState(visit.state).label),
        tone=STATE_TONES[VisitState(visit.state)],
        late=visit.is_late(today),
        over=visit.over_interval(today),
        is_open=visit.is_open,
        condition=str(Condition(condition).label) if condition else "",
        condition_tone=CONDITION_TONES[Condition(condition)] if condition else "",
        result_missing=visit.state == VisitState.MADE and not visit.condition,
    )


SORTS = {
    "due_on": ("due_on", "pk"),
    "station": ("station__unit__path", "due_on", "pk"),
    "closed_on": ("closed_on", "pk"),
}


def sorted_visits(visits: VisitQuerySet, sort: str, today: date) -> VisitQuerySet:
    """By a column; else what is most urgent first."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return visits.urgent_first(today)
    descending = "-" if sort.startswith("-") else ""
    return visits.order_by(*(f"{descending}{column}" for column in SORTS[name]))

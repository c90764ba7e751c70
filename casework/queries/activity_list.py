"""Rows of the list of community activities, and what the page of one shows. Nobody is named but on the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.gate import allowed, may
from accounts.models import User
from accounts.roles import Permission
from casework.models import Activity, ActivityRecord, ActivityState
from casework.models.activities import ActivityQuerySet
from casework.queries.group_page import score_rows
from clients.models import Client
from policies.deadlines import is_past

S = ActivityState
TONES = {S.PLANNED: "info", S.HELD: "warn", S.CONCLUDED: "ok", S.CANCELLED: "muted"}
SORTS: dict[str, tuple[Any, ...]] = {
    "station": ("station__unit__path", "-starts_on", "-id"),
    "starts_on": ("starts_on", "id"),
    "held_on": (F("held_on").asc(nulls_last=True), "id"),
}


@dataclass
class ActivityRow:
    activity: Activity
    station: str
    days: int = 0
    people: int | None = None  # None: not held
    volunteers: int = 0
    volunteer_hours: Decimal = Decimal(0)

    @property
    def tone(self) -> str:
        return TONES[S(self.activity.state)]

    @property
    def late(self) -> bool:
        """Its last planned day went by and nothing was logged."""
        return self.activity.state == S.PLANNED and is_past(self.activity.ends_on, timezone.localdate())

    @property
    def when(self) -> str:
        return span(self.activity.starts_on, self.activity.ends_on)


def span(first: date, last: date) -> str:
    """2026-10-19, or 2026-10-19 至 10-20."""
    if first == last:
        return first.isoformat()
    return f"{first.isoformat()} 至 {last.isoformat()[5 if last.year == first.year else 0 :]}"


def sorted_activities(activities: ActivityQuerySet, sort: str) -> ActivityQuerySet:
    """In the order of `?sort=`; the latest first for an unknown key."""
    order = SORTS.get(sort.removeprefix("-"))
    if order is None:
        return activities.order_by("-starts_on", "-id")
    ordered = activities.order_by(*order)
    return ordered.reverse() if sort.startswith("-") else ordered


def activity_rows(activities: Iterable[Activity]) -> list[ActivityRow]:
    """`activities` with station and unit joined. One query."""
    rows = {activity.pk: ActivityRow(activity, activity.station.unit.name) for activity in activities}
    services = ActivityRecord.objects.valid().filter(activity__in=rows)
    for key, people, volunteers, hours in services.values_list(
        "activity_id", "record__contacts", "record__volunteers", "record__volunteer_hours"
    ):
        row = rows[key]
        row.days += 1
        row.people = (row.people or 0) + people
        row.volunteers += volunteers
        row.volunteer_hours += hours
    return list(rows.values())


@dataclass(frozen=True)
class ActivitySteps:
    """What this user may do with the activity now."""

    edit: bool = False
    log: bool = False
    people: bool = False
    conclude: bool = False
    cancel: bool = False
    take_back: bool = False


def steps_open_to(user: User, activity: Activity) -> ActivitySteps:
    """No query."""
    path, state = activity.station.unit.path, activity.state
    if not may(user, Permission.EDIT_CASES, path):
        return ActivitySteps()
    logs = may(user, Permission.LOG_SERVICE, path)
    return ActivitySteps(
        edit=state in (S.PLANNED, S.HELD),
        log=logs and state in (S.PLANNED, S.HELD),
        people=logs,
        conclude=state == S.HELD,
        cancel=state == S.PLANNED,
        take_back=state in (S.CONCLUDED, S.CANCELLED),
    )


@dataclass
class DayRow:
    """One service record of the activity, with the people it names (for who may read them)."""

    row: ActivityRecord
    named: int
    names: list[str]


def activity_context(user: User, activity: Activity) -> dict[str, Any]:
    """A fixed number of queries."""
    reads = allowed(user, Permission.VIEW_CLIENTS, activity)
    [row] = activity_rows([activity])
    return {
        "activity": activity,
        "row": row,
        "reads": reads,
        "opens_records": may(user, Permission.VIEW_RECORDS, activity.station.unit.path),
        "can": steps_open_to(user, activity),
        "days": day_rows(activity, reads=reads),
        "workers": list(activity.workers.order_by("pk").values_list("name", flat=True)),
        "scores": score_rows(activity),
        "share": row.people / activity.expected if row.people is not None else None,
    }


def day_rows(activity: Activity, *, reads: bool) -> list[DayRow]:
    """The records, voided ones too, by day. Two queries."""
    found = ActivityRecord.objects.filter(activity=activity).select_related("record")
    rows = {row.record_id: DayRow(row, 0, []) for row in found.order_by("record__starts_on", "id")}
    people = Client.objects.filter(service_clients__service__in=rows).order_by("pk")
    for record_id, name in people.values_list("service_clients__service_id", "name"):
        rows[record_id].named += 1
        if reads:
            rows[record_id].names.append(name or "（已匿名）")
    return list(rows.values())

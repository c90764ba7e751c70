"""Rows of the lists of groups and of their sessions, for pages and export. Nobody is named in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from casework.models import Group, GroupMember, GroupSession, SessionAttendance
from casework.models.groups import GroupQuerySet, GroupSessionQuerySet
from casework.phases import GroupState, Phase
from policies.deadlines import is_past

TONES = {GroupState.RUNNING: "info", GroupState.ENDED: "ok", GroupState.STOPPED: "muted"}
SORTS: dict[str, tuple[Any, ...]] = {
    "station": ("station__unit__path", "-id"),
    "opened_on": ("opened_on", "id"),
    "formed_on": (F("formed_on").asc(nulls_last=True), "id"),
    "closed_on": (F("closed_on").asc(nulls_last=True), "id"),
}


@dataclass
class GroupRow:
    group: Group
    station: str
    workers: str = ""
    held: int = 0
    planned: int = 0
    last_on: date | None = None
    members: int = 0  # now, or when it was closed
    joined: int = 0  # ever
    late: date | None = None  # the first planned day that went by without a session

    @property
    def state(self) -> str:
        """“转折期” while it runs, else how it came to an end."""
        return state_words(self.group)

    @property
    def tone(self) -> str:
        return state_tone(self.group)


def state_words(group: Group) -> str:
    running = group.state == GroupState.RUNNING
    return str(Phase(group.phase).label if running else GroupState(group.state).label)


def state_tone(group: Group) -> str:
    if group.state == GroupState.RUNNING and group.phase == Phase.PREPARATION:
        return "muted"
    return TONES[GroupState(group.state)]


def sorted_groups(groups: GroupQuerySet, sort: str) -> GroupQuerySet:
    """In the order of `?sort=`; those begun last first for an unknown key."""
    order = SORTS.get(sort.removeprefix("-"))
    if order is None:
        return groups.order_by("-opened_on", "-id")
    ordered = groups.order_by(*order)
    return ordered.reverse() if sort.startswith("-") else ordered


def group_rows(groups: Iterable[Group]) -> list[GroupRow]:
    """`groups` with station and unit joined. Three queries."""
    groups = list(groups)
    rows = {group.pk: GroupRow(group, group.station.unit.name) for group in groups}
    today = timezone.localdate()
    sessions = GroupSession.objects.filter(group__in=rows).values("group").order_by()
    for found in sessions.annotate(planned=Count("id"), held=Count("held_on"), last=Max("held_on")):
        row = rows[found["group"]]
        row.planned, row.held, row.last_on = found["planned"], found["held"], found["last"]
    waiting = GroupSession.objects.waiting().filter(group__in=rows).order_by("-planned_on")
    for group_id, planned_on in waiting.values_list("group_id", "planned_on"):
        rows[group_id].late = planned_on if is_past(planned_on, today) else rows[group_id].late
    members = GroupMember.objects.filter(group__in=rows).values("group").order_by()
    still = Q(left_on=None) | Q(left_on__gt=today)
    for counts in members.annotate(joined=Count("id"), still=Count("id", filter=still)):
        row = rows[counts["group"]]
        row.joined, row.members = counts["joined"], counts["still"]
    _name_workers(rows)
    return list(rows.values())


def _name_workers(rows: dict[int, GroupRow]) -> None:
    names: dict[int, list[str]] = defaultdict(list)
    through = Group.workers.through._default_manager.filter(group__in=rows).order_by("worker_id")
    for group_id, name in through.values_list("group_id", "worker__name"):
        names[group_id].append(name)
    for key, row in rows.items():
        row.workers = "、".join(names[key])


@dataclass
class SessionRow:
    session: GroupSession
    station: str
    present: int | None = None  # None: not held
    expected: int = 0
    late: bool = False

    @property
    def group(self) -> Group:
        return self.session.group


def session_rows(sessions: Iterable[GroupSession]) -> list[SessionRow]:
    """`sessions` with group, station and unit joined. One query."""
    today = timezone.localdate()
    rows = {
        session.pk: SessionRow(
            session,
            session.group.station.unit.name,
            0 if session.held_on else None,
            late=session.held_on is None
            and session.group.state == GroupState.RUNNING
            and is_past(session.planned_on, today),
        )
        for session in sessions
    }
    counts = SessionAttendance.objects.filter(session__in=rows).values("session").order_by()
    for found in counts.annotate(all=Count("id"), came=Count("id", filter=Q(present=True))):
        row = rows[found["session"]]
        row.expected, row.present = found["all"], found["came"]
    return list(rows.values())


def attendance_total(sessions: GroupSessionQuerySet) -> int:
    """到场人次 of the sessions. One query."""
    return SessionAttendance.objects.filter(session__in=sessions.order_by().values("pk"), present=True).count()

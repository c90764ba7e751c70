"""Rows of joint meetings and of what they agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from linkage.models import Meeting, MeetingParty, MeetingService, MeetingTask, Party
from linkage.models.meetings import MeetingQuerySet
from services.models import ServiceRecord


@dataclass(frozen=True)
class MeetingRow:
    pk: int
    url: str
    held_on: date
    unit: str
    chair: str
    topics: str
    parties: str
    tasks: int
    open: int
    late: int
    services: int
    withdrawn: bool
    is_demo: bool


@dataclass(frozen=True)
class TaskRow:
    pk: int
    row: MeetingTask
    meeting_url: str
    unit: str
    late: bool


def sorted_meetings(meetings: MeetingQuerySet, sort: str) -> MeetingQuerySet:
    return meetings.select_related("unit").order_by(*(("held_on", "pk") if sort == "held_on" else ("-held_on", "-pk")))


def meeting_rows(meetings: Iterable[Meeting], today: date) -> list[MeetingRow]:
    """`meetings` with their unit: three queries for parties, tasks, services."""
    meetings = list(meetings)
    keys = [one.pk for one in meetings]
    parties: dict[int, list[str]] = defaultdict(list)
    for key, party in MeetingParty.objects.filter(meeting__in=keys).order_by("pk").values_list("meeting", "party"):
        parties[key].append(Party(party).label)
    late = Q(done_on=None, due_on__lt=today)  # as MeetingTask.is_late
    tasks = {
        row["meeting"]: row
        for row in MeetingTask.objects.filter(meeting__in=keys).order_by().values("meeting")
        .annotate(n=Count("pk"), open=Count("pk", filter=Q(done_on=None)), late=Count("pk", filter=late))
    }  # fmt: skip
    followed = dict(
        MeetingService.objects.filter(meeting__in=keys, service__voided_at=None).order_by().values("meeting")
        .annotate(n=Count("pk")).values_list("meeting", "n")
    )  # fmt: skip
    nothing = {"n": 0, "open": 0, "late": 0}
    return [
        MeetingRow(
            pk=one.pk,
            url=reverse("meeting_detail", args=[one.pk]),
            held_on=one.held_on,
            unit=one.unit.name,
            chair=one.chair,
            topics=one.topics,
            parties="、".join(parties[one.pk]),
            tasks=(found := tasks.get(one.pk, nothing))["n"],
            open=found["open"],
            late=found["late"],
            services=followed.get(one.pk, 0),
            withdrawn=one.withdrawn_at is not None,
            is_demo=one.is_demo,
        )
        for one in meetings
    ]


def task_rows(tasks: Iterable[MeetingTask], today: date) -> list[TaskRow]:
    """`tasks` with meeting and unit joined."""
    return [
        TaskRow(
            one.pk, one, reverse("meeting_detail", args=[one.meeting_id]), one.meeting.unit.name, one.is_late(today)
        )
        for one in tasks
    ]


def due_tasks(user: User, permission: Any, unit: Any, today: date) -> list[TaskRow]:
    """What is agreed and open in the user's reach, the earliest due first."""
    rows = MeetingTask.objects.visible_to(user, permission).open()
    rows = rows.under(unit) if unit else rows
    return task_rows(rows.select_related("meeting__unit").order_by("due_on", "pk")[:200], today)


def services_after(meeting: Meeting) -> list[ServiceRecord]:
    """The services that followed, those that count. One query."""
    rows = ServiceRecord.objects.filter(pk__in=MeetingService.objects.filter(meeting=meeting).values("service"))
    return list(rows.valid().select_related("station__unit").order_by("-starts_on", "-pk"))

"""What a station has planned in groups and activities, for the today page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from casework.models import Activity, GroupSession
from casework.phases import Phase
from stations.models import Station


@dataclass(frozen=True)
class Planned:
    """One session or activity that waits. `log_url` opens the entry form for it, "" where none can be logged yet."""

    on: date
    kind: str  # 小组, 社区活动
    title: str
    detail: str
    url: str
    log_url: str


def planned(station: Station, first: date, last: date) -> list[Planned]:
    """Sessions and activities of the days from `first` to `last`, by day. Two queries. Nobody is named.

    An activity that has begun stands on `first`. What was planned before `first` is asked for with an earlier `first`.
    """
    return sorted([*_sessions(station, first, last), *_activities(station, first, last)], key=lambda row: row.on)


def _sessions(station: Station, first: date, last: date) -> list[Planned]:
    rows = GroupSession.objects.waiting().filter(group__station=station, planned_on__gte=first, planned_on__lte=last)
    return [
        Planned(
            on=session.planned_on,
            kind="小组",
            title=f"{session.group.name} 第 {session.number} 节：{session.topic}",
            detail=session.group.place,
            url=reverse("group_detail", args=[session.group_id]),
            log_url="" if session.group.phase == Phase.PREPARATION else log_url(f"session:{session.pk}"),
        )
        for session in rows.select_related("group").order_by("planned_on", "id")
    ]


def _activities(station: Station, first: date, last: date) -> list[Planned]:
    rows = Activity.objects.waiting(first, last).filter(station=station).order_by("starts_on", "id")
    return [
        Planned(
            on=max(activity.starts_on, first),
            kind="社区活动",
            title=activity.name,
            detail=activity.place,
            url=reverse("activity_detail", args=[activity.pk]),
            log_url=log_url(f"activity:{activity.pk}"),
        )
        for activity in rows
    ]


def log_url(link: str) -> str:
    """The entry form for something that a service belongs to (services.links)."""
    return f"{reverse('service_log')}?link={link}"

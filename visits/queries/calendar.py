"""A month of visits by day: open ones where they are due, those that were made on their day."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q

from accounts.models import User
from accounts.roles import Permission
from clients.gate import stations_read
from common.months import Month
from stations.models import Station, StationPosting
from visits.models import CalendarFeed, Visit, VisitState

A_DAY = 4  # visits that a day of the grid shows
LISTED = 1000


@dataclass
class Day:
    day: date
    inside: bool  # of the month that is shown
    today: bool
    visits: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shown(self) -> list[dict[str, Any]]:
        return self.visits[:A_DAY]

    @property
    def more(self) -> int:
        return max(len(self.visits) - A_DAY, 0)


def stations_for(user: User) -> list[Station]:
    """Stations of whose people the user reads."""
    rows = Station.objects.filter(pk__in=stations_read(user, Permission.VIEW_CLIENTS), closed_on=None)
    return list(rows.select_related("unit").order_by("unit__path"))


def weeks_of(user: User, station: Station, month: Month, today: date, *, mine: bool) -> list[list[Day]]:
    """Whole weeks, Monday first. One query."""
    visits: Any = Visit.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(station=station)
    if mine:
        visits = visits.of_worker(user)
    first, last = month.first, month.last
    in_month = Q(state=VisitState.OPEN, due_on__gte=first, due_on__lte=last)
    in_month |= Q(state=VisitState.MADE, closed_on__gte=first, closed_on__lte=last)
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for visit in visits.filter(in_month).select_related("client").order_by("due_on", "pk")[:LISTED]:
        shown = {"pk": visit.pk, "name": str(visit.client), "made": not visit.is_open, "late": visit.is_late(today)}
        by_day[visit.closed_on or visit.due_on].append(shown)
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [[Day(day, day.month == month.month, day == today, by_day.get(day, [])) for day in week] for week in weeks]


def overdue(user: User, station: Station, today: date, *, mine: bool) -> dict[str, Any]:
    """{count, first}: open visits that are past their day, of whatever month, and the earliest such day. One query."""
    visits: Any = Visit.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(station=station).overdue_at(today)
    if mine:
        visits = visits.of_worker(user)
    return visits.aggregate(count=Count("pk"), first=Min("due_on"))


def agenda(weeks: Iterable[Iterable[Day]]) -> list[Day]:
    """The days with visits, for a phone."""
    return [day for week in weeks for day in week if day.inside and day.visits]


def feed_of(user: User, station: Station) -> CalendarFeed | None:
    """The address that works now."""
    return CalendarFeed.objects.filter(user=user, station=station, revoked_at=None).first()


def feed_visits(feed: CalendarFeed) -> Any:
    """Open visits of the station; to one of its workers those of others are left out."""
    visits: Any = Visit.objects.open().filter(station=feed.station_id).select_related("client")
    if StationPosting.objects.current().filter(station=feed.station_id, worker__user=feed.user_id).exists():
        visits = visits.of_worker(feed.user)
    return visits.order_by("due_on", "pk")[:LISTED]


def feed_by_key(pk: int, key_hash: str) -> CalendarFeed | None:
    """The feed with this key, unless it was stopped or its user may no longer read of the station's people."""
    rows = CalendarFeed.objects.filter(pk=pk, key_hash=key_hash, revoked_at=None)
    feed = rows.select_related("user", "station__unit").first()
    if feed is None or not feed.user.is_active or not feed.allows(feed.user, Permission.VIEW_CLIENTS):
        return None
    return feed

"""The visits of one person, and those that a station's today page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from stations.models import Station
from visits.models import Visit, VisitState
from visits.queries.listing import Row, visit_rows

LAST = 8  # closed visits that the card shows
TODAY_ROWS = 8
SOON = timedelta(days=3)


def visits_of(client: Client) -> list[Visit]:
    """Open ones by day, then the last closed ones, newest first; over all files of the person."""
    rows = Visit.objects.filter(Q(client=client.person_id) | Q(client__merged_into=client.person_id))
    rows = rows.select_related("worker", "batch")
    closed = rows.exclude(state__in=[VisitState.OPEN, VisitState.CANCELLED]).order_by("-closed_on", "-pk")[:LAST]
    return [*rows.open().order_by("due_on", "pk"), *closed]


@dataclass(frozen=True)
class TodayVisits:
    """Visits of a station that are overdue, due today or within days; `more`: how many are not shown."""

    rows: list[Row]
    overdue: int
    due: int  # today
    without_result: list[Row]

    @property
    def more(self) -> int:
        return max(self.overdue + self.due - len(self.rows), 0)


def today_visits(user: User, station: Station, today: date) -> TodayVisits | None:
    """For templates/reporting/_today_visits.html; None when there is nothing. Six queries."""
    here: Any = Visit.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(station=station)
    mine = here.open().of_worker(user)
    first = list(
        mine.filter(due_on__lte=today + SOON)
        .urgent_first(today)
        .select_related(*("client", "worker", "batch"))[:TODAY_ROWS]
    )
    missing = here.without_result().filter(record__entered_by=user, closed_on__gte=today - timedelta(days=14))
    missing = list(missing.select_related("client", "worker", "batch").order_by("-closed_on", "-pk")[:3])
    if not first and not missing:
        return None
    rows = {row.pk: row for row in visit_rows(user, [*first, *missing], today)}
    return TodayVisits(
        rows=[rows[visit.pk] for visit in first],
        overdue=mine.filter(due_on__lt=today).count(),
        due=mine.filter(due_on=today).count(),
        without_result=[rows[visit.pk] for visit in missing],
    )

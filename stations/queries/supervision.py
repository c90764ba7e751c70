"""Rows of the list of supervisors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from stations.models import Worker


@dataclass(frozen=True)
class SupervisedStation:
    pk: int
    name: str
    url: str
    lead: bool
    since: date
    end_url: str


@dataclass
class SupervisorRow:
    """A supervisor with the stations of the user's scope; `url` only for a worker whom the user sees."""

    name: str
    kind: str
    url: str
    stations: list[SupervisedStation] = field(default_factory=list)

    @property
    def leads(self) -> int:
        return sum(1 for station in self.stations if station.lead)


SORTS: dict[str, Callable[[SupervisorRow], Any]] = {
    "name": lambda row: row.name,
    "stations": lambda row: len(row.stations),
    "leads": lambda row: row.leads,
}


def supervisor_rows(assigned: Any, word: str, user: User, sort: str = "") -> list[SupervisorRow]:
    """These assignments by supervisor in the order of `sort`, for an unknown key who has most stations first; only
    names with `word`. Two queries.
    """
    found: dict[tuple[str, int], SupervisorRow] = {}
    rows = list(assigned.select_related("worker", "user", "station__unit").order_by("station__unit__path", "pk"))
    workers = {row.worker_id for row in rows if row.worker_id}
    seen = set(
        Worker.objects.visible_to(user, Permission.VIEW_WORKERS).filter(pk__in=workers).values_list("pk", flat=True)
    )
    for row in rows:
        if word and word not in row.supervisor.name:
            continue
        key = ("w", row.worker_id) if row.worker_id else ("u", row.user_id)
        if key not in found:
            url = reverse("worker_detail", args=[row.worker_id]) if row.worker_id in seen else ""
            found[key] = SupervisorRow(row.supervisor.name, "社工" if row.worker_id else "登录账号", url)
        found[key].stations.append(
            SupervisedStation(
                row.station_id,
                row.station.unit.name,
                reverse("station_detail", args=[row.station_id]),
                row.lead,
                row.starts_on,
                reverse("supervisor_end", args=[row.pk]) if row.ends_on is None else "",
            )
        )
    ordered = sorted(found.values(), key=lambda row: (-len(row.stations), row.name))
    by = SORTS.get(sort.removeprefix("-"))
    return sorted(ordered, key=by, reverse=sort.startswith("-")) if by else ordered

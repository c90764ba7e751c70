"""The life of a station as dated events. A room above adds its own:

    @timeline(permission=Permission.VIEW_CONTRACTS)
    def contracts(user: User, station: Station) -> Iterable[Event]:
        for contract in Contract.objects.filter(stations=station):
            yield Event(contract.starts_on, "合同开始", f"{contract.agency} · {contract.number}", url="…")

in its module `timeline.py`, which AppConfig.ready imports. A source is asked only for who holds `permission` at the
station, and takes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from stations.models import Station


@dataclass(frozen=True)
class Event:
    """Something that happened at the station. `actor`: who did it, where that is kept; `url`: the record behind it."""

    on: date
    title: str
    detail: str = ""
    url: str = ""
    actor: str = ""


Source = Callable[[User, Station], Iterable[Event]]
SOURCES: list[tuple[Permission, Source]] = []


def timeline(*, permission: Permission = Permission.VIEW) -> Callable[[Source], Source]:
    """Declare a source of events."""

    def declare(source: Source) -> Source:
        SOURCES.append((permission, source))
        return source

    return declare


def events_of(user: User, station: Station, *, newest_first: bool = False) -> list[Event]:
    """All events that this user may read, by date; those of one day in the order of their sources, or turned round."""
    path = station.unit.path
    found = [event for permission, source in SOURCES if may(user, permission, path) for event in source(user, station)]
    found.sort(key=lambda event: event.on)
    return found[::-1] if newest_first else found


def years_of(events: Iterable[Event]) -> list[tuple[int, list[Event]]]:
    """Events in their order, by year."""
    return [(year, list(group)) for year, group in groupby(events, key=lambda event: event.on.year)]

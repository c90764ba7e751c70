"""Staffing against the standard by date (R3, R10): stations that are short of workers, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse

from policies.models import ProvisionKind
from policies.queries import RuleBook
from stations.models import StationKind, StationPosting, SupervisorAssignment
from stations.queries.people_rules import ruled
from stations.queries.where import names_between


@dataclass(frozen=True)
class ShortStation:
    """A station with fewer workers than its rule asks for."""

    pk: int
    name: str
    place: str
    url: str
    have: int
    need: int
    missing: int
    source: dict[str, str] | None


@dataclass(frozen=True)
class Staffing:
    """`judged`: stations for which a rule holds; `unsupervised`: completed stations without a lead supervisor."""

    stations: int
    judged: int
    workers: int
    short: list[ShortStation]
    unsupervised: int

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.short)

    @property
    def empty(self) -> int:
        return sum(1 for row in self.short if not row.have)


def posted_at(stations: Any, on: date) -> dict[int, int]:
    """Station → workers posted on `on`, where there are any. One query."""
    rows = StationPosting.objects.at(on).filter(station__in=stations).order_by()
    return dict(rows.values("station").annotate(there=Count("pk")).values_list("station", "there"))


def staffing(stations: Any, on: date, *, below: str = "") -> Staffing:
    """Of these stations (a queryset), those completed by `on`; rooms have no staff of their own. Six queries.

    The worst first: who misses most, then by the tree.
    """
    standing = stations.completed(on).filter(kind=StationKind.STATION).order_by("unit__path")
    units = list(standing.values_list("pk", "unit__path", "unit__name"))
    there = posted_at(standing.order_by().values("pk"), on)
    book = RuleBook.load(path for _, path, _ in units)
    rules = {key: ruled(book, ProvisionKind.STAFFING, "workers", path, on) for key, path, _ in units}
    short = [
        (key, path, name, there.get(key, 0), rule.value, rule.source)
        for key, path, name in units
        if (rule := rules[key]).value is not None and there.get(key, 0) < rule.value
    ]
    where = names_between([(key, path, name) for key, path, name, *_ in short], below)
    led = SupervisorAssignment.objects.at(on).filter(lead=True, station__in=standing.order_by().values("pk")).order_by()
    rows = [
        ShortStation(
            pk=key,
            name=name,
            place=where[key],
            url=reverse("station_detail", args=[key]),
            have=have,
            need=need,
            missing=need - have,
            source=cited,
        )
        for key, _, name, have, need, cited in short
    ]
    rows.sort(key=lambda row: -row.missing)
    return Staffing(
        stations=len(units),
        judged=sum(1 for rule in rules.values() if rule.value is not None),
        workers=sum(there.values()),
        short=rows,
        unsupervised=len(units) - led.values("station").distinct().count(),
    )

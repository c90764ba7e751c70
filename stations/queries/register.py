"""Rows of the register book 站点台账: one station with everything that is kept of it, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Min
from django.utils import timezone

from accounts.models import Level, OrgUnit
from common.paths import ancestors
from stations import basics
from stations.models import Hosting, Station, StationStatus, StatusSpell
from stations.queries.station_list import (
    KIND_WORDS,
    STATUS_WORDS,
    UNCHECKED,
    checks_at,
    statuses_at,
    workers_at,
)

HOSTING_WORDS: dict[str, str] = dict(Hosting.choices)
MET_WORDS = {True: "达标", False: "未达标", None: "未检查"}


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A station as of a day; dates are None where the fact is not there."""

    station: Station
    city: str
    county: str
    township: str
    kind: str
    status: str
    since: date | None
    accepted_on: date | None
    sign_hung_on: date | None
    operating_since: date | None
    hosting: str
    dimensions: tuple[str, ...]  # in the order of Dimension
    workers: int
    certified: int
    judgement: str


def register_rows(stations: Iterable[Station], on: date) -> list[RegisterRow]:
    """`stations` with their unit and provision joined, as of `on`: five queries."""
    stations = list(stations)
    keys = [station.pk for station in stations]
    statuses, checks, workers = statuses_at(keys, on), checks_at(keys, on), workers_at(keys, on)
    first = _first_days(keys, on)
    above = {path for station in stations for path in ancestors(station.unit.path)[Level.CITY : Level.STATION]}
    names = dict(OrgUnit.objects.filter(path__in=above).order_by().values_list("path", "name"))
    today = timezone.localdate()
    rows = []
    for station in stations:
        status, since = statuses.get(station.pk, ("", None))
        steps = [names.get(path, "") for path in ancestors(station.unit.path)[Level.CITY : Level.STATION]]
        city, county, township = [*steps, "", "", ""][:3]
        total, certified = workers.get(station.pk, (0, 0))
        rows.append(
            RegisterRow(
                station=station,
                city=city,
                county=county,
                township=township,
                kind=KIND_WORDS[station.kind],
                status=STATUS_WORDS.get(status, ""),
                since=since,
                accepted_on=first.get((station.pk, StationStatus.ACCEPTED)),
                sign_hung_on=first.get((station.pk, StationStatus.SIGN_HUNG)),
                operating_since=first.get((station.pk, StationStatus.OPERATING)),
                hosting=HOSTING_WORDS.get(station.hosting, ""),
                dimensions=tuple(MET_WORDS[met] for met in checks.get(station.pk, UNCHECKED)),
                workers=total,
                certified=certified,
                judgement=basics.judge(station.judged_due(), station.basics_entered_on, today).words,
            )
        )
    return rows


def _first_days(keys: list[int], on: date) -> dict[tuple[int, str], date]:
    """(station, status) → the day on which it was first accepted, hung its sign or operated, by `on`."""
    spells = StatusSpell.objects.filter(
        station__in=keys,
        status__in=[StationStatus.ACCEPTED, StationStatus.SIGN_HUNG, StationStatus.OPERATING],
        starts_on__lte=on,
    )
    days = spells.order_by().values("station_id", "status").annotate(day=Min("starts_on"))
    return {(row["station_id"], row["status"]): row["day"] for row in days}

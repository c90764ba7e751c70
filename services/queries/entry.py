"""What the entry form offers: stations, the team, titles of late, the last record to copy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from services import rules
from services.models import ServiceRecord
from services.queries.judging import postings_between
from stations.models import Station, StationPosting, Worker

TITLES_LOOKED_AT = 40
TITLES_OFFERED = 8


def stations_in_reach(user: User) -> QuerySet[Station]:
    """Stations that the user sees at all."""
    return Station.objects.visible_to(user).select_related("unit")


def loggable_stations(user: User) -> QuerySet[Station]:
    """Stations where the user may log: completed and not closed; a township's own station before its rooms."""
    return (
        Station.objects.visible_to(user, Permission.LOG_SERVICE)
        .filter(completed_on__isnull=False, closed_on=None)
        .select_related("unit")
        .order_by("unit__path")
    )


def usual_station(user: User, stations: list[Station]) -> Station | None:
    """Of these stations: where the user is posted as a worker, else where they logged last, else the first."""
    if len(stations) < 2:
        return next(iter(stations), None)
    by_pk = {station.pk: station for station in stations}
    posted = StationPosting.objects.current().filter(worker__user=user, station__in=by_pk).values_list("station_id")
    logged = ServiceRecord.objects.filter(entered_by=user, station__in=by_pk).order_by("-pk").values_list("station_id")
    for answer in (posted, logged):
        if (found := answer.first()) is not None:
            return by_pk[found[0]]
    return stations[0]


def team_choices(station: Station, first: date, last: date) -> QuerySet[Worker]:
    """Workers posted to the station on some day from `first` to `last`. Their numbers stay unread."""
    posted = postings_between(station, first, last).values("worker")
    return Worker.objects.filter(pk__in=posted).only("pk", "name", "user_id").order_by("pk")


def recent_titles(station: Station) -> list[str]:
    """The last titles typed at the station, each once, newest first."""
    rows = ServiceRecord.objects.filter(station=station).order_by("-starts_on", "-id").values_list("title", flat=True)
    return list(dict.fromkeys(rows[:TITLES_LOOKED_AT]))[:TITLES_OFFERED]


def differs(record: ServiceRecord, typed: dict[str, Any], now: datetime) -> bool:
    """Do facts and workers as typed say anything else than the record? Raises ValidationError for bad facts."""
    facts = {name: value for name, value in typed.items() if name != "workers"}
    clean = rules.clean(facts, today=timezone.localdate(now)).as_dict()
    workers = {worker.pk for worker in typed["workers"]}
    return (
        any(getattr(record, name) != value for name, value in clean.items())
        or set(record.workers.values_list("pk", flat=True)) != workers
    )


def last_record(user: User, station: Station) -> ServiceRecord | None:
    """The user's last entry at the station that still counts."""
    return ServiceRecord.objects.valid().filter(station=station, entered_by=user).order_by("-pk").first()

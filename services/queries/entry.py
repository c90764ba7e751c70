"""What the entry form offers: stations, the team, titles of late, the last record to copy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from files.models import Attachment
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


def differs(record: ServiceRecord, facts: dict[str, Any], typed: dict[str, Any], now: datetime) -> bool:
    """Does what was sent say anything else than the record? `facts` are the form's, `typed` is its cleaned data.

    Raises ValidationError for bad facts.
    """
    said = {name: value for name, value in facts.items() if name not in ("workers", "clients")}
    clean = rules.clean(said, today=timezone.localdate(now)).as_dict()
    if any(getattr(record, name) != value for name, value in clean.items()):
        return True
    if set(record.workers.values_list("pk", flat=True)) != {worker.pk for worker in facts["workers"]}:
        return True
    return _others_served(record, facts["clients"], typed.get("new_clients") or []) or _more_photos(record, typed)


def _others_served(record: ServiceRecord, clients: list[Client] | None, new: list[str]) -> bool:
    """Are other people named? Those whose file the first submit opened come by their names again."""
    if clients is None:
        return False
    there = dict(record.service_clients.values_list("client_id", "client__name"))
    chosen = {client.pk for client in clients}
    opened = sorted(name for pk, name in there.items() if pk not in chosen)
    return bool(chosen - there.keys()) or opened != sorted(new)


def _more_photos(record: ServiceRecord, typed: dict[str, Any]) -> bool:
    """Did photos come that the record has not?"""
    sent = {photo.sha256 for photo in typed.get("photo") or ()}
    if not sent:
        return False
    kept = Attachment.objects.on(ServiceRecord).filter(target_id=record.pk)
    return bool(sent - set(kept.values_list("sha256", flat=True)))


def last_record(user: User, station: Station) -> ServiceRecord | None:
    """The user's last entry at the station that still counts."""
    return ServiceRecord.objects.valid().filter(station=station, entered_by=user).order_by("-pk").first()

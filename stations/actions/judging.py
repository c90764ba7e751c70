"""Judging when the basics of stations are due (R5): at completion, and again when a document changes the rule."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import AuditEvent, OrgUnit
from policies.models import JUDGED, ProvisionKind
from policies.queries import NoRule, RuleBook
from stations import stale
from stations.models import Station

BATCH = 500


def judge_basics(station: Station, rules: RuleBook, completed_on: date) -> str:
    """Put on the station (unsaved) when its basics are due, why, and by which provision. Returns document and clause.

    Raises ValidationError where no rule was ever loaded.
    """
    try:
        due = rules.due(ProvisionKind.STATION_BASICS, station.unit.path, completed_on)
    except NoRule as error:
        raise ValidationError(str(error)) from None
    station.judge_by(due)
    return due.citation


@transaction.atomic
def judge_again(*, path: str, since: date | None) -> int:
    """Judge the completed stations at or below `path` again, those completed since `since`. Returns how many changed.

    A document may settle the past (R5: 2023-05-31 for stations that stood already) and is often entered after them.
    """
    stations = Station.objects.in_paths([path]).filter(completed_on__isnull=False)
    if since:
        stations = stations.filter(completed_on__gte=since)
    rules = RuleBook.load()
    changed: list[Station] = []
    events: list[AuditEvent] = []
    dues: list[date] = []
    for station in stations.select_for_update(of=("self",)).select_related("unit"):
        if station.completed_on is None:
            continue
        before, old = audit.told(station), [getattr(station, name) for name in JUDGED]
        basis = judge_basics(station, rules, station.completed_on)
        if old == [getattr(station, name) for name in JUDGED]:
            continue
        changed.append(station)
        dues += [day for day in (old[0], station.due_on) if day]
        changes = audit.changes(before, audit.told(station)) | {"截止依据": [None, basis]}
        verb = "按新规定重新判定录入期限"
        events.append(audit.event(by=None, verb=verb, target=station, unit=station.unit, changes=changes))
    if changed:
        Station.objects.bulk_update(changed, ["due_on", "due_reason", "due_provisional", "due_provision"], BATCH)
        AuditEvent.objects.bulk_create(events, BATCH)
        stale.mark(OrgUnit.objects.get(path=path).pk, stale.months_since(min(dues)))
    return len(changed)

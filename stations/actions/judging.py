"""Judging when the basics of stations are due (R5): at completion, and again when a document changes the rule."""

from __future__ import annotations

from datetime import date
from time import monotonic

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import AuditEvent, OrgUnit
from common.nudge import wake
from policies.models import JUDGED, ProvisionKind
from policies.queries import NoRule, RuleBook
from stations import stale
from stations.models import Station
from stations.models.stale import PendingJudgement

JUDGE = "stations.judge_again"  # the task of stations.tasks
BATCH = 500  # stations in one transaction
LONGEST = 45.0  # seconds, after which a task ends and leaves the rest to the next


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
def judge_again(*, path: str, since: date | None) -> None:
    """Judge the completed stations at or below `path` again, those completed since `since`.

    A document may settle the past (R5: 2023-05-31 for stations that stood already) and is often entered after them.
    The first BATCH are judged at once, so that what a county enters is seen on the next page; a worker does the rest
    of a province, while the page that entered it has long answered.
    """
    pending = PendingJudgement.objects.create(unit=OrgUnit.objects.get(path=path), since=since)
    _judge_some(pending)
    if pending.pk:
        transaction.on_commit(lambda: wake(JUDGE))


def judge_pending(*, seconds: float = LONGEST) -> None:
    """Judge what changed rules left behind, a batch in a transaction, until nothing is left or the time is over."""
    end = monotonic() + seconds
    while _judge_next() and monotonic() < end:
        pass


@transaction.atomic
def _judge_next() -> bool:
    """The row's lock is the lease: a second worker passes it over, and after a crash the batch is done again."""
    pending = PendingJudgement.objects.select_for_update(skip_locked=True, of=("self",)).select_related("unit")
    first = pending.order_by("id").first()
    if first is None:
        return False
    _judge_some(first)
    return True


def _judge_some(pending: PendingJudgement) -> None:
    """The next BATCH stations; the row is gone after the last."""
    rows = Station.objects.under(pending.unit).filter(completed_on__isnull=False, unit__path__gt=pending.judged_to)
    if pending.since:
        rows = rows.filter(completed_on__gte=pending.since)
    held = rows.select_for_update(of=("self",)).select_related("unit").order_by("unit__path")
    stations = list(held[:BATCH])
    _judge_each(stations)
    if len(stations) < BATCH:
        pending.delete()
    else:
        pending.judged_to = stations[-1].unit.path
        pending.save(update_fields=["judged_to"])


def _judge_each(stations: list[Station]) -> None:
    rules = RuleBook.load([station.unit.path for station in stations])
    changed: list[Station] = []
    events: list[AuditEvent] = []
    stale_since: dict[int, date] = {}
    for station in stations:
        if station.completed_on is None:
            continue
        before, old = audit.told(station), [getattr(station, name) for name in JUDGED]
        basis = judge_basics(station, rules, station.completed_on)
        if old == [getattr(station, name) for name in JUDGED]:
            continue
        changed.append(station)
        stale_since[station.pk] = min(day for day in (old[0], station.due_on) if day)
        changes = audit.changes(before, audit.told(station)) | {"截止依据": [None, basis]}
        verb = "按新规定重新判定录入期限"
        events.append(audit.event(by=None, verb=verb, target=station, unit=station.unit, changes=changes))
    if changed:
        Station.objects.bulk_update(changed, ["due_on", "due_reason", "due_provisional", "due_provision"])
        AuditEvent.objects.bulk_create(events)
        stale.mark_all({key: stale.months_since(day) for key, day in stale_since.items()})

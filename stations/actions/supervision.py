"""Who supervises which stations 督导, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from common import checks
from stations import stale
from stations.actions.locks import locked_station, locked_worker
from stations.models import Station, SupervisorAssignment, Worker


def close_supervision(*, by: User | None, assignment: SupervisorAssignment, on: date, note: str) -> None:
    """End an assignment, `on` checked; join its `station__unit`, `worker` and `user`."""
    assignment.ends_on = on
    assignment.save(update_fields=["ends_on"])
    stale.mark(assignment.station_id, stale.months_since(on))
    audit.record(
        by=by,
        verb="结束督导",
        target=assignment.station,
        unit=assignment.station.unit,
        changes={"督导": [str(assignment.supervisor), None], "结束日期": [None, str(on)]},
        reason=note,
    )


def _assign(
    station: Station, who: dict[str, Any], *, lead: bool, on: date, note: str, by: User | None
) -> SupervisorAssignment:
    """At one locked station. A new lead takes the place of the one before."""
    supervisor = who["worker"] or who["user"]
    if station.closed_on:
        raise ValidationError({"stations": f"{station}已于 {station.closed_on} 撤销"})
    rows = SupervisorAssignment.objects.filter(station=station).select_related("worker", "user", "station__unit")
    if standing := rows.current().filter(**who).first():
        raise ValidationError({"stations": f"{supervisor}已是{station}的督导（{standing.starts_on} 起）"})
    before = rows.filter(lead=True).order_by("-starts_on", "-pk").first() if lead else None
    since = (before.ends_on or before.starts_on) if before else None
    checks.past_day(on, field="on", label="督导起始日期", since=since, since_label=f"{station}上一任主责督导的日期")
    if before and before.ends_on is None:
        close_supervision(by=by, assignment=before, on=on, note=note)
    row = SupervisorAssignment.objects.create(station=station, lead=lead, starts_on=on, note=note, **who)
    stale.mark(station.pk, stale.months_since(on))
    audit.record(
        by=by,
        verb="安排督导",
        target=station,
        unit=station.unit,
        changes={"督导": [None, str(supervisor)], "主责": [None, lead], "起始日期": [None, str(on)]},
        reason=note,
    )
    return row


@transaction.atomic
def assign_supervisor(
    *,
    by: User | None,
    stations: Iterable[Station],
    worker: Worker | None = None,
    user: User | None = None,
    lead: bool,
    on: date,
    note: str = "",
) -> list[SupervisorAssignment]:
    """A worker or a user supervises these stations from `on`; as `lead` they take the place of the lead before.

    All of them or none. Raises ValidationError: not exactly one of worker and user, no station, a closed one, one that
    they supervise already, a day in the future or before the last lead began.
    """
    if (worker is None) == (user is None):
        raise ValidationError({"worker": "请选择一名督导：社工或登录账号，只选一项"})
    stations = sorted(stations, key=lambda station: station.pk)
    if not stations:
        raise ValidationError({"stations": "请至少选择一个站点"})
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="督导起始日期"), note=lambda: checks.note(note)
    )
    locked = [locked_station(station) for station in stations]
    if worker:
        locked_worker(worker)  # does not leave at the same moment
    who = {"worker": worker, "user": user}
    return [_assign(station, who, lead=lead, by=by, **clean) for station in locked]


@transaction.atomic
def end_supervision(
    *, by: User | None, assignment: SupervisorAssignment, on: date, note: str = ""
) -> SupervisorAssignment:
    """The supervision ends: `on` is the first day without it. Raises ValidationError: ended already, a wrong day."""
    locked_station(assignment.station)
    rows = SupervisorAssignment.objects.select_related("worker", "user", "station__unit")
    assignment = rows.get(pk=assignment.pk)
    if assignment.ends_on:
        raise ValidationError(f"这项督导已于 {assignment.ends_on} 结束")
    since = assignment.starts_on
    on = checks.past_day(on, field="on", label="督导结束日期", since=since, since_label="督导起始日期")
    close_supervision(by=by, assignment=assignment, on=on, note=checks.note(note))
    return assignment

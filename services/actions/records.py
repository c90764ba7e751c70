"""Log, correct and void a service (R6).

Every write first takes the row lock of its station, so that a service logged at the moment of a month's lock is
either in the month before the lock or refused, and so that a repeated submit finds the first one's record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from clients.models import Client
from common.checks import uuid_or_none, without_names
from common.months import Month
from services import moments, rules, signals
from services.actions import people, review, warnings
from services.actions.months import hold
from services.links import Linked
from services.models import MonthLock, ServiceRecord, ServiceWorker
from services.models.records import PERSONAL
from services.queries import postings_between, preview_due
from services.rules import Facts
from stations import stale
from stations.models import Station, StationStatus, Worker

SERVING = frozenset({StationStatus.COMPLETED, StationStatus.ACCEPTED, StationStatus.SIGN_HUNG, StationStatus.OPERATING})
MAX_WORKERS = 50


class MonthLocked(ValidationError):
    """The month's report is submitted; the message says whom to ask."""

    def __init__(self, month: Month) -> None:
        super().__init__({NON_FIELD_ERRORS: [ValidationError(rules.locked_words(month), code="month_locked")]})


class NothingChanged(ValidationError):
    """A correction that says what the record says already."""

    def __init__(self) -> None:
        super().__init__("没有任何改动，无需更正")


@transaction.atomic
def log_service(
    *,
    by: User | None,
    station: Station,
    client_id: uuid.UUID | str,
    workers: Iterable[Worker],
    clients: Iterable[Client] = (),
    link: Linked | None = None,
    now: datetime | None = None,
    captured_at: datetime | None = None,
    **fields: Any,
) -> tuple[ServiceRecord, bool]:
    """Save one service and judge its entry (R6) at `now`; (record, True), or (the first record, False) for a repeat.

    `captured_at` is when a phone without a connection saved it, by our clock: if plausible it is the moment of entry
    (services.moments), and locks, postings and stations are asked at `now` all the same. `fields` are those of
    services.rules.Facts; `clients` are the people served who have a file, at most as many as the contacts; `link` is
    what the record belongs to. Raises ValidationError by field, MonthLocked.
    """
    now = now or timezone.now()
    client_id = _client_id(client_id)
    hold(station)
    if first := ServiceRecord.objects.filter(client_id=client_id).first():
        return _same_submit(first, by, station), False
    facts = rules.clean(fields, today=timezone.localdate(now))
    month = Month.of(facts.starts_on)
    _refuse_locked(station, month)
    _check_station(station, facts)
    team = _team(station, workers, facts)
    served = people.checked(clients, station, facts)
    _refuse_names("", facts.title, (), served)
    due = preview_due(station, facts.ends_on)
    entered_at = moments.entered_at(captured_at, now, facts.ends_on)
    record = ServiceRecord(
        client_id=client_id,
        station=station,
        month=month,
        administrative=facts.administrative,
        entered_at=entered_at,
        captured_at=captured_at,
        received_at=now if captured_at else None,
        entered_by=by,
        on_time=not due.is_late(entered_at),
        is_demo=station.is_demo,
        **facts.as_dict(),
    )
    record.judge_by(due)
    try:
        with transaction.atomic():  # the same id may come for another station, whose lock we do not hold
            record.save(force_insert=True)
    except IntegrityError:
        first = ServiceRecord.objects.filter(client_id=client_id).first()
        if first is None:
            raise
        return _same_submit(first, by, station), False
    ServiceWorker.objects.bulk_create(ServiceWorker(service=record, worker=worker) for worker in team)
    people.put(record, served)
    if link:
        link.link.attach(by=by, record=record, row=link.row)
    warnings.look(record)
    signals.logged.send(sender=ServiceRecord, record=record, by=by)
    shown = ("title", "method", "starts_on", "ends_on", "contacts", "on_time", "captured_at")
    after = audit.state(record)
    audit.record(
        by=by,
        verb="登记服务",
        target=record,
        unit=station.unit,
        changes=audit.changes({}, {name: after[name] for name in shown}),
    )
    stale.mark(station.unit_id, stale.months_since(month.first))  # promises of contracts are counted to date
    return record, True


@transaction.atomic
def correct_service(
    *,
    by: User | None,
    record: ServiceRecord,
    reason: str,
    workers: Iterable[Worker] | None = None,
    clients: Iterable[Client] | None = None,
    now: datetime | None = None,
    **fields: Any,
) -> ServiceRecord:
    """Change the given facts (and `workers`, `clients`, unless None) of a record; returns it as saved.

    The moment of entry stays. Only a new end date has the entry judged again, and never for the better: a late
    entry keeps its judgement rather than become punctual. Raises ValidationError by field, MonthLocked.
    """
    reason = rules.clean_reason(reason)
    now = now or timezone.now()
    record = _fresh(record)
    if record.voided_at:
        raise ValidationError("已作废的记录不能更正")
    station, old_month, old_end = record.station, record.month, record.ends_on
    facts = rules.clean(
        {**{name: getattr(record, name) for name in rules.CHECKS}, **fields}, today=timezone.localdate(now)
    )
    month = Month.of(facts.starts_on)
    _refuse_locked(station, old_month, month)
    old_team = list(Worker.objects.filter(services=record).only("pk", "name").order_by("pk"))
    dates_moved = (facts.starts_on, facts.ends_on) != (record.starts_on, record.ends_on)
    team = old_team if workers is None else list(workers)
    team_moved = {worker.pk for worker in team} != {worker.pk for worker in old_team}
    if dates_moved:
        _check_station(station, facts)
    if dates_moved or team_moved:  # else what was right at entry stays, whatever postings say by now
        team = _team(station, team, facts)
    old_clients = people.named(record)
    served = old_clients if clients is None else list(clients)
    clients_moved = {client.pk for client in served} != {client.pk for client in old_clients}
    if dates_moved or clients_moved:
        served = people.checked(served, station, facts, named={client.pk for client in old_clients})
    elif len(served) > facts.contacts:
        raise ValidationError({"contacts": f"已选 {len(served)} 名服务对象，服务人次不能少于 {len(served)}"})
    _refuse_names(reason, facts.title if clients_moved or facts.title != record.title else "", old_clients, served)
    private = PERSONAL if old_clients or served else frozenset()
    before = {
        **audit.state(record, private),
        "workers": [worker.name for worker in old_team],
        **people.told(old_clients),
    }
    for name, value in facts.as_dict().items():
        setattr(record, name, value)
    record.month, record.administrative = month, facts.administrative
    if facts.ends_on != old_end:
        due = preview_due(station, facts.ends_on)
        late = due.is_late(record.entered_at)
        if record.on_time or late:
            record.judge_by(due)
            record.on_time = not late
    after = {**audit.state(record, private), "workers": [worker.name for worker in team], **people.told(served)}
    changes = audit.changes(before, after)
    if not changes and not team_moved:
        raise NothingChanged
    review.reopen(record, by, now)
    record.save()
    if team_moved:
        _set_team(record, old_team, team)
    if dates_moved or clients_moved:  # what somebody counts as follows the day
        people.replace(record, served)
    warnings.look(record)
    signals.corrected.send(sender=ServiceRecord, record=record, by=by)
    audit.record(by=by, verb="更正服务", target=record, unit=station.unit, changes=changes, reason=reason)
    stale.mark(station.unit_id, stale.months_since(min(old_month, month).first))
    return record


@transaction.atomic
def void_service(*, by: User | None, record: ServiceRecord, reason: str, now: datetime | None = None) -> ServiceRecord:
    """Take a record out of every count; it stays visible with its reason. Raises ValidationError, MonthLocked."""
    reason = rules.clean_reason(reason)
    record = _fresh(record)
    if record.voided_at:
        raise ValidationError("这条记录已经作废")
    _refuse_locked(record.station, record.month)
    _refuse_names(reason, "", people.named(record), ())
    before = audit.state(record)
    record.voided_at = now or timezone.now()
    record.void_reason = reason
    record.save(update_fields=["voided_at", "void_reason"])
    record.service_clients.update(counted=False)
    signals.voided.send(sender=ServiceRecord, record=record, by=by)
    changes = audit.changes(before, audit.state(record))
    audit.record(by=by, verb="作废服务", target=record, unit=record.station.unit, changes=changes, reason=reason)
    stale.mark(record.station.unit_id, stale.months_since(record.month.first))
    return record


# ---- pieces ---------------------------------------------------------------------------------------------------------


def _fresh(record: ServiceRecord) -> ServiceRecord:
    """The record as it stands once its station and its own row are held: who reviews it holds the row alone."""
    hold(record.station)
    rows = ServiceRecord.objects.select_for_update(of=("self",), no_key=True).select_related("station__unit")
    return rows.get(pk=record.pk)


def _client_id(value: uuid.UUID | str) -> uuid.UUID:
    key = uuid_or_none(value)
    if key is None:
        raise ValidationError({"client_id": "提交编号无效，请刷新页面后重新填写"})
    return key


def _same_submit(first: ServiceRecord, by: User | None, station: Station) -> ServiceRecord:
    """The record of an earlier submit with this id; to anyone else it is only an id in use."""
    if first.station_id != station.pk or first.entered_by_id != (by.pk if by else None):
        raise ValidationError({"client_id": "提交编号已被使用，请刷新页面后重新填写"})
    return first


def _refuse_names(reason: str, title: str, before: Iterable[Client], served: Iterable[Client]) -> None:
    """Officials, who see how many people a record names, read its title, and auditors the reason."""
    served = list(served)
    without_names(title, (client.name for client in served), field="title", label=rules.LABELS["title"])
    without_names(reason, (client.name for client in (*before, *served)))


def _refuse_locked(station: Station, *months: Month) -> None:
    lock = MonthLock.objects.filter(station=station, month__in=set(months)).order_by("month").first()
    if lock:
        raise MonthLocked(lock.month)


def _check_station(station: Station, facts: Facts) -> None:
    """The station is completed and neither suspended nor closed on every day of the service."""
    if station.completed_on is None:
        raise ValidationError({"starts_on": "站点尚未建成，不能登记服务"})
    if facts.starts_on < station.completed_on:
        raise ValidationError({"starts_on": f"站点于 {station.completed_on:%Y-%m-%d} 建成，不能登记建成之前的服务"})
    spells = station.spells.during(facts.starts_on, facts.ends_on).order_by("starts_on", "id")
    standing = [(spell.starts_on, StationStatus(spell.status)) for spell in spells]
    if not standing or standing[0][0] > facts.starts_on:
        raise ValidationError({"starts_on": "站点在开始日期没有状态记录，请先登记站点状态"})
    for since, status in standing:
        if status not in SERVING:
            field = "starts_on" if since <= facts.starts_on else "ends_on"
            raise ValidationError({field: f"站点自 {since:%Y-%m-%d} 起为“{status.label}”，不能登记此期间的服务"})


def _team(station: Station, workers: Iterable[Worker], facts: Facts) -> list[Worker]:
    """The workers once each, in order of entry into the files; each was posted here while the service lasted."""
    team = sorted({worker.pk: worker for worker in workers}.values(), key=lambda worker: worker.pk)
    if not team:
        raise ValidationError({"workers": "请至少选择一名社工"})
    if len(team) > MAX_WORKERS:
        raise ValidationError({"workers": f"一次服务最多选择 {MAX_WORKERS} 名社工"})
    postings = postings_between(station, facts.starts_on, facts.ends_on)
    posted = set(postings.filter(worker__in=team).values_list("worker_id", flat=True))
    absent = [worker.name for worker in team if worker.pk not in posted]
    if absent:
        raise ValidationError({"workers": f"{'、'.join(absent)}在服务日期不驻本站，请核对日期或社工"})
    return team


def _set_team(record: ServiceRecord, old: list[Worker], new: list[Worker]) -> None:
    keep = {worker.pk for worker in new}
    had = {worker.pk for worker in old}
    ServiceWorker.objects.filter(service=record).exclude(worker__in=keep).delete()
    ServiceWorker.objects.bulk_create(
        ServiceWorker(service=record, worker=worker) for worker in new if worker.pk not in had
    )

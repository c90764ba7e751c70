"""What a worker is and where: certificates (R4), employment, postings to stations (R17)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from common import checks
from common.months import Month
from common.text import plain_name
from stations import checks as station_checks
from stations import life, stale
from stations.actions.locks import locked_station, locked_worker
from stations.models import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    Station,
    StationPosting,
    StatusSpell,
    Worker,
)


def mark_where_posted(worker: Worker, since: date) -> None:
    """Every month from `since` on in which the worker was posted, at the station of the posting."""
    postings = StationPosting.objects.filter(Q(ends_on=None) | Q(ends_on__gt=since), worker=worker)
    for posting in postings:
        months = stale.months_since(max(since, posting.starts_on))
        last = Month.of(posting.ends_on) if posting.ends_on else None
        stale.mark(posting.station_id, [month for month in months if last is None or month <= last])


def _since_last(worker: Worker, model: type[Employment] | type[StationPosting]) -> tuple[Any, date | None]:
    """The spell that stands open (or None), and the day before which no new one may begin."""
    spells: list[Any] = list(model._default_manager.filter(worker=worker))
    current = next((spell for spell in spells if spell.ends_on is None), None)
    days = [spell.ends_on or spell.starts_on for spell in spells]
    return current, max(days, default=None)


@transaction.atomic
def add_certificate(*, by: User | None, worker: Worker, level: str, number: str, issued_on: date) -> Certificate:
    """A certificate that the worker holds from its issue date on.

    Raises ValidationError: a future issue date, a number that is registered already.
    """
    worker = locked_worker(worker)
    clean = checks.all_of(
        level=lambda: checks.member(level, CertificateLevel, field="level", label="证书级别"),
        number=lambda: station_checks.certificate_number(number, field="number"),
        issued_on=lambda: checks.past_day(issued_on, field="issued_on", label="发证日期"),
    )
    taken = ValidationError({"number": "该证书编号已登记，请核对编号"})
    if Certificate.objects.filter(number=clean["number"]).exists():
        raise taken
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(worker=worker, **clean)
    except IntegrityError:  # entered by someone else since the look
        raise taken from None
    audit.record(
        by=by,
        verb="登记资格证书",
        target=worker,
        unit=worker.unit,
        changes={
            "级别": [None, certificate.get_level_display()],
            "证书编号": [None, certificate.number],
            "发证日期": [None, str(certificate.issued_on)],
        },
    )
    mark_where_posted(worker, certificate.issued_on)
    return certificate


@transaction.atomic
def employ(
    *, by: User | None, worker: Worker, employer_kind: str, employer_name: str, full_time: bool, on: date
) -> Employment:
    """End the current employment on `on` and begin this one.

    Raises ValidationError for a future day and for one before the last employment began or ended.
    """
    worker = locked_worker(worker)
    current, since = _since_last(worker, Employment)
    clean = checks.all_of(
        employer_kind=lambda: checks.member(employer_kind, EmployerKind, field="employer_kind", label="用人单位类型"),
        employer_name=lambda: plain_name(employer_name, field="employer_name", label="用人单位", max_length=80),
        starts_on=lambda: checks.past_day(
            on, field="on", label="聘用起始日期", since=since, since_label="上一段聘用的日期"
        ),
    )
    if current:
        current.ends_on = clean["starts_on"]
        current.save(update_fields=["ends_on"])
    employment = Employment.objects.create(worker=worker, full_time=full_time, **clean)
    audit.record(
        by=by,
        verb="登记聘用",
        target=worker,
        unit=worker.unit,
        changes={
            "聘用": [str(current) if current else None, str(employment)],
            "起始日期": [None, str(employment.starts_on)],
        },
    )
    mark_where_posted(worker, employment.starts_on)
    return employment


@transaction.atomic
def end_employment(*, by: User | None, employment: Employment, on: date) -> Employment:
    """The employment ends: `on` is the first day without it."""
    worker = locked_worker(employment.worker)
    employment = Employment.objects.get(pk=employment.pk)
    if employment.ends_on:
        raise ValidationError(f"这段聘用已于 {employment.ends_on} 结束")
    employment.ends_on = checks.past_day(
        on, field="on", label="聘用结束日期", since=employment.starts_on, since_label="聘用起始日期"
    )
    employment.save(update_fields=["ends_on"])
    audit.record(
        by=by,
        verb="结束聘用",
        target=worker,
        unit=worker.unit,
        changes={"聘用": [str(employment), None], "结束日期": [None, str(employment.ends_on)]},
    )
    mark_where_posted(worker, employment.ends_on)
    return employment


def _staffable(station: Station, on: date) -> None:
    """Raises ValidationError unless workers may be posted to the station on that day."""
    if station.closed_on:
        raise ValidationError({"station": f"{station}已于 {station.closed_on} 撤销，不能派驻社工"})
    spell = StatusSpell.objects.at(on).filter(station=station).first()
    if spell is None or spell.status not in life.STAFFED:
        status = spell.get_status_display() if spell else "尚未筹建"
        raise ValidationError({"station": f"{station}在 {on} 的状态是“{status}”，建设开始后才能派驻社工"})


@transaction.atomic
def post_worker(*, by: User | None, worker: Worker, station: Station, on: date, note: str = "") -> StationPosting:
    """Post the worker to a station from `on`; a posting elsewhere ends that day (transfer).

    Raises ValidationError: a future day, before the last posting began or ended, a station not yet begun or closed.
    """
    station = locked_station(station)
    worker = locked_worker(worker)
    current, since = _since_last(worker, StationPosting)
    if current and current.station_id == station.pk:
        raise ValidationError({"station": f"{worker}已在{station}驻站（{current.starts_on} 起）"})
    on = checks.past_day(on, field="on", label="驻站起始日期", since=since, since_label="上一段驻站的日期")
    note = checks.note(note)
    _staffable(station, on)
    if current:
        current.ends_on = on
        current.save(update_fields=["ends_on"])
        stale.mark(current.station_id, stale.months_since(on))
    posting = StationPosting.objects.create(worker=worker, station=station, starts_on=on, note=note)
    audit.record(
        by=by,
        verb="调动驻站" if current else "派驻站点",
        target=worker,
        unit=station.unit,
        changes={
            "站点": [str(current.station) if current else None, str(station)],
            "驻站起始日期": [None, str(on)],
        },
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))
    return posting


def close_posting(*, by: User | None, posting: StationPosting, on: date, note: str) -> None:
    """End an open posting whose worker is locked, `on` checked."""
    posting.ends_on = on
    posting.save(update_fields=["ends_on"])
    station = posting.station
    audit.record(
        by=by,
        verb="结束驻站",
        target=posting.worker,
        unit=station.unit,
        changes={"站点": [str(station), None], "驻站结束日期": [None, str(on)]},
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))


@transaction.atomic
def end_posting(*, by: User | None, posting: StationPosting, on: date, note: str = "") -> StationPosting:
    """The posting ends: `on` is the first day without it.

    Raises ValidationError: ended already, a future day, before it began.
    """
    locked_worker(posting.worker)
    posting = StationPosting.objects.select_related("worker", "station__unit").get(pk=posting.pk)
    if posting.ends_on:
        raise ValidationError(f"这段驻站已于 {posting.ends_on} 结束")
    on = checks.past_day(on, field="on", label="驻站结束日期", since=posting.starts_on, since_label="驻站起始日期")
    note = checks.note(note)
    close_posting(by=by, posting=posting, on=on, note=note)
    return posting

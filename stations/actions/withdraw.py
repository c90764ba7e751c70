"""Taking back the last record of a kind, entered by mistake. The trail keeps it; the spell before it goes on."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts import audit
from accounts.models import OrgUnit, User
from common import checks
from stations import stale
from stations.actions.careers import mark_where_posted
from stations.actions.locks import locked_station, locked_worker
from stations.models import Renewal, Station, Worker

T = TypeVar("T", bound=models.Model)


def last_of(rows: models.QuerySet[T]) -> T | None:
    """The row that was recorded last."""
    return rows.order_by("-pk").first()


def _last(rows: models.QuerySet[T], expected: int | None) -> T:
    """The row to take back. Raises ValidationError when there is none, or another than the user saw."""
    row = last_of(rows)
    if row is None:
        raise ValidationError("没有可以撤回的登记")
    if expected is not None and row.pk != expected:
        raise ValidationError(f"他人刚刚作了新的登记“{row}”，请核对后再撤回")
    return row


def _take_back(row: Any, before: models.QuerySet[Any]) -> Any:
    """Delete the spell; the one that it ended goes on. Returns that one."""
    row.delete()
    previous = before.filter(ends_on=row.starts_on).order_by("-starts_on", "-pk").first()
    if previous is not None:
        previous.ends_on = None
        if hasattr(previous, "end_reason"):
            previous.end_reason = previous.end_note = ""
        previous.save()
    return previous


def day_of(row: Any) -> date:
    """The day from which the record holds."""
    names = ("starts_on", "issued_on", "registered_on", "evaluated_on", "granted_on")
    return next(getattr(row, name) for name in names if hasattr(row, name))


def _record(by: User | None, target: models.Model, unit: OrgUnit, verb: str, row: Any, reason: str) -> None:
    changes = {"登记": [str(row), None], "日期": [str(day_of(row)), None]}
    audit.record(by=by, verb=verb, target=target, unit=unit, changes=changes, reason=reason)


@transaction.atomic
def withdraw_certificate(*, by: User | None, worker: Worker, reason: str, expected: int | None = None) -> Worker:
    """Take back the certificate recorded last; its number is free again."""
    worker = locked_worker(worker)
    row = _last(worker.certificates.all(), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, worker, worker.unit, "撤回资格证书", row, reason)
    row.delete()
    mark_where_posted(worker, row.issued_on)
    return worker


def renewals_of(worker: Worker) -> models.QuerySet[Renewal]:
    """Of all certificates of the worker."""
    return Renewal.objects.filter(certificate__worker=worker)


@transaction.atomic
def withdraw_renewal(*, by: User | None, worker: Worker, reason: str, expected: int | None = None) -> Worker:
    """Take back the renewal recorded last; the certificate counts to its end before."""
    worker = locked_worker(worker)
    row = _last(renewals_of(worker), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, worker, worker.unit, "撤回证书再登记", row, reason)
    row.delete()
    mark_where_posted(worker, row.registered_on)
    return worker


@transaction.atomic
def withdraw_evaluation(*, by: User | None, worker: Worker, reason: str, expected: int | None = None) -> Worker:
    """Take back the yearly evaluation recorded last; its year may be entered again."""
    worker = locked_worker(worker)
    row = _last(worker.evaluations.all(), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, worker, worker.unit, "撤回年度考核", row, reason)
    row.delete()
    mark_where_posted(worker, row.evaluated_on)
    return worker


@transaction.atomic
def withdraw_reward(*, by: User | None, worker: Worker, reason: str, expected: int | None = None) -> Worker:
    """Take back the reward recorded last."""
    worker = locked_worker(worker)
    row = _last(worker.rewards.all(), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, worker, worker.unit, "撤回奖励", row, reason)
    row.delete()
    return worker


@transaction.atomic
def withdraw_supervision(*, by: User | None, station: Station, reason: str, expected: int | None = None) -> Station:
    """Take back the supervisor of a station recorded last; the lead that it replaced goes on."""
    station = locked_station(station)
    row = _last(station.supervisors.select_related("worker", "user", "station__unit"), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, station, station.unit, "撤回督导", row, reason)
    _take_back(row, station.supervisors.filter(lead=True) if row.lead else station.supervisors.none())
    stale.mark(station.pk, stale.months_since(row.starts_on))
    return station


@transaction.atomic
def withdraw_employment(*, by: User | None, worker: Worker, reason: str, expected: int | None = None) -> Worker:
    """Take back the employment recorded last; the one that it ended goes on."""
    worker = locked_worker(worker)
    row = _last(worker.employments.all(), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, worker, worker.unit, "撤回聘用", row, reason)
    _take_back(row, worker.employments.all())
    mark_where_posted(worker, row.starts_on)
    return worker


@transaction.atomic
def withdraw_posting(*, by: User | None, worker: Worker, reason: str, expected: int | None = None) -> Worker:
    """Take back the posting recorded last; the one that it ended goes on, unless that station was closed meanwhile."""
    for station in Station.objects.filter(postings__worker=worker).order_by("pk").distinct():
        locked_station(station)  # none of them closes while a posting there comes back
    worker = locked_worker(worker)
    row = _last(worker.postings.select_related("station__unit"), expected)
    reason = checks.withdrawal_reason(reason)
    _record(by, worker, row.station.unit, "撤回驻站", row, reason)
    previous = _take_back(row, worker.postings.filter(station__closed_on=None))
    months = stale.months_since(row.starts_on)
    stale.mark(row.station_id, months)
    if previous is not None:
        stale.mark(previous.station_id, months)
    return worker

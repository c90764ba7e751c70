"""The month lock: while a month's report is with the county, its services take no changes."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from common.months import Month
from services.models import MonthLock
from stations.models import Station


def hold(station: Station) -> None:
    """Row lock until the end of the transaction. SQLite holds the whole database already (BEGIN IMMEDIATE)."""
    Station.objects.select_for_update(no_key=True).values_list("pk").get(pk=station.pk)


@transaction.atomic
def lock_month(*, by: User | None, station: Station, month: Month, reason: str) -> MonthLock:
    """Refuse changes to the month's services from now on; the lock that stands is kept."""
    hold(station)
    lock, created = MonthLock.objects.get_or_create(station=station, month=month, defaults={"reason": reason[:100]})
    if created:
        audit.record(by=by, verb="锁定月份", target=lock, unit=station.unit, reason=lock.reason)
    return lock


@transaction.atomic
def unlock_month(*, by: User | None, station: Station, month: Month, reason: str) -> None:
    """Take changes again (a report that is returned); nothing happens to an open month."""
    hold(station)
    lock = MonthLock.objects.filter(station=station, month=month).first()
    if lock:
        audit.record(by=by, verb="开放月份", target=lock, unit=station.unit, reason=reason)
        lock.delete()

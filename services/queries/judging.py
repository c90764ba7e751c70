"""What an entry is judged by: the due date (R6), the month's lock, who was posted here."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from common.months import Month
from policies.deadlines import Due
from policies.models import ProvisionKind
from policies.queries import RuleBook
from services.models import MonthLock
from stations.models import Station, StationPosting


def preview_due(station: Station, ends_on: date) -> Due:
    """R6: by when a service of this station that ended on `ends_on` is to be entered."""
    path = station.unit.path
    return RuleBook.load([path]).due(ProvisionKind.SERVICE_ENTRY, path, ends_on)


def is_locked(station: Station, month: Month) -> bool:
    """Does the month take no changes, because its report is submitted?"""
    return MonthLock.objects.filter(station=station, month=month).exists()


def postings_between(station: Station, first: date, last: date) -> QuerySet[StationPosting]:
    """Postings to this station on some day from `first` to `last`, both included."""
    return StationPosting.objects.during(first, last).filter(station=station)

"""Who owes a monthly report (R7), and the queue of a month's reports, the missing ones included."""

from __future__ import annotations

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from common.months import Month
from services.models import ServiceRecord
from stations.models import Station, StationKind, StationStatus, StatusSpell


def operating_during(month: Month) -> Q:
    """Spells of operation that share a day with the month. A spell of no day (begun and ended at once) shares none."""
    return Q(
        Q(ends_on=None) | Q(ends_on__gt=month.first) & Q(ends_on__gt=F("starts_on")),
        status=StationStatus.OPERATING,
        starts_on__lte=month.last,
    )


def owing_spells(month: Month) -> QuerySet[StatusSpell]:
    """The spells that make their stations owe the month's report: operating stations of kind STATION."""
    return StatusSpell.objects.filter(operating_during(month), station__kind=StationKind.STATION)


def owing_stations(month: Month) -> QuerySet[Station]:
    """Stations that owe the report of `month`: kind STATION, in operation on at least one day of it."""
    return Station.objects.filter(Exists(owing_spells(month).filter(station=OuterRef("pk"))))


def owes(station: Station, month: Month) -> bool:
    """Does this station owe the report of `month`?"""
    return owing_spells(month).filter(station=station).exists()


def with_report(stations: QuerySet[Station], month: Month) -> QuerySet[Station]:
    """Stations that owe the month's report or have one, each with its report (or none) joined as `report`."""
    joined = stations.annotate(report=FilteredRelation("reports", condition=Q(reports__month=month)))
    return joined.filter(Q(report__isnull=False) | Exists(owing_spells(month).filter(station=OuterRef("pk"))))


def valid_services(station: Station, month: Month) -> QuerySet[ServiceRecord]:
    """The services that count in the month: not voided."""
    return ServiceRecord.objects.filter(station=station, month=month, voided_at=None)

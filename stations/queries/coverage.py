"""Which townships are due a station, and which of them have one (R1): the words of lists, figures and progress."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Level
from accounts.models.units import OrgUnitQuerySet
from stations.models import Station, StationKind
from stations.models.stations import StationQuerySet


def completed_stations(on: date) -> StationQuerySet:
    """What covers a township: a completed station of kind STATION."""
    return Station.objects.completed(on).filter(kind=StationKind.STATION)


def townships(units: OrgUnitQuerySet, on: date) -> QuerySet[Any]:
    """The townships and streets among `units` that are due a station on that day, each with `covered`."""
    due = units.live(on).filter(level=Level.TOWNSHIP, is_virtual=False)
    return due.annotate(covered=Exists(completed_stations(on).filter(unit__parent=OuterRef("pk"))))


def unplaced(units: OrgUnitQuerySet, on: date) -> QuerySet[Any]:
    """Of `townships`, those where no station of kind STATION lives, not even a planned one."""
    live = Station.objects.filter(unit__parent=OuterRef("pk"), kind=StationKind.STATION, closed_on=None)
    return townships(units, on).filter(~Exists(live))

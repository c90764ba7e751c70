"""Records behind figures: which townships have a station (R1), which stations operate without a service (R10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from accounts.models import Level, OrgUnit
from accounts.models.units import OrgUnitQuerySet
from common.months import Month
from policies.models import ProvisionKind
from policies.queries import RuleBook
from reporting.queries.places import place_of
from reporting.words import owing_spells
from services.models import ServiceRecord
from stations.models import Station, StationKind, StationStatus, StatusSpell
from stations.models.stations import StationQuerySet
from stations.queries.coverage import townships

UNIT_SORTS = {"name": "path", "-name": "-path"}
IDLE_SORTS: dict[str, Any] = {
    "name": "unit__path",
    "-name": "-unit__path",
    "last": F("last_service_on").asc(nulls_first=True),
    "-last": F("last_service_on").desc(nulls_last=True),
}


def counties(units: OrgUnitQuerySet, on: date) -> QuerySet[Any]:
    """The counties among `units` that have townships, each with `due`, `built` and `covered` (all of them built)."""

    def counted(rows: QuerySet[Any]) -> Coalesce:
        number = rows.order_by().values("parent").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(number, output_field=IntegerField()), 0)

    below = townships(OrgUnit.objects.filter(parent=OuterRef("pk")), on)
    rows = units.live(on).filter(level=Level.COUNTY, is_virtual=False)
    rows = rows.annotate(due=counted(below), built=counted(below.filter(covered=True))).filter(due__gt=0)
    return rows.annotate(covered=ExpressionWrapper(Q(built__gte=F("due")), output_field=BooleanField()))


def stations_of(units: Iterable[OrgUnit], on: date) -> dict[int, list[Station]]:
    """Township id → its standing stations of kind STATION, the completed first; one query."""
    found: dict[int, list[Station]] = defaultdict(list)
    rows = Station.objects.standing(on).filter(kind=StationKind.STATION, unit__parent__in=[unit.pk for unit in units])
    for station in rows.select_related("unit").order_by(F("completed_on").asc(nulls_last=True), "unit__path"):
        found[station.unit.parent_id or 0].append(station)
    return found


def idle_stations(stations: StationQuerySet, month: Month, on: date) -> QuerySet[Any]:
    """Stations in operation on `on` that served nobody in `month`, with `hung_on` and `last_service_on` (by `on`)."""
    served = ServiceRecord.objects.valid().filter(station=OuterRef("pk"))
    hung = StatusSpell.objects.filter(station=OuterRef("pk"), status=StationStatus.SIGN_HUNG).order_by("starts_on")
    past = served.filter(ends_on__lte=on).order_by().values("station")
    last = past.annotate(day=Max("ends_on")).values("day")
    return (
        stations.operating(on)
        .filter(~Exists(served.filter(month=month)), Exists(owing_spells(month).filter(station=OuterRef("pk"))))
        .annotate(hung_on=Subquery(hung.values("starts_on")[:1]), last_service_on=Subquery(last[:1]))
    )


def idle_row(station: Station, day: date, rules: RuleBook | None) -> dict[str, Any]:
    """A station of `idle_stations`: where it lies, since when it is silent, the threshold that makes it a fault."""
    since = station.last_service_on or station.hung_on  # type: ignore[attr-defined]
    days = (day - since).days if since and since <= day else None
    threshold = rules.threshold(ProvisionKind.FAULT_NOT_OPERATING, station.unit.path, day) if rules else None
    return {
        "pk": station.pk,
        "name": station.unit.name,
        "place": place_of(station.unit),
        "hung_on": station.hung_on,  # type: ignore[attr-defined]
        "last": station.last_service_on,  # type: ignore[attr-defined]
        "days": days,
        "fault": bool(threshold and days is not None and days >= threshold.value),
        "threshold": threshold.value if threshold else None,
        "source": threshold.named_by.citation + threshold.borrowed if threshold else "",
    }

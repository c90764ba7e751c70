"""A station that has done the tasks of its stage by the shipped criteria, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from common.months import Month
from policies.actions import add_document, add_provision
from policies.models import Dimension, PolicyDocument, ProvisionKind
from reporting.models import UnitMonth
from stations.models import DimensionState, Station

LAST = Month(2026, 9)  # before the tests' today
# Of one month: three of them meet what the defaults ask of 起步阶段, with little to spare.
STARTED = {
    "workers": 4,
    "workers_certified": 3,
    "reports_expected": 1,
    "reports_on_time": 1,
    "services": 20,
    "services_CASE": 1,
    "contacts": 100,
}


def months_of(station: Station, count: int = 6, **changed: int) -> None:
    """Snapshots of the last full months of the station."""
    UnitMonth.objects.filter(unit=station.unit).delete()
    UnitMonth.objects.bulk_create(
        UnitMonth(unit=station.unit, month=LAST - back, measures=STARTED | changed, computed_at=timezone.now())
        for back in range(count)
    )


def dimensions_of(station: Station, *failing: Dimension, on: date = date(2026, 3, 1)) -> None:
    DimensionState.objects.filter(station=station).delete()
    DimensionState.objects.bulk_create(
        DimensionState(station=station, dimension=dimension, met=dimension not in failing, starts_on=on)
        for dimension in Dimension
    )


def ready(station: Station) -> Station:
    """All four tasks of 起步阶段 are done."""
    dimensions_of(station)
    months_of(station)
    return station


def paper(world: Any, issuer: str, number: str = "榆民发〔2026〕9号", on: date = date(2026, 1, 1)) -> PolicyDocument:
    return add_document(by=None, issuer=world.units[issuer], number=number, title="社工站阶段评定办法", issued_on=on)


def demand(document: PolicyDocument, since: date, **parameters: Any) -> Any:
    """A criterion of a document for its issuer's own area: task, asked, comparison, number, months."""
    return add_provision(
        by=None,
        document=document,
        unit=document.issuer,
        kind=ProvisionKind.STAGE_CRITERION,
        clause="二",
        parameters=parameters,
        in_force_from=since,
    )

"""Rows of the visits room for tests/gate_cases.py."""

from __future__ import annotations

from datetime import date

from accounts.models import OrgUnit
from tests.clients.make import make_client
from tests.world import World
from visits.models import Source, Visit, VisitBatch


def visit(world: World, place: str) -> Visit:
    """An open one, planned by hand."""
    station = world.station(place)
    return Visit.objects.create(
        client=make_client(station), station=station, source=Source.HAND, due_on=date(2026, 11, 1),
        planned_on=date(2026, 9, 1), counts_from=date(2026, 9, 1),
    )  # fmt: skip


def batch(world: World, place: str) -> VisitBatch:
    """A running one of the place's county."""
    county = OrgUnit.objects.get(path=world.units[place].path[: 4 * 4])
    return VisitBatch.objects.create(
        unit=county, title="冬季探访", due_on=date(2026, 12, 1), state="RUNNING", started_on=date(2026, 9, 1)
    )

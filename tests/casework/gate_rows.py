"""Rows of cases for tests/gate_cases.py."""

from datetime import UTC, date, datetime
from typing import Any

from casework.case_steps import State, Step
from casework.models import Case, CaseComment, CaseService, CaseSpell, CaseStep
from services.models import ServiceRecord
from stations.models import StationPosting, Worker
from tests.clients.make import make_client

ON = date(2026, 9, 1)


def case(world: Any, place: str) -> Case:
    """An accepted case with its intake."""
    station = world.station(place)
    worker = Worker.objects.create(unit=world.units[place], name="某社工")
    StationPosting.objects.create(worker=worker, station=station, starts_on=date(2024, 1, 1))
    made = Case.objects.create(
        station=station,
        client=make_client(station, "演示人"),
        number=f"2026-{Case.objects.filter(station=station).count() + 1:03d}",
        worker=worker,
        domain="ELDERLY_CARE",
        source="OUTREACH",
        presenting="独居，缺少照料",
        state=State.INTAKE,
        opened_on=ON,
    )
    CaseSpell.objects.create(case=made, starts_on=ON)
    CaseStep.objects.create(case=made, kind=Step.INTAKE, on=ON, at=datetime(2026, 9, 1, 8, tzinfo=UTC))
    return made


def step(world: Any, place: str) -> CaseStep:
    return case(world, place).steps.get()


def comment(world: Any, place: str) -> CaseComment:
    found = step(world, place)
    return CaseComment.objects.create(
        case=found.case, step=found, text="再了解家庭支持", at=datetime(2026, 9, 2, 8, tzinfo=UTC)
    )


def service(world: Any, place: str) -> CaseService:
    found = case(world, place)
    record = ServiceRecord.objects.create(
        station=found.station, month="2026-09", starts_on=ON, ends_on=ON, title="个案服务", domain="ELDERLY_CARE",
        method="CASE", administrative=False, contacts=1, hours="1.0", entered_at=datetime(2026, 9, 1, 8, tzinfo=UTC),
        on_time=True,
    )  # fmt: skip
    return CaseService.objects.create(case=found, service=record)

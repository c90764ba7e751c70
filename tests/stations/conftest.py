"""A fixed today, a township without a station, and a station that goes through its life."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.actions import add_unit
from accounts.models import OrgUnit
from stations import panels, timeline
from stations.actions import Finding, create_station, create_worker, record_acceptance, record_status
from stations.models import Acceptance, Station, StationKind, StationStatus, Worker
from stations.queries import station_events, station_panels
from stations.queries.checklist import checklist

# 榆次区, born 1990-03-07, check digits right; nobody's numbers.
ID_NUMBER = "140702199003070016"
OTHER_ID_NUMBER = "140702199003070024"


@pytest.fixture(autouse=True)
def today(time_machine):
    """2023-12-05, 10:00 in Shanghai."""
    time_machine.move_to("2023-12-05T10:00:00+08:00", tick=False)


@pytest.fixture
def township(world) -> OrgUnit:
    """东阳镇 of 榆次区, without a station."""
    return add_unit(parent=world.units["榆次区"], name="东阳镇", code="140702101000")


@pytest.fixture
def planned(world, rules, township) -> Station:
    """Planned since 2023-06-01."""
    return create_station(
        by=world.county,
        township=township,
        name="东阳镇社工站",
        kind=StationKind.STATION,
        started_on=date(2023, 6, 1),
    )


@pytest.fixture
def operating(planned) -> Station:
    """Operating since 2023-10-09, completed on 2023-10-02, accepted on 2023-10-06."""
    advance(
        planned,
        (StationStatus.BUILDING, date(2023, 7, 1)),
        (StationStatus.COMPLETED, date(2023, 10, 2)),
        (StationStatus.ACCEPTED, date(2023, 10, 6)),
        (StationStatus.SIGN_HUNG, date(2023, 10, 9)),
        (StationStatus.OPERATING, date(2023, 10, 9)),
    )
    planned.refresh_from_db()
    return planned


@pytest.fixture
def worker(world) -> Worker:
    """张伟（演示）, file kept by 榆次区."""
    return create_worker(by=world.county, unit=world.units["榆次区"], name="张伟（演示）", id_number=ID_NUMBER)


@pytest.fixture
def own_cards_only(monkeypatch):
    """Leaves the cards and events that other rooms add out of a station's page: they pin what they cost themselves."""
    own = {key: each for key, each in panels.CARDS.declared.items() if each.build.__module__ == station_panels.__name__}
    monkeypatch.setattr(panels.CARDS, "declared", own)
    sources = [pair for pair in timeline.SOURCES if pair[1].__module__ == station_events.__name__]
    monkeypatch.setattr(timeline, "SOURCES", sources)


def advance(station: Station, *steps: tuple[str, date]) -> None:
    """Record statuses in order, by the system; 验收 by an acceptance that finds nothing wrong."""
    for status, on in steps:
        if status == StationStatus.ACCEPTED:
            accept(station, on)
        else:
            record_status(by=None, station=station, status=status, on=on)


def findings(station: Station, on: date, *, unmet: tuple[str, ...] = ()) -> dict[int, Finding]:
    """A finding for each item of the day's checklist: met, but for those whose text holds one of `unmet`."""
    items = checklist(station.unit.path, on)
    return {item.key: Finding(met=not any(word in item.label for word in unmet)) for item in items}


def accept(station: Station, on: date, **fields: Any) -> Acceptance:
    """A round held on `on`: passed with everything met, unless `fields` say otherwise."""
    values = {"by": None, "passed": True, "members": "王（演示）、陈（演示）", **fields}
    return record_acceptance(station=station, held_on=on, **{"findings": findings(station, on), **values})


def errors_of(caught) -> dict[str, list[str]]:
    """Field → messages of a caught ValidationError ("__all__" for those of no field)."""
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}

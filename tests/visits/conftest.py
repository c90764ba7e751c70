"""The team of 北关街道社工站 (tests/services), and people there with a follow-up level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clients.models import Client
from services.models import ServiceRecord
from tests.clients.make import make_client
from tests.services.conftest import NOW, TODAY, Team, log, team
from visits.models import Source, Visit

__all__ = ["NOW", "TODAY", "Team", "log", "open_visit", "person", "team", "visited"]


@pytest.fixture
def person(world, rules, time_machine) -> Callable[..., Client]:
    """`person("演示甲", level=3)` has a file open at 北关街道社工站 since 2026-10-01; now is NOW (2026-10-20)."""
    time_machine.move_to(NOW, tick=False)

    def make(name: str = "演示甲", *, level: int | None = 3, station: Any = None, **fields: Any) -> Client:
        fields.setdefault("opened_on", date(2026, 10, 1))
        return make_client(station or world.station(), name, level=level, **fields)

    return make


@pytest.fixture
def visited(log) -> Callable[..., ServiceRecord]:
    """`visited(client, on)` logs a visit that names the person."""

    def save(client: Client, on: date = TODAY, **changes: Any) -> ServiceRecord:
        return log(clients=[client], contacts=1, elderly=0, starts_on=on, ends_on=on, **changes)

    return save


def open_visit(client: Client, source: str = Source.LEVEL) -> Visit:
    return Visit.objects.open().get(client=client, source=source)

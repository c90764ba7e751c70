"""张 is also a worker in the files of 北关街道社工站; 刘 works beside her, 陈 at 锦纶街道社工站."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from common.months import Month
from services.actions import log_service
from services.models import Domain, Method, ServiceRecord
from stations.models import StaleMonth, Station, StationPosting, Worker
from stations.stale import months_since
from tests.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 20, 10, 0, tzinfo=SHANGHAI)  # a Tuesday
TODAY = date(2026, 10, 20)
OCTOBER = Month(2026, 10)
SEPTEMBER = Month(2026, 9)


@dataclass
class Team:
    zhang: Worker
    liu: Worker
    chen: Worker


def hire(world: World, name: str, station: Station, *, since: date, until: date | None = None, user=None) -> Worker:
    worker = Worker.objects.create(unit=station.unit, name=name, user=user)
    StationPosting.objects.create(worker=worker, station=station, starts_on=since, ends_on=until)
    return worker


@pytest.fixture
def team(world, rules) -> Team:
    beiguan, jinlun = world.station(), world.station("锦纶街道社工站")
    return Team(
        zhang=hire(world, "张（演示）", beiguan, since=date(2023, 9, 1), user=world.worker),
        liu=hire(world, "刘（演示）", beiguan, since=date(2025, 1, 1)),
        chen=hire(world, "陈（演示）", jinlun, since=date(2023, 10, 1)),
    )


def facts(**changes: Any) -> dict[str, Any]:
    """A visit of today, fit to be saved."""
    return {
        "starts_on": TODAY,
        "ends_on": TODAY,
        "title": "探访独居老人",
        "domain": Domain.ELDERLY_CARE,
        "method": Method.VISIT,
        "contacts": 3,
        "elderly": 3,
        "hours": Decimal("1.5"),
        **changes,
    }


@pytest.fixture
def log(world, team) -> Callable[..., ServiceRecord]:
    """`log(title=…)` saves a service of 北关街道社工站 by 张 at NOW; `station`, `by`, `now`, `workers` can be given."""

    def save(**changes: Any) -> ServiceRecord:
        arguments = {
            "by": world.worker,
            "station": world.station(),
            "client_id": uuid.uuid4(),
            "now": NOW,
            "workers": [team.zhang],
            **facts(),
            **changes,
        }
        return log_service(**arguments)[0]

    return save


def since(month: Month) -> set[str]:
    """That month and all until the running one: promises of contracts are counted to date."""
    return {str(later) for later in months_since(month.first)}


def stale_months(station) -> set[str]:
    return {str(month) for month in StaleMonth.objects.filter(unit_id=station.pk).values_list("month", flat=True)}


def problems(act, **arguments) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        act(**arguments)
    return caught.value.message_dict

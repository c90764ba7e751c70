"""The team of the services' tests, and makers for volunteers, organisations, donations and referrals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from linkage.actions import open_referral, receive_donation, register_organisation, register_volunteer, take_step
from linkage.actions.referrals import last_step
from linkage.models import Donation, Organisation, Referral, Volunteer
from tests.clients.make import make_client
from tests.services.conftest import NOW, TODAY, hire, log, team  # noqa: F401  fixtures

BEGUN = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def today(time_machine):
    """2026-10-20, 10:00 in Shanghai."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def volunteer(world) -> Callable[..., Volunteer]:
    """`volunteer("演示志愿者甲")` of 北关街道社工站 since 2026."""

    def make(name: str = "演示志愿者甲", **changes: Any) -> Volunteer:
        facts = {"by": world.worker, "unit": world.units["北关街道社工站"], "registered_on": BEGUN, "name": name}
        return register_volunteer(**facts | changes)

    return make


@pytest.fixture
def organisation(world) -> Callable[..., Organisation]:
    def make(name: str = "夕阳红互助队", **changes: Any) -> Organisation:
        facts = {
            "by": world.worker,
            "unit": world.units["北关街道社工站"],
            "name": name,
            "kind": "MUTUAL_AID",
            "filing": "FILED",
            "leader": "演示队长",
            "phone": "13800000001",
            "starts_on": BEGUN,
        }
        return register_organisation(**facts | changes)

    return make


@pytest.fixture
def donation(world) -> Callable[..., Donation]:
    """Thirty bags of rice worth 1,000 yuan."""

    def make(**changes: Any) -> Donation:
        facts = {
            "by": world.worker,
            "unit": world.units["北关街道社工站"],
            "token": uuid.uuid4(),
            "donor_kind": "ORGANISATION",
            "donor": "某粮油店",
            "form": "GOODS",
            "item": "大米",
            "quantity": "30",
            "measure": "袋",
            "value": "1000",
            "received_on": date(2026, 10, 1),
        }
        return receive_donation(**facts | changes)

    return make


@pytest.fixture
def client_file(world):
    return make_client(world.station(), "演示王奶奶")


@pytest.fixture
def referral(world, rules, client_file) -> Callable[..., Referral]:
    def make(**changes: Any) -> Referral:
        facts = {
            "by": world.worker,
            "station": world.station(),
            "token": uuid.uuid4(),
            "client": client_file,
            "opened_on": date(2026, 10, 1),
            "kind": "REFERRAL",
            "need": "白内障手术费用",
            "urgency": "URGENT",
            "to_kind": "MEDICAL",
        }
        return open_referral(**facts | changes)

    return make


@pytest.fixture
def step(world) -> Callable[..., Referral]:
    """`step(referral, "CONTACTED", 2)`: that step on October 2, by 张."""

    def take(referral: Referral, to: str, day: int, note: str = "按流程办理", **changes: Any) -> Referral:
        facts = {"by": world.worker, "on": date(2026, 10, day), "note": note, "expected": last_step(referral)}
        whom = {"to_name": "区人民医院"} if to == "CONTACTED" else {}
        return take_step(referral=referral, to=to, **facts | whom | changes)

    return take

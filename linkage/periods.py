"""What of this room is kept for a time only (clients.retention)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from clients.retention import Ended, Kept, keep
from linkage.actions.retention import anonymise_donor, anonymise_volunteer
from linkage.models import Donation, Volunteer


def _left(on: date) -> Iterator[Ended]:
    yield from Volunteer.objects.left_before(on).order_by("pk").values_list("pk", "unit_id", "left_on")  # type: ignore[misc]


def _settled(on: date) -> Iterator[Ended]:
    rows: Any = Donation.objects.settled_before(on).order_by("pk")
    yield from rows.values_list("pk", "unit_id", "settled_on")


keep(Kept("volunteers", "志愿者", "人", "退出", ended=_left, anonymise=anonymise_volunteer))
keep(Kept("donors", "个人捐赠", "笔", "发放完", ended=_settled, anonymise=anonymise_donor))

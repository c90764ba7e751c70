"""The dated life of a station: its statuses (R5)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from common import checks
from files.actions import attach
from stations.actions.locks import locked_station
from stations.actions.spells import EVIDENCE, Evidence, advance, current_spell, take_back
from stations.models import Station, StationStatus, StatusSpell


@transaction.atomic
def record_status(
    *,
    by: User | None,
    station: Station,
    status: str,
    on: date,
    note: str = "",
    uploads: Evidence = (),
    expected: int | None = None,
) -> StatusSpell:
    """End the current status on `on` and begin `status`, with evidence. Completion judges when the basics are due (R5).

    `expected` is the id of the spell that the user saw; when another stands there by now, nothing is written.
    Raises ValidationError for a wrong order, who may not record the step (R14), a day in the future or before the
    current status began, and for ACCEPTED, which only a passed acceptance brings.
    """
    station = locked_station(station)
    current = current_spell(station, expected)
    new = StationStatus(checks.member(status, StationStatus, field="status", label="状态"))
    if new == StationStatus.ACCEPTED and current.status == StationStatus.COMPLETED:
        raise ValidationError({"status": "“验收”不能直接登记：请填写验收表，验收合格即进入“验收”状态"})
    spell = advance(by=by, station=station, current=current, new=new, on=on, note=note)
    attach(by=by, target=spell, unit=station.unit, files=uploads, slot=EVIDENCE, field="uploads")
    return spell


@transaction.atomic
def withdraw_status(*, by: User | None, station: Station, reason: str, expected: int | None = None) -> StatusSpell:
    """Take back the last status, recorded by mistake; the one before it is current again. Returns that one.

    Whoever may record a step may take it back; with ACCEPTED its acceptance goes. Postings that closing ended stay
    ended. Raises ValidationError for the first status, and without a reason.
    """
    station = locked_station(station)
    return take_back(by=by, station=station, wrong=current_spell(station, expected), reason=reason)

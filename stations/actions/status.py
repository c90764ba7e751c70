"""The dated life of a station: its statuses, and checks against the four dimensions (R3, R5)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from common import checks
from files.actions import attach
from stations import stale
from stations.actions.locks import locked_station
from stations.actions.spells import EVIDENCE, Evidence, advance, current_spell, take_back
from stations.models import Dimension, DimensionState, Station, StationStatus, StatusSpell


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


@transaction.atomic
def record_dimension(
    *, by: User | None, station: Station, dimension: str, met: bool, on: date, note: str = ""
) -> DimensionState:
    """A check of one dimension (R3); it holds until the next check.

    Raises ValidationError for a closed station, and a day in the future, before the station began or the last check.
    """
    station = locked_station(station)
    if station.closed_on:
        raise ValidationError("站点已撤销，不能再登记检查")
    checked = Dimension(checks.member(dimension, Dimension, field="dimension", label="维度"))
    current = DimensionState.objects.current().filter(station=station, dimension=checked).first()
    earlier = current or StatusSpell.objects.filter(station=station).order_by("starts_on", "pk").first()
    since = earlier.starts_on if earlier else None
    since_label = "上一次检查日期" if current else "站点筹建日期"
    on = checks.past_day(on, field="on", label="检查日期", since=since, since_label=since_label)
    note = checks.note(note)
    if current:
        current.ends_on = on
        current.save(update_fields=["ends_on"])
    state = DimensionState.objects.create(station=station, dimension=checked, met=met, starts_on=on, note=note)
    words = {True: "达标", False: "未达标"}
    audit.record(
        by=by,
        verb="登记建设标准检查",
        target=station,
        unit=station.unit,
        changes={
            checked.label: [words[current.met] if current else "未检查", words[met]],
            "检查日期": [str(current.starts_on) if current else None, str(on)],
        },
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))
    return state

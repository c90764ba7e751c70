"""Stations: create, enter and edit basics (R1, R2, R5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions import add_unit
from accounts.initials import initials_of
from accounts.models import Level, OrgUnit, User
from common import checks
from common.months import FIRST_DAY
from common.text import plain_name
from stations import basics as rules
from stations import checks as station_checks
from stations import life, stale
from stations.actions.acceptance import note_old_acceptance
from stations.actions.locks import locked_station
from stations.actions.spells import begin, require_step
from stations.actions.status import record_status
from stations.models import Hosting, Station, StationKind, StationStatus

NAME_LENGTH = 80


class Basics(TypedDict, total=False):
    """The basics of a station. Those that are left out stay as they are."""

    address: str
    contact_name: str
    contact_phone: str
    hosting: str
    host_name: str
    area_square_metres: Decimal | None
    records_from: date | None


def _clean(basics: Basics) -> dict[str, Any]:
    """The basics that were given, checked together. Raises ValidationError, or TypeError for an unknown name."""
    if unknown := basics.keys() - Basics.__annotations__.keys():
        raise TypeError(f"unknown basics: {', '.join(sorted(unknown))}")
    text = checks.optional_name
    cleaners = {
        "address": lambda: text(basics["address"], field="address", label="地址", max_length=200),
        "contact_name": lambda: text(basics["contact_name"], field="contact_name", label="联系人", max_length=40),
        "contact_phone": lambda: checks.phone(basics["contact_phone"], field="contact_phone"),
        "hosting": lambda: checks.member(basics["hosting"], Hosting, field="hosting", label="运营方式", blank=True),
        "host_name": lambda: text(basics["host_name"], field="host_name", label="运营单位", max_length=80),
        "area_square_metres": lambda: station_checks.area(basics["area_square_metres"], field="area_square_metres"),
        "records_from": lambda: checks.optional_past_day(
            basics["records_from"], field="records_from", label="启用日期"
        ),
    }
    return checks.all_of(**{name: cleaners[name] for name in basics})


def _place(township: OrgUnit, kind: StationKind, name: str, started_on: date) -> None:
    """Raises ValidationError when no station of the kind and name may be opened there (R1: one station a township)."""
    if township.level != Level.TOWNSHIP:
        raise ValidationError({"township": "请选择站点所在的乡镇（街道）"})
    if township.closed_on and township.closed_on <= started_on:
        raise ValidationError({"township": f"{township}{township.closed_label}，不能再设站点"})
    if kind in (StationKind.STATION, StationKind.ROOM) and township.is_virtual:
        raise ValidationError({"township": f"{township}不是乡镇（街道），社工站和社工室请选择实际所在的乡镇（街道）"})
    here = Station.objects.filter(unit__parent=township, closed_on=None).select_related("unit")
    for other in here:
        if other.unit.name == name:
            raise ValidationError({"name": f"{township}已有名为“{name}”的站点"})
        if kind == StationKind.STATION == other.kind:
            raise ValidationError({"township": f"{township}已有社工站“{other}”，一个乡镇（街道）设一个社工站"})


@transaction.atomic
def create_station(
    *,
    by: User | None,
    township: OrgUnit,
    name: str,
    kind: str,
    started_on: date,
    statuses: Sequence[tuple[str, date]] = (),
    is_demo: bool = False,
    **basics: Unpack[Basics],
) -> Station:
    """A new leaf below `township`, planned since `started_on`; `statuses` are recorded after it, in order.

    ACCEPTED among them is an acceptance of before, without a checklist.
    Raises ValidationError: a name with markup, a future day, a second live station in the township (R1), who may not
    place stations there (R14); what is wrong with a status stands under its name and “_on”, e.g. “completed_on”.
    """
    clean = checks.all_of(
        name=lambda: plain_name(name, field="name", label="名称", max_length=NAME_LENGTH),
        kind=lambda: checks.member(kind, StationKind, field="kind", label="类型"),
        started_on=lambda: checks.past_day(started_on, field="started_on", label="筹建日期"),
        basics=lambda: _clean(basics),
    )
    township = OrgUnit.objects.select_for_update().get(pk=township.pk)
    require_step(by, township.path, life.permission(None, StationStatus.PLANNED), step="筹建", field="township")
    _place(township, StationKind(clean["kind"]), clean["name"], clean["started_on"])
    unit = add_unit(
        parent=township, name=clean["name"], initials=initials_of(clean["name"]), opened_on=clean["started_on"]
    )
    station = Station(unit=unit, kind=clean["kind"], is_demo=is_demo, **clean["basics"])
    if rules.complete(station):
        station.basics_entered_on = timezone.localdate()
    station.save(force_insert=True)
    begin(station, StationStatus.PLANNED, clean["started_on"], by)
    audit.record(
        by=by,
        verb="新建站点",
        target=station,
        unit=unit,
        changes={"名称": [None, unit.name], "筹建日期": [None, str(clean["started_on"])], **audit.first(station)},
    )
    stale.mark(station.pk, stale.months_since(clean["started_on"]))
    for status, on in statuses:
        try:
            if status == StationStatus.ACCEPTED:
                note_old_acceptance(by=by, station=station, on=on)
            else:
                record_status(by=by, station=station, status=status, on=on)
        except ValidationError as error:
            raise ValidationError({f"{status.lower()}_on": error.messages}) from None
    station.refresh_from_db()
    return station


@transaction.atomic
def edit_station(*, by: User | None, station: Station, name: str | None = None, **basics: Unpack[Basics]) -> Station:
    """Change the basics that are given, and the name.

    `basics_entered_on` becomes today on the first day that address, contact, telephone and hosting are all there.
    Raises ValidationError for a closed station, and when one of those four would be emptied afterwards.
    """
    station = locked_station(station)
    if station.closed_on:
        raise ValidationError("站点已撤销，不能再修改基础信息")
    clean = _clean(basics)
    before = audit.told(station)
    for field, value in clean.items():
        setattr(station, field, value)
    if station.basics_entered_on is None and rules.complete(station):
        station.basics_entered_on = timezone.localdate()
        stale.mark(station.pk, stale.months_since(station.basics_entered_on))
    elif station.basics_entered_on is not None:
        emptied = [field for field in clean if field in rules.REQUIRED and not clean[field] and before[field]]
        if emptied:
            raise ValidationError({field: f"基础信息已录入，{rules.label(field)}不能清空" for field in emptied})
    changes = audit.changes(before, audit.told(station))
    if "records_from" in changes:
        stale.mark(station.pk, stale.months_since(station.unit.opened_on or FIRST_DAY))
    if name is not None:
        changes |= _rename(station, name)
    if changes:
        station.save(update_fields=[*clean, "basics_entered_on"])
        audit.record(by=by, verb="修改站点基础信息", target=station, unit=station.unit, changes=changes)
    return station


def _rename(station: Station, name: str) -> dict[str, list[str]]:
    """The change of name, saved; empty when it is the same."""
    new = plain_name(name, field="name", label="名称", max_length=NAME_LENGTH)
    unit = station.unit
    old = unit.name
    if new == old:
        return {}
    if OrgUnit.objects.filter(parent_id=unit.parent_id, name=new, closed_on=None).exists():
        raise ValidationError({"name": f"同一乡镇（街道）已有名为“{new}”的站点"})
    unit.name, unit.initials = new, initials_of(new)
    unit.save(update_fields=["name", "initials"])
    return {"名称": [old, new]}

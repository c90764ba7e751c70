"""One street of 榆次区 whose station was closed on 1 July, for demolition, and is planned anew since September."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from accounts.actions import add_unit
from accounts.models import User
from common.months import Month
from reporting.demo import MARK
from reporting.demo.places import Place
from reporting.models import MonthlyReport
from services.models import MonthLock, ServiceRecord
from stations.models import Station, StationPosting, StationStatus, StatusSpell

STREET = "140702009000"  # 晋华街道
CLOSING, PLANNING = (7, 1), (9, 21)


def closing_day(today: date) -> date:
    """1 July of the last year whose 21 September has come."""
    year = today.year if today >= date(today.year, *PLANNING) else today.year - 1
    return date(year, *CLOSING)


def replan(places: list[Place], today: date, county: User) -> Station:
    """Close the street's station with its postings and what came after; plan the new one. Returns that."""
    place = next(place for place in places if place.township.code == STREET)
    closed_on = closing_day(today)
    _close(place, closed_on, county)
    planned_on = closed_on.replace(month=PLANNING[0], day=PLANNING[1])
    unit = add_unit(
        parent=place.township,
        name=f"{place.township.name}社工站{MARK}",
        initials=f"{place.township.initials}sgz",
        opened_on=planned_on,
    )
    station = Station.objects.create(unit=unit, is_demo=True)
    _spell(station, StatusSpell(status=StationStatus.PLANNED, starts_on=planned_on, note="拆迁后另行选址"), county)
    return station


def _close(place: Place, on: date, county: User) -> None:
    station = place.station
    StatusSpell.objects.filter(station=station, ends_on=None).update(ends_on=on)
    _spell(station, StatusSpell(status=StationStatus.CLOSED, starts_on=on, note="站点所在楼宇拆迁"), county)
    station.closed_on = station.unit.closed_on = on
    station.save(update_fields=["closed_on"])
    station.unit.save(update_fields=["closed_on"])
    StationPosting.objects.filter(station=station, ends_on=None).update(ends_on=on, end_note="站点撤销")
    ServiceRecord.objects.filter(station=station, ends_on__gte=on).delete()
    MonthlyReport.objects.filter(station=station, month__gte=Month.of(on)).delete()
    MonthLock.objects.filter(station=station, month__gte=Month.of(on)).delete()


def _spell(station: Station, spell: StatusSpell, by: User) -> None:
    spell.station, spell.recorded_by = station, by
    spell.recorded_at = datetime.combine(spell.starts_on, time(16, 20), tzinfo=timezone.get_default_timezone())
    spell.save(force_insert=True)

"""Stations of Jinzhong and Lanzhou with the lives that the two documents tell (R1, R2, R5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from accounts.actions import add_unit
from accounts.models import Level, OrgUnit
from policies.models import ProvisionKind
from policies.queries import RuleBook
from reporting.demo import MARK, demo_months
from reporting.demo.hosts import host_of
from stations.models import (
    Hosting,
    Station,
    StationKind,
    StationStatus,
    StatusSpell,
)

CITIES = ("140700000000", "620100000000")
# Jinzhong 二: five counties complete by the end of 2022 (介休 was the province's pilot), six due in 2023.
BUILT: dict[str, tuple[date, date]] = {
    "140781000000": (date(2021, 5, 10), date(2021, 12, 20)),  # 介休
    "140728000000": (date(2021, 9, 1), date(2022, 8, 30)),  # 平遥
    "140729000000": (date(2021, 10, 11), date(2022, 10, 28)),  # 灵石
    "140725000000": (date(2022, 3, 14), date(2022, 12, 16)),  # 寿阳
    "140723000000": (date(2022, 4, 6), date(2022, 12, 23)),  # 和顺
}
BUILT_2023 = (date(2023, 3, 6), date(2023, 12, 22))
# Lanzhou: “remaining stations during 2023”; what stood before is assumed to be the first third of each county.
LANZHOU_BEFORE = (date(2022, 3, 1), date(2022, 12, 15))
ROOMS = [(2021, 10), (2022, 22), (2023, 14)]  # R2: 32 by the end of 2022, 14 new in 2023

NOT_OPERATING = 4  # 挂牌未运营: sign hung, never operating
SUSPENDED = 2


@dataclass
class Place:
    """A demo station with what later steps need to know of it."""

    station: Station
    township: OrgUnit
    county: OrgUnit
    completed_on: date
    operating_from: date | None = None


def _spread(rng: Random, first: date, last: date, count: int) -> list[date]:
    """`count` working-week dates over [first, last], the last one exactly `last`."""
    span = (last - first).days
    days = [first + timedelta(days=span * n // max(count - 1, 1)) for n in range(count - 1)]
    moved = [day + timedelta(days=rng.randint(0, 9)) for day in days]
    return [*sorted(min(day, last) for day in moved), last]


def _completion_dates(rng: Random, county: OrgUnit, townships: list[OrgUnit]) -> list[date]:
    code = county.code or ""
    if code.startswith("1407"):
        return _spread(rng, *BUILT.get(code, BUILT_2023), len(townships))
    before = len(townships) // 3
    early = _spread(rng, *LANZHOU_BEFORE, before) if before else []
    return early + _spread(rng, *BUILT_2023, len(townships) - before)


def build_places(rng: Random, today: date) -> list[Place]:
    """One station for each live township of both cities, in the order of the tree."""
    rules = RuleBook.load()
    places: list[Place] = []
    for code in CITIES:
        city = OrgUnit.objects.get(code=code)
        units = OrgUnit.objects.under(city).live(today).filter(is_virtual=False)
        counties = {unit.pk: unit for unit in units.filter(level=Level.COUNTY)}
        below: dict[int, list[OrgUnit]] = {pk: [] for pk in counties}
        for township in units.filter(level=Level.TOWNSHIP, children=None):
            below[township.parent_id or 0].append(township)
        for pk, townships in below.items():
            dates = _completion_dates(rng, counties[pk], townships)
            for number, (township, completed_on) in enumerate(zip(townships, dates, strict=True)):
                place = _station(rng, rules, township, counties[pk], completed_on)
                if place.station.hosting != Hosting.TOWNSHIP:
                    place.station.host_name = host_of(counties[pk].code or "", number)
                place.station.records_from = demo_months(today)[0].first  # before, there is nothing to count
                places.append(place)
    _give_lives(rng, places)
    return places


def _station(rng: Random, rules: RuleBook, township: OrgUnit, county: OrgUnit, completed_on: date) -> Place:
    unit = add_unit(
        parent=township, name=f"{township.name}社工站{MARK}", initials=f"{township.initials}sgz", opened_on=completed_on
    )
    due = rules.due(ProvisionKind.STATION_BASICS, unit.path, completed_on)
    lateness = rng.choice([3, 6, 12]) if rng.random() < 0.09 else -rng.randint(0, 3)
    station = Station(
        unit=unit,
        address=f"{township.name}便民服务中心 {rng.randint(1, 4)} 楼{MARK}",
        contact_name=rng.choice("王李张刘陈杨赵黄周吴") + "站长" + MARK,
        contact_phone=f"0354-000{rng.randint(1000, 9999)}",
        hosting=rng.choices([Hosting.AGENCY, Hosting.TOWNSHIP, Hosting.MIXED], [7, 2, 1])[0],
        host_name=township.name,
        area_square_metres=rng.randint(40, 160),
        completed_on=completed_on,
        basics_entered_on=max(due.due + timedelta(days=lateness), completed_on),
        is_demo=True,
    )
    station.judge_by(due)
    return Place(station, township, county, completed_on)


def _give_lives(rng: Random, places: list[Place]) -> None:
    """Insert stations and status spells; a few faults at fixed places."""
    idle = set(rng.sample(range(len(places)), NOT_OPERATING + SUSPENDED))
    never = set(sorted(idle)[:NOT_OPERATING])
    spells: list[StatusSpell] = []
    for number, place in enumerate(places):
        steps = _steps(rng, place, never=number in never, suspended=number in idle - never)
        ends = [step[1] for step in steps[1:]] + [None]
        for (status, starts_on), ends_on in zip(steps, ends, strict=True):
            spells.append(StatusSpell(station=place.station, status=status, starts_on=starts_on, ends_on=ends_on))
    Station.objects.bulk_create([place.station for place in places])
    StatusSpell.objects.bulk_create(spells, batch_size=500)


def _steps(rng: Random, place: Place, *, never: bool, suspended: bool) -> list[tuple[StationStatus, date]]:
    completed_on = place.completed_on
    hung_on = completed_on + timedelta(days=rng.randint(2, 12))
    steps = [
        (StationStatus.PLANNED, completed_on - timedelta(days=rng.randint(120, 180))),
        (StationStatus.BUILDING, completed_on - timedelta(days=rng.randint(45, 90))),
        (StationStatus.COMPLETED, completed_on),
        (StationStatus.ACCEPTED, completed_on + (hung_on - completed_on) / 2),
        (StationStatus.SIGN_HUNG, hung_on),
    ]
    if never:
        return steps
    place.operating_from = hung_on + timedelta(days=rng.randint(1, 15))
    steps.append((StationStatus.OPERATING, place.operating_from))
    if suspended:
        steps.append((StationStatus.SUSPENDED, place.operating_from + timedelta(days=rng.randint(400, 700))))
        place.operating_from = None
    return steps


def build_rooms(rng: Random, places: list[Place]) -> None:
    """Demonstration community rooms of Lanzhou (R2), each a leaf beside its township's station."""
    lanzhou = [place for place in places if (place.county.code or "").startswith("6201")]
    hosts = iter(rng.sample(lanzhou, sum(count for _, count in ROOMS)))
    rooms: list[Station] = []
    spells: list[StatusSpell] = []
    for year, count in ROOMS:
        for _ in range(count):
            place = next(hosts)
            completed_on = date(year, rng.randint(4, 12), rng.randint(1, 28))
            unit = add_unit(
                parent=place.township, name=f"{place.township.name}示范社区社工室{MARK}", opened_on=completed_on
            )
            room = Station(unit=unit, kind=StationKind.ROOM, completed_on=completed_on, is_demo=True)
            rooms.append(room)
            days = [completed_on, completed_on + timedelta(days=5), completed_on + timedelta(days=10)]
            steps = (StationStatus.COMPLETED, StationStatus.ACCEPTED, StationStatus.OPERATING)
            for status, day, end in zip(steps, days, [*days[1:], None], strict=True):
                spells.append(StatusSpell(station=room, status=status, starts_on=day, ends_on=end))
    Station.objects.bulk_create(rooms)
    StatusSpell.objects.bulk_create(spells, batch_size=500)

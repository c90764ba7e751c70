"""One sign-in for each role, on real places."""

from __future__ import annotations

from datetime import date

from accounts.models import Level, OrgUnit, Posting, User
from accounts.roles import Role
from reporting.demo.places import Place
from reporting.demo.replanned import STREET
from stations.models import Worker

PASSWORD = "shezhan-demo-2026"
SINCE = date(2023, 1, 1)

# username, name, role, code of the unit (stations: of the township whose station it is)
SIGN_INS = [
    ("worker", "张（演示）", Role.STATION_WORKER, ("140781",)),
    ("township", "李（演示）", Role.TOWNSHIP_MANAGER, ("140781",)),
    ("county", "王（演示）", Role.COUNTY_OFFICIAL, ("140781000000",)),
    ("yuci", "郭（演示）", Role.COUNTY_OFFICIAL, ("140702000000",)),
    ("yucitown", "高（演示）", Role.TOWNSHIP_MANAGER, (STREET,)),
    ("city", "赵（演示）", Role.CITY_OFFICIAL, ("140700000000",)),
    ("lanzhou", "马（演示）", Role.CITY_OFFICIAL, ("620100000000",)),
    ("province", "钱（演示）", Role.PROVINCE_OFFICIAL, ("140000000000",)),
    ("agency", "郑（演示）", Role.AGENCY_MANAGER, ()),  # by its agency's contracts (reporting.demo.agencies)
    ("auditor", "吴（演示）", Role.AUDITOR, ("140700000000",)),
    ("admin", "周（演示）", Role.ADMINISTRATOR, ("000000000000",)),
]


def build_sign_ins(places: list[Place], workers: dict[int, list[Worker]]) -> dict[str, User]:
    """Create the users; a six-digit county code stands for that county's first place. Username → user."""
    made = {}
    for username, name, role, codes in SIGN_INS:
        user = User.objects.create_user(username, PASSWORD, name=name)
        units = [_unit(places, role, code) for code in codes]
        for unit in units:
            Posting.objects.create(user=user, role=role, unit=unit, starts_on=SINCE)
        if role == Role.STATION_WORKER:
            person = workers[units[0].pk][0]
            Worker.objects.filter(pk=person.pk).update(user=user, name=name)
        made[username] = user
    return made


def _unit(places: list[Place], role: Role, code: str) -> OrgUnit:
    if len(code) == 12:
        return OrgUnit.objects.get(code=code)
    place = next(p for p in places if (p.county.code or "").startswith(code) and p.operating_from)
    return place.township if role == Role.TOWNSHIP_MANAGER else place.station.unit


def describe() -> list[str]:
    """The demo sign-ins that exist, one line each: user name, role, unit, password."""
    users = User.objects.filter(username__in=[row[0] for row in SIGN_INS]).order_by("pk")
    lines = []
    for user in users:
        posting = user.postings.open().select_related("unit__parent").order_by("starts_on", "pk")[0]
        unit = posting.unit
        place = unit.name if unit.level < Level.TOWNSHIP else f"{unit.parent.name} {unit.name}"
        lines.append(f"  {user.username:<10}{Role(posting.role).label}　{place}")
    return lines

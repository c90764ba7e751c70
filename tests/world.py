"""The fixed cast and places of the suite: a small true piece of the tree.

张 works at 北关街道社工站, 李 manages 北关街道, 王 is an official of 榆次区, 赵 of 晋中市, 钱 of 山西省; 孙 is an
official of 太谷区, the outsider. 周 administers and 吴 audits 晋中市; 郑 manages the agency that runs 北关街道社工站.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.actions import add_unit
from accounts.models import OrgUnit, Posting, User
from accounts.roles import Role
from stations.models import Station, StationStatus, StatusSpell

PASSWORD = "demo-Pass-2026"


@dataclass
class World:
    """Units by name in `units`, users by role word in `users` (worker, township, county, city, province, outsider,
    administrator, auditor, agency, root)."""

    units: dict[str, OrgUnit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None

    def station(self, name: str = "北关街道社工站") -> Station:
        return Station.objects.select_related("unit").get(unit=self.units[name])


PLACES = [  # parent, name, code
    (None, "全国", "000000000000"),
    ("全国", "山西省", "140000000000"),
    ("全国", "甘肃省", "620000000000"),
    ("山西省", "晋中市", "140700000000"),
    ("甘肃省", "兰州市", "620100000000"),
    ("晋中市", "榆次区", "140702000000"),
    ("晋中市", "太谷区", "140703000000"),
    ("晋中市", "介休市", "140781000000"),
    ("兰州市", "城关区", "620102000000"),
    ("榆次区", "北关街道", "140702001000"),
    ("榆次区", "锦纶街道", "140702002000"),
    ("太谷区", "明星镇", "140703100000"),
    ("介休市", "北坛街道", "140781003000"),
    ("城关区", "酒泉路街道", "620102001000"),
]
STATIONS = [
    ("北关街道", date(2023, 9, 1)),
    ("锦纶街道", date(2023, 10, 1)),
    ("明星镇", date(2023, 11, 1)),
    ("北坛街道", date(2022, 6, 1)),
    ("酒泉路街道", date(2023, 3, 1)),
]
CAST = [
    ("worker", "zhang", "张（演示）", Role.STATION_WORKER, "北关街道社工站"),
    ("township", "li", "李（演示）", Role.TOWNSHIP_MANAGER, "北关街道"),
    ("county", "wang", "王（演示）", Role.COUNTY_OFFICIAL, "榆次区"),
    ("city", "zhao", "赵（演示）", Role.CITY_OFFICIAL, "晋中市"),
    ("province", "qian", "钱（演示）", Role.PROVINCE_OFFICIAL, "山西省"),
    ("outsider", "sun", "孙（演示）", Role.COUNTY_OFFICIAL, "太谷区"),
    ("administrator", "zhou", "周（演示）", Role.ADMINISTRATOR, "晋中市"),
    ("auditor", "wu", "吴（演示）", Role.AUDITOR, "晋中市"),
    ("agency", "zheng", "郑（演示）", Role.AGENCY_MANAGER, "北关街道社工站"),
    ("root", "root", "全国管理员（演示）", Role.ADMINISTRATOR, "全国"),
]


def make_station(township: OrgUnit, completed_on: date | None, name: str = "") -> Station:
    """A station with the spells of an ordinary life: building, completed, sign hung, operating from `completed_on`."""
    unit = add_unit(parent=township, name=name or f"{township.name}社工站")
    station = Station.objects.create(unit=unit, completed_on=completed_on, address="演示路 1 号")
    if completed_on is None:
        StatusSpell.objects.create(station=station, status=StationStatus.PLANNED, starts_on=date(2023, 1, 1))
        return station
    spells = [StationStatus.COMPLETED, StationStatus.SIGN_HUNG, StationStatus.OPERATING]
    for number, status in enumerate(spells):
        last = number == len(spells) - 1
        StatusSpell.objects.create(
            station=station, status=status, starts_on=completed_on, ends_on=None if last else completed_on
        )
    return station


def make_user(username: str, name: str, *postings: tuple[Role, OrgUnit]) -> User:
    user = User.objects.create_user(username, PASSWORD, name=name)
    for role, unit in postings:
        Posting.objects.create(user=user, role=role, unit=unit, starts_on=date(2021, 1, 1))
    return user


def build_world() -> World:
    world = World()
    for parent, name, code in PLACES:
        world.units[name] = add_unit(parent=world.units[parent] if parent else None, name=name, code=code)
    for township, completed_on in STATIONS:
        station = make_station(world.units[township], completed_on)
        world.units[station.unit.name] = station.unit
    for key, username, name, role, unit in CAST:
        world.users[key] = make_user(username, name, (role, world.units[unit]))
    return world

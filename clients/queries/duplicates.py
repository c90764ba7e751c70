"""Files that seem to be of one person: same number; or same name, birth date and place (address, or station).

What the user may read is shown; of a file out of their reach only that one with this number exists.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client, NotDuplicate
from clients.models.files import ClientQuerySet
from common.encrypted import blind_index
from stations.models import Station

SAME_NUMBER = "身份证号相同"
SAME_PLACE = "姓名、出生日期和地址相同"
SAME_STATION = "姓名、出生日期和建档站点相同"
SHORTEST = 4  # characters of an address that says a place: “3号” is in every village
MOST = 500  # files looked at for one page of proposals


@dataclass(frozen=True)
class Found:
    """A file that seems to be of the same person, and why."""

    client: Client
    why: str


@dataclass(frozen=True)
class Duplicates:
    """`known`: the open file of this very station with this number, beside which there can be no other. `elsewhere`: a
    file with this number exists out of the user's reach; its station can be asked to hand it over."""

    found: tuple[Found, ...] = ()
    elsewhere: bool = False
    known: Client | None = None

    def __bool__(self) -> bool:
        return bool(self.found) or self.elsewhere


@dataclass(frozen=True)
class Pair:
    """Two files proposed to be merged, the older first. `other` is None where it is out of the user's reach."""

    client: Client
    other: Client | None
    why: str


def of(
    user: User,
    *,
    station: Station | None,
    name: str,
    born_on: date | None = None,
    id_number: str = "",
    household: str = "",
    residence: str = "",
    but: Client | None = None,
) -> Duplicates:
    """Standing files of this person, for the form that opens a file (`but`: the file itself, when it is changed).

    At most two queries besides the gate's.
    """
    number = blind_index(id_number) if id_number else None
    asked = Client(
        station_id=station.pk if station else None, name=" ".join(name.split()), born_on=born_on, household=household,
        residence=residence, id_number_index=number,
    )  # fmt: skip
    same = Q(pk__in=[])
    if number:
        same |= Q(id_number_index=number)
    if asked.name and born_on:
        same |= Q(name=asked.name, born_on=born_on)
    candidates = _standing().filter(same).exclude(pk=but.pk if but else None)
    readable = set(_readable(user).filter(pk__in=candidates.order_by().values("pk")).values_list("pk", flat=True))
    rows = [(row, why) for row in candidates if (why := reason(asked, row))]
    found = tuple(Found(row, why) for row, why in rows if row.pk in readable)
    here = (one.client for one in found if one.why == SAME_NUMBER and one.client.station_id == asked.station_id)
    return Duplicates(
        found=found,
        known=next((row for row in here if row.closed_on is None), None),
        elsewhere=any(why == SAME_NUMBER and row.pk not in readable for row, why in rows),
    )


def like(user: User, client: Client) -> Duplicates:
    """Standing files that seem to be of the same person as this one."""
    return of(
        user,
        station=client.station,
        name=client.name,
        born_on=client.born_on,
        id_number=client.id_number,
        household=client.household,
        residence=client.residence,
        but=client,
    )


def proposals(user: User) -> list[Pair]:
    """Pairs of files that seem to be of one person, as far as the user may merge them; those said to be two people
    left out. Of more than MOST files only the latest. A fixed number of queries."""
    own = _readable(user)
    twin = _standing().exclude(pk=OuterRef("pk")).order_by()
    number = Q(id_number_index__isnull=False) & Exists(twin.filter(id_number_index=OuterRef("id_number_index")))
    person = Q(born_on__isnull=False) & Exists(twin.filter(name=OuterRef("name"), born_on=OuterRef("born_on")))
    keys = {
        *own.filter(number).values_list("pk", flat=True)[:MOST],
        *own.filter(person).values_list("pk", flat=True)[:MOST],
    }
    mine = list(_standing().filter(pk__in=keys))
    numbers = {row.id_number_index for row in mine if row.id_number_index}
    elsewhere = _standing().filter(id_number_index__in=numbers).exclude(pk__in=own.order_by().values("pk"))
    beyond = set(elsewhere.values_list("id_number_index", flat=True))
    said = set(NotDuplicate.objects.filter(client__in=keys, other__in=keys).values_list("client_id", "other_id"))
    found = [
        Pair(first, second, why)
        for first, second, why in _pairs(mine)
        if (first.pk, second.pk) not in said
    ]  # fmt: skip
    found += [Pair(row, None, SAME_NUMBER) for row in mine if row.id_number_index in beyond]
    return sorted(
        found, key=lambda pair: (pair.why != SAME_NUMBER, -pair.client.pk, -(pair.other.pk if pair.other else 0))
    )


def reason(first: Client, second: Client) -> str:
    """Why the two seem to be one person; "" when they do not."""
    if first.id_number_index and second.id_number_index:  # two numbers are two people, whatever their names
        return SAME_NUMBER if first.id_number_index == second.id_number_index else ""
    if first.born_on is None or (first.name, first.born_on) != (second.name, second.born_on):
        return ""
    places = [(one, two) for one in _places(first) for two in _places(second)]
    if any(one.endswith(two) or two.endswith(one) for one, two in places):
        return SAME_PLACE
    return SAME_STATION if first.station_id == second.station_id else ""


def normal_place(text: str) -> str:
    """An address without what people write differently: width of characters, spaces, punctuation."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LN").lower()


def _places(client: Client) -> list[str]:
    places = (normal_place(client.household), normal_place(client.residence))
    return [place for place in places if len(place) >= SHORTEST]


def _pairs(clients: Iterable[Client]) -> Iterable[tuple[Client, Client, str]]:
    """Each pair once, the lower key first."""
    groups: dict[tuple[str, ...], list[Client]] = defaultdict(list)
    for row in sorted(clients, key=lambda row: row.pk):
        if row.id_number_index:
            groups["number", row.id_number_index].append(row)
        if row.born_on:
            groups["person", row.name, str(row.born_on)].append(row)
    seen: set[tuple[int, int]] = set()
    for group in groups.values():
        for first, second in combinations(group, 2):
            if (first.pk, second.pk) not in seen and (why := reason(first, second)):
                seen.add((first.pk, second.pk))
                yield first, second, why


def _standing() -> ClientQuerySet:
    return Client.objects.standing().select_related("station__unit").order_by("-pk")


def _readable(user: User) -> ClientQuerySet:
    return _standing().visible_to(user, Permission.EDIT_CLIENTS)

"""Rows of the room for tests/gate_cases.py: `make(world, place)` gives one that lies at the place."""

from __future__ import annotations

from datetime import date

from clients.models import Client, ClientCategory, ClientContact, ClientMerge, ClientRelation, Consent, Transfer
from tests.clients.conftest import number_of
from tests.clients.make import make_client
from tests.world import World, make_station

DAY = date(2026, 1, 5)


def client(world: World, place: str) -> Client:
    """Each with a number of its own: a station has one open file for a number."""
    number = number_of(date(1950, 3, 1), 101 + Client.objects.count())
    return make_client(world.station(place), "某人", id_number=number)


def category(world: World, place: str) -> ClientCategory:
    return ClientCategory.objects.create(client=client(world, place), category="DIBAO", starts_on=DAY)


def contact(world: World, place: str) -> ClientContact:
    return ClientContact.objects.create(client=client(world, place), kind="EMERGENCY", name="某亲友")


def relation(world: World, place: str) -> ClientRelation:
    return ClientRelation.objects.create(client=client(world, place), name="某亲属", relation="CHILD")


def consent(world: World, place: str) -> Consent:
    return Consent.objects.create(client=client(world, place), kind="SERVICE", given_on=DAY)


def merge(world: World, place: str) -> ClientMerge:
    kept = make_client(world.station(place), "另一人")
    return ClientMerge.objects.create(client=client(world, place), kept=kept, reason="重复建档")


def transfer(world: World, place: str) -> Transfer:
    """To a second station of the same township, so that whoever sees one of them sees the other."""
    here = world.station(place)
    name = f"第二社工站{Transfer.objects.count()}"
    there = make_station(world.units[place.removesuffix("社工站")], date(2024, 1, 1), name=name)
    return Transfer.objects.create(client=client(world, place), from_station=here, to_station=there, reason="迁居")


def pair(row: Client) -> dict[str, int]:
    """The file and another one of its station, for pages about two."""
    return {"pk": row.pk, "other": make_client(row.station, "另一人").pk}

"""Rows of the list of people served, and its orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet
from django.urls import reverse

from clients.models import Client
from clients.queries.consent import consents
from clients.queries.registered import categories_in_words
from clients.vocabulary import ConsentState

COLUMNS = (
    "pk", "name", "sex", "born_on", "id_number", "living", "self_care", "level", "opened_on", "closed_on", "is_demo",
    "station__unit__name",
)  # fmt: skip
_ORDERS = {
    "name": "initials",
    "age": "born_on",
    "level": "level",
    "station": "station__unit__path",
    "opened": "opened_on",
}


@dataclass(frozen=True)
class ClientRow:
    """A file as the list shows it."""

    pk: int
    url: str
    name: str
    masked: str
    sex: str
    age: int | None
    minor: bool
    categories: str
    level: str
    living: str
    self_care: str
    station: str
    opened_on: date
    closed_on: date | None
    consent: ConsentState
    is_demo: bool

    @property
    def person(self) -> str:
        """Sex and age in one."""
        return " · ".join(word for word in (self.sex, "" if self.age is None else f"{self.age} 岁") if word)

    @property
    def how(self) -> str:
        """Living and self-care in one."""
        return " · ".join(word for word in (self.living, self.self_care) if word)


def sorted_clients(rows: QuerySet[Client], sort: str) -> QuerySet[Client]:
    """In the order of `?sort=`: name (by its pinyin), age, level, station, opened; the newest files first."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key not in _ORDERS:
        return rows.order_by("-pk")
    if key == "age":
        down = not down  # the oldest was born first
    field = F(_ORDERS[key])
    return rows.order_by(field.desc(nulls_last=True) if down else field.asc(nulls_last=True), "-pk")


def client_rows(clients: Iterable[Client], on: date) -> list[ClientRow]:
    """The rows of files of one page. Two queries beside theirs."""
    clients = list(clients)
    keys = [client.pk for client in clients]
    categories = categories_in_words(keys, on)
    signed = consents(keys)
    return [
        ClientRow(
            pk=client.pk,
            url=reverse("client_detail", args=[client.pk]),
            name=client.name,
            masked=client.masked_id_number,
            sex=client.get_sex_display(),
            age=client.age(on),
            minor=client.minor(on),
            categories=categories.get(client.pk, ""),
            level=client.get_level_display() or "",
            living=client.get_living_display(),
            self_care=client.get_self_care_display(),
            station=client.station.unit.name,
            opened_on=client.opened_on,
            closed_on=client.closed_on,
            consent=signed[client.pk],
            is_demo=client.is_demo,
        )
        for client in clients
    ]

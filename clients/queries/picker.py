"""Whom a form of a higher room offers by name: few small rows of a station's open files.

What somebody types to find a person is sent in the body of a POST, never in an address: those stand in access logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from clients.queries.consent import willing
from clients.queries.registered import categories_in_words
from clients.queries.search import matching
from clients.vocabulary import age_on
from stations.models import Station

LIMIT = 12
COLUMNS = ("pk", "name", "sex", "born_on", "id_number")


@dataclass(frozen=True)
class Pick:
    """A person as a form offers them. `masked`: 140***********15, "" without a number."""

    pk: int
    name: str
    age: int | None
    categories: str  # “低保、独居”
    masked: str

    @property
    def detail(self) -> str:
        """“76 岁 · 低保、独居”, to tell namesakes apart."""
        age = "" if self.age is None else f"{self.age} 岁"
        return " · ".join(word for word in (age, self.categories, self.masked) if word)


def usable(user: User, station: Station) -> QuerySet[Client]:
    """The station's open files that the user may read, without those who withdrew their consent."""
    rows = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).open().filter(station=station)
    return rows.filter(willing())


def recent(user: User, station: Station, limit: int = LIMIT, lately: Iterable[int] = ()) -> list[Pick]:
    """First those of `lately` (keys of files, the latest first: whom a higher room dealt with), then the newest files.
    Three queries at most."""
    keys = list(dict.fromkeys(lately))[: 4 * limit]
    rows = usable(user, station)
    found = {row.pk: row for row in rows.filter(pk__in=keys).only(*COLUMNS)} if keys else {}
    chosen = [found[key] for key in keys if key in found][:limit]
    if len(chosen) < limit:
        rest = rows.exclude(pk__in=[row.pk for row in chosen]).order_by("-pk").only(*COLUMNS)
        chosen += rest[: limit - len(chosen)]
    return _picks(chosen)


def search(user: User, station: Station, text: str, limit: int = LIMIT) -> list[Pick]:
    """Files whose name holds the text, whose initials begin with it, or that bear exactly this number. Two queries;
    none for a blank text."""
    if not text.strip():
        return []
    rows = matching(usable(user, station), text).order_by("name", "pk").only(*COLUMNS)
    return _picks(list(rows[:limit]))


def of(user: User, keys: Iterable[int]) -> list[Pick]:
    """The rows of these files in their order, as far as the user may read them, closed and merged ones too."""
    keys = list(keys)
    rows = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(pk__in=keys).only(*COLUMNS)
    found = {row.pk: row for row in rows}
    return _picks([found[key] for key in keys if key in found])


def _picks(clients: list[Client]) -> list[Pick]:
    today = timezone.localdate()
    words = categories_in_words([client.pk for client in clients], today)
    return [
        Pick(client.pk, client.name, age_on(client.born_on, today), words.get(client.pk, ""), client.masked_id_number)
        for client in clients
    ]

"""People served behind the distinct counts: numbers for every unit, names only where the reader holds the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from clients.models import Category, Client, FocusGroup
from common.months import Month
from reporting.words import Kept, first_files, kept_files
from services.models import ServiceClient
from stations.models import month_end
from stations.models.dated import at


@dataclass(frozen=True)
class Asked:
    """Which people: served in the month (of a focus group, of a category), or those whose file stood or was opened."""

    month: Month
    focus: str = ""
    category: str = ""
    kept: str = ""

    @property
    def key(self) -> str:
        """The indicator that counts them."""
        if self.kept:
            return "client_files" if self.kept == Kept.OPEN else "client_files_opened"
        return f"people_{self.focus or self.category}" if self.focus or self.category else "people"

    @property
    def words(self) -> str:
        if self.kept:
            return str(Kept(self.kept).label)
        if self.focus:
            return f"服务到的{FocusGroup(self.focus).label}"
        return f"服务到的{Category(self.category).label}对象" if self.category else "服务对象"


@dataclass(frozen=True)
class Person:
    """One person of the list; `client` is their standing file."""

    client: Client
    times: int
    last: Any
    readable: bool


def people_of(user: User, unit: OrgUnit, asked: Asked) -> QuerySet[Any]:
    """Keys of the people of whom `user` may read, as `person` with `times`, `last`; or `client` of a file."""
    day = month_end(asked.month)
    if asked.kept:
        spells = kept_files(day) if asked.kept == Kept.OPEN else first_files(asked.month.first, day)
        rows = spells.visible_to(user, Permission.VIEW_CLIENTS).under(unit)
        return rows.order_by("-starts_on", "-client").values("client")
    served = ServiceClient.objects.valid().visible_to(user, Permission.VIEW_CLIENTS).under(unit)
    served = served.filter(month=asked.month)
    if asked.focus:
        served = served.filter(**{asked.focus: True})
    if asked.category:
        served = served.filter(at(day, "client__categories__"), client__categories__category=asked.category)
    told = served.order_by().values("person")
    told = told.annotate(times=Count("service", distinct=True), last=Max("service__starts_on"))
    return told.order_by("-last", "-person")


def persons(user: User, rows: Iterable[dict[str, Any]]) -> list[Person]:
    """The files of a page of `people_of`. Two queries."""
    rows = list(rows)
    keys: list[int] = [row["person"] if "person" in row else row["client"] for row in rows]
    files = Client.objects.filter(pk__in=keys).select_related("station__unit").defer("id_number").in_bulk()
    readable = set(
        Client.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(pk__in=keys).values_list("pk", flat=True)
    )
    return [
        Person(files[key], row.get("times", 0), row.get("last"), key in readable)
        for key, row in zip(keys, rows, strict=True)
    ]

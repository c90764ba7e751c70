"""What the pages about standards show: the effective standard of a unit, versions, and one version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet

from accounts.models import OrgUnit, User
from policies.models import Dimension
from standards.effective import Demand, Item, Origin, number_text, requirement
from standards.models import Standard
from standards.models.standards import StandardQuerySet
from standards.queries.citations import origin_source
from standards.queries.in_force import StandardBook

SORTS = {
    "issuer": ("issuer__path", "-starts_on", "-pk"),
    "starts_on": ("starts_on", "pk"),
    "year": ("year", "version", "pk"),
}


@dataclass(frozen=True)
class Whose:
    """One demand of an item and whose it is: “最低值 60 平方米”, 榆次区, document and clause."""

    what: str
    issuer: str
    source: dict[str, str] | None


@dataclass(frozen=True)
class ItemRow:
    """An item as pages print it. `own`: the unit of the page has a say in it."""

    code: str
    name: str
    asked: str
    necessary: bool
    weight: str
    guidance: str
    whose: list[Whose]
    own: bool


def _whose(item: Item) -> list[Whose]:
    """Who set the item, and each later tightening."""
    rows = [Whose("设定", item.set_by.issuer, origin_source(item.set_by))]
    later: list[tuple[str, Origin | None]] = [
        ("提高最低要求", item.least_by),
        ("定为必备", item.necessary_by),
        ("须附照片", item.photo_by),
    ]
    return rows + [
        Whose(what, origin.issuer, origin_source(origin))
        for what, origin in later
        if origin is not None and origin != item.set_by
    ]


def item_row(item: Item, unit: OrgUnit | None = None) -> ItemRow:
    demand = item.demand
    return ItemRow(
        code=item.code,
        name=demand.name,
        asked=requirement(demand),
        necessary=demand.necessary,
        weight=number_text(demand.weight),
        guidance=demand.guidance,
        whose=_whose(item),
        own=unit is not None and any(origin.issuer_id == unit.pk for origin in item.origins),
    )


def grouped(items: Iterable[Item], unit: OrgUnit | None = None) -> list[tuple[Dimension, list[ItemRow]]]:
    """Items by dimension, in their order; all four dimensions."""
    items = list(items)
    return [
        (dimension, [item_row(item, unit) for item in items if item.demand.dimension == dimension])
        for dimension in Dimension
    ]


def effective_for(unit: OrgUnit, on: date) -> tuple[list[Item], list[Standard]]:
    """What holds for the unit on that day, and the versions behind it, the highest unit's first. Two queries."""
    book = StandardBook.load([unit.path])
    return book.items(unit.path, on), book.standards(unit.path, on)


def list_standards(user: User, *, under: OrgUnit | None, state: str, on: date, sort: str) -> Any:
    """Versions in the user's view (also those of units above), with `total` items."""
    rows: StandardQuerySet = Standard.objects.visible_to(user)
    if under is not None:
        rows = rows.filter(issuer__path__gte=under.path, issuer__path__lt=under.path + "~")
    if state == "now":
        rows = rows.at(on)
    elif state == "ahead":
        rows = rows.filter(starts_on__gt=on)
    elif state == "over":
        rows = rows.filter(ends_on__lte=on)
    key = sort.removeprefix("-")
    order = SORTS.get(key, SORTS["issuer"])
    if sort.startswith("-") and key in SORTS:
        order = tuple(name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order)
    return rows.select_related("issuer", "document").annotate(total=Count("items")).order_by(*order)


@dataclass(frozen=True)
class VersionRow:
    """An item of one version: what it asks, how that differs from the version before, and the paper that sets it."""

    demand: Demand
    asked: str
    weight: str
    before: str  # what the version before asked, where it differs; “新增” for a new one
    source: dict[str, str] | None


@dataclass(frozen=True)
class VersionPage:
    previous: Standard | None
    groups: list[tuple[Dimension, list[VersionRow]]]
    dropped: list[str]


def version_page(standard: Standard) -> VersionPage:
    """The items of a version, against those of the one before it. Four queries."""
    earlier = Standard.objects.filter(issuer=standard.issuer_id, pk__lt=standard.pk)
    previous = earlier.select_related("issuer").order_by("-pk").first()
    rows = [row.demand() for row in standard.items.select_related("standard__issuer", "document")]
    before: dict[str, Demand] = {}
    if previous:
        before = {row.code: row.demand() for row in previous.items.select_related("standard__issuer", "document")}
    groups = [
        (dimension, [_version_row(row, before, previous is not None) for row in rows if row.dimension == dimension])
        for dimension in Dimension
    ]
    kept = {row.code for row in rows}
    return VersionPage(previous, groups, [demand.name for code, demand in before.items() if code not in kept])


def _version_row(demand: Demand, before: dict[str, Demand], has_previous: bool) -> VersionRow:
    words = ""
    earlier = before.get(demand.code)
    if earlier is None:
        words = "新增" if has_previous else ""
    elif _facts(earlier) != _facts(demand):
        words = f"原为：{'，'.join(_facts(earlier))}"
    return VersionRow(demand, requirement(demand), number_text(demand.weight), words, origin_source(demand.origin))


def _facts(demand: Demand) -> tuple[str, str, str]:
    return (
        requirement(demand),
        "必备" if demand.necessary else "非必备",
        f"权重 {number_text(demand.weight)}",
    )


def versions_of(unit: OrgUnit) -> QuerySet[Standard]:
    """The unit's own versions, the latest first, with `total` items."""
    own = Standard.objects.filter(issuer=unit).select_related("document").annotate(total=Count("items"))
    return own.order_by(F("starts_on").desc(), "-pk")

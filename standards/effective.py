"""What holds for a station: the demands of every unit above it, laid over each other. Pure.

From the top down, each unit may add an item or tighten one that stands above: a higher minimum, a higher least choice,
necessary instead of optional, a photo. Nothing below can loosen what stands above, whatever rows say, so the result
holds also where a higher unit issued its standard later. What a weight is, who set the item decides: raising one
item's share lowers all the others'. A shipped default has no authority: a province's standard takes its place as a
whole, any other unit's item takes the place of the default's item of that code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import models

from common.paths import STEP
from policies.models import Dimension

WHOLE = 2 * STEP  # a path up to this length (nation, province) issues whole standards


class ItemKind(models.TextChoices):
    """How an item is answered."""

    YES_NO = "YES_NO", "是 / 否"
    NUMBER = "NUMBER", "数值"
    CHOICE = "CHOICE", "选项"
    PHOTO = "PHOTO", "照片"


@dataclass(frozen=True)
class Origin:
    """Whose demand it is, and the document and clause that make it."""

    issuer_id: int
    issuer: str
    document_id: int
    document: str
    clause: str = ""
    is_default: bool = False

    @property
    def citation(self) -> str:
        return f"{self.document} {self.clause}".strip()

    def __str__(self) -> str:
        return f"{self.issuer} {self.clause}".strip() if self.is_default else f"{self.issuer}（{self.citation}）"


@dataclass(frozen=True)
class Demand:
    """One row: what the unit at `path` demands by its standard in force."""

    path: str
    origin: Origin
    code: str
    dimension: Dimension
    name: str
    kind: ItemKind
    weight: Decimal = Decimal(1)
    necessary: bool = False
    photo_required: bool = False
    unit_word: str = ""
    minimum: Decimal | None = None
    options: tuple[str, ...] = ()
    least: int | None = None
    guidance: str = ""
    order: int = 0

    def same_thing(self, other: Demand) -> bool:
        """Is it asked and answered in the same way? Else it cannot tighten the other."""
        mine = (self.dimension, self.kind, self.unit_word, self.options)
        return mine == (other.dimension, other.kind, other.unit_word, other.options)


@dataclass(frozen=True)
class Item:
    """An item that holds, with whose each of its demands is. `set_by` set the item and its weight."""

    demand: Demand
    set_by: Origin
    least_by: Origin  # whose minimum or least choice it is
    necessary_by: Origin | None = None
    photo_by: Origin | None = None

    @property
    def code(self) -> str:
        return self.demand.code

    @property
    def origins(self) -> list[Origin]:
        """Everyone who has a say in it, once each, the highest first."""
        return list(dict.fromkeys(o for o in (self.set_by, self.least_by, self.necessary_by, self.photo_by) if o))


def effective(demands: Iterable[Demand]) -> list[Item]:
    """What holds, out of the demands of all units above a station that are in force on one day; in reading order."""
    by_code: dict[str, list[Demand]] = {}
    for demand in _authoritative(sorted(demands, key=lambda demand: (len(demand.path), demand.order))):
        by_code.setdefault(demand.code, []).append(demand)
    items = [_laid_over(rows) for rows in by_code.values()]
    order = list(Dimension)
    return sorted(items, key=lambda item: (order.index(item.demand.dimension), item.demand.order, item.code))


def _authoritative(demands: list[Demand]) -> list[Demand]:
    """Without the defaults that gave way."""
    spoken = [demand for demand in demands if not demand.origin.is_default]
    if any(len(demand.path) <= WHOLE for demand in spoken):
        return spoken
    replaced = {demand.code for demand in spoken}
    return [demand for demand in demands if not (demand.origin.is_default and demand.code in replaced)]


def _laid_over(rows: list[Demand]) -> Item:
    """The demands on one code, the highest unit's first."""
    first, *rest = rows
    item = Item(
        first,
        first.origin,
        first.origin,
        first.origin if first.necessary else None,
        first.origin if first.photo_required else None,
    )
    for row in rest:
        if row.same_thing(first):
            item = _tightened(item, row)
    return item


def _tightened(item: Item, row: Demand) -> Item:
    now = item.demand
    if row.minimum is not None and now.minimum is not None and row.minimum > now.minimum:
        now, item = replace(now, minimum=row.minimum), replace(item, least_by=row.origin)
    if row.least is not None and now.least is not None and row.least > now.least:
        now, item = replace(now, least=row.least), replace(item, least_by=row.origin)
    if row.necessary and not now.necessary:
        now, item = replace(now, necessary=True), replace(item, necessary_by=row.origin)
    if row.photo_required and not now.photo_required:
        now, item = replace(now, photo_required=True), replace(item, photo_by=row.origin)
    if row.guidance:
        now = replace(now, guidance=row.guidance)
    return replace(item, demand=now)


def number_text(value: Decimal) -> str:
    """60.00 → “60”, 1.50 → “1.5”."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def requirement(demand: Demand) -> str:
    """What is asked, in words: “不少于 60 平方米”."""
    match demand.kind:
        case ItemKind.NUMBER:
            words = f"不少于 {number_text(demand.minimum or Decimal(0))} {demand.unit_word}".rstrip()
        case ItemKind.CHOICE:
            words = f"达到“{demand.options[demand.least or 0]}”"
            if (demand.least or 0) + 1 < len(demand.options):
                words += "以上"
        case ItemKind.PHOTO:
            return "有照片"
        case _:
            words = "具备"
    return f"{words}，附照片" if demand.photo_required else words


def loosenings(new: Demand, above: Item) -> dict[str, str]:
    """What of `new` is looser than what stands above it: field → why it is refused. Empty when it may be issued."""
    stands = above.demand
    words: dict[str, str] = {}
    if new.dimension != stands.dimension:
        words["dimension"] = f"维度由{above.set_by}定为“{stands.dimension.label}”，不能改变"
    if new.kind != stands.kind:
        words["kind"] = f"填报方式由{above.set_by}定为“{stands.kind.label}”，不能改变"
        return words
    if new.unit_word != stands.unit_word:
        words["unit_word"] = f"计量单位由{above.set_by}定为“{stands.unit_word}”，不能改变"
    if new.options != stands.options:
        words["options"] = f"选项由{above.set_by}定为“{'、'.join(stands.options)}”，不能改变"
    elif new.least is not None and stands.least is not None and new.least < stands.least:
        words["least"] = f"不能低于{above.least_by}规定的“{stands.options[stands.least]}”，下级只能收紧"
    if new.minimum is not None and stands.minimum is not None and new.minimum < stands.minimum:
        least = f"{number_text(stands.minimum)} {stands.unit_word}".strip()
        words["minimum"] = f"不能低于{above.least_by}规定的最低值 {least}，下级只能收紧"
    if stands.necessary and not new.necessary:
        words["necessary"] = f"{above.necessary_by}规定为必备项，不能改为非必备"
    if stands.photo_required and not new.photo_required:
        words["photo_required"] = f"{above.photo_by}规定须附照片，不能取消"
    if new.weight != stands.weight:
        weight = number_text(stands.weight)
        words["weight"] = f"权重由{above.set_by}定为 {weight}，下级不能改动：一项的比重提高，其他各项就降低"
    return words

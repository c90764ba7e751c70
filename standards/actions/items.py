"""Checking the items of a standard as people type them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from common import checks
from common.text import long_text, plain_name
from policies.models import Dimension, PolicyDocument
from standards.effective import Item, ItemKind
from standards.models import Standard, StandardItem

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,29}")
LARGEST = Decimal("99999999.99")
HEAVIEST = Decimal(100)
FEWEST_OPTIONS, MOST_OPTIONS = 2, 10


@dataclass(frozen=True)
class ItemDraft:
    """An item as it is to stand in a version. `document` and `clause`: the paper that sets it, if not the version's."""

    code: str
    dimension: str
    name: str
    kind: str
    weight: Decimal | str | int = Decimal(1)
    necessary: bool = False
    photo_required: bool = False
    unit_word: str = ""
    minimum: Decimal | str | int | None = None
    options: Sequence[str] = field(default_factory=tuple)
    least: int | None = None
    guidance: str = ""
    order: int = 0
    clause: str = ""
    document: PolicyDocument | None = None


COPIED = [name for name in ItemDraft.__dataclass_fields__ if name not in ("document", "clause")]


def as_draft(row: StandardItem) -> ItemDraft:
    """A row of an earlier version, with the document and clause that set it."""
    return ItemDraft(**{name: getattr(row, name) for name in COPIED}, document=row.document, clause=row.clause)


def tightening(item: Item, **changed: Any) -> ItemDraft:
    """A draft of an item that stands above, with what is to be tightened."""
    return ItemDraft(**{name: getattr(item.demand, name) for name in COPIED} | {"guidance": ""} | changed)


def clean_rows(standard: Standard, drafts: Iterable[ItemDraft]) -> list[StandardItem]:
    """Unsaved rows of the version. ValidationError({field: message}), each message naming its item."""
    rows: list[StandardItem] = []
    errors: dict[str, list[str]] = {}
    for draft in drafts:
        try:
            rows.append(_row(standard, draft))
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                errors.setdefault(name, []).extend(f"“{draft.name[:60]}”：{message}" for message in messages)
    codes = [row.code for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        errors.setdefault("code", []).append(f"项目代码重复：{'、'.join(twice)}")
    if errors:
        raise ValidationError(errors)
    return rows


def _row(standard: Standard, draft: ItemDraft) -> StandardItem:
    kind = ItemKind(checks.member(draft.kind, ItemKind, field="kind", label="填报方式"))
    clean = checks.all_of(
        code=lambda: _code(draft.code),
        dimension=lambda: checks.member(draft.dimension, Dimension, field="dimension", label="维度"),
        name=lambda: plain_name(draft.name, field="name", label="项目", max_length=60),
        clause=lambda: checks.optional_name(draft.clause, field="clause", label="条款", max_length=40),
        guidance=lambda: long_text(draft.guidance, field="guidance", label="说明", max_length=500),
        weight=lambda: decimal(draft.weight, field="weight", label="权重", high=HEAVIEST),
        unit_word=lambda: checks.optional_name(draft.unit_word, field="unit_word", label="计量单位", max_length=10),
        minimum=lambda: _minimum(kind, draft.minimum),
        options=lambda: _options(kind, draft.options),
    )
    clean["least"] = _least(kind, draft.least, clean["options"])
    return StandardItem(
        standard=standard,
        document=draft.document or standard.document,
        kind=kind,
        photo_required=draft.photo_required or kind == ItemKind.PHOTO,
        necessary=draft.necessary,
        order=draft.order,
        **clean,
    )


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise ValidationError({"code": "项目代码应以大写字母开头，由大写字母、数字和下划线组成，2 至 30 位"})
    return value


def decimal(value: Decimal | str | float | None, *, field: str, label: str, high: Decimal = LARGEST) -> Decimal:
    """A number greater than 0 with at most two decimals."""
    try:
        number = Decimal(str(value)[:40])
    except InvalidOperation:
        raise ValidationError({field: f"{label}应为数字"}) from None
    if not number.is_finite() or not 0 < number <= high:
        raise ValidationError({field: f"{label}应大于 0，且不超过 {high:,}"})
    rounded = number.quantize(Decimal("0.01"))
    if rounded != number:
        raise ValidationError({field: f"{label}最多两位小数"})
    return rounded


def _minimum(kind: ItemKind, value: Any) -> Decimal | None:
    if kind != ItemKind.NUMBER:
        return None
    if value in (None, ""):
        raise ValidationError({"minimum": "请填写最低值"})
    return decimal(value, field="minimum", label="最低值")


def _options(kind: ItemKind, values: Sequence[str]) -> list[str]:
    if kind != ItemKind.CHOICE:
        return []
    options = [plain_name(value, field="options", label="选项", max_length=40) for value in values]
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise ValidationError({"options": f"选项应有 {FEWEST_OPTIONS} 至 {MOST_OPTIONS} 个，由低到高"})
    if len(set(options)) < len(options):
        raise ValidationError({"options": "选项不能重复"})
    return options


def _least(kind: ItemKind, value: int | None, options: Sequence[str]) -> int | None:
    if kind != ItemKind.CHOICE:
        return None
    if value is None or not 0 < value < len(options):
        raise ValidationError({"least": "请选择最低可接受的选项（不能是最低的一个，否则没有要求）"})
    return value

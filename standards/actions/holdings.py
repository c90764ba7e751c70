"""The registers of a station: equipment, institutions, signs. Entered, corrected, ended with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from common import checks
from common.text import plain_name
from files.actions import attach
from standards.models import (
    Asset,
    AssetCategory,
    AssetState,
    Institution,
    InstitutionKind,
    MoneySource,
    Sign,
    SignKind,
    SignState,
)
from stations import stale
from stations.actions.locks import locked_station
from stations.models import Station

H = TypeVar("H", Asset, Institution, Sign)
Cleaner = Callable[[Any], Any]
MOST_PIECES = 100_000
DEAREST = Decimal("999999999999.99")
BEGUN = {Asset: "购置日期", Institution: "通过日期", Sign: "悬挂日期"}


def _quantity(value: int | str | None) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= MOST_PIECES:
        raise ValidationError({"quantity": f"数量应为 1 至 {MOST_PIECES:,} 的整数"})
    return int(text)


def _price(value: Decimal | str | None) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        price = Decimal(str(value)[:40])
    except InvalidOperation:
        raise ValidationError({"price": "单价应为数字"}) from None
    if not price.is_finite() or not 0 <= price <= DEAREST:
        raise ValidationError({"price": "单价不能小于 0，也不能过大"})
    if price != price.quantize(Decimal("0.01")):
        raise ValidationError({"price": "单价最多到分（两位小数）"})
    return price


OWN: dict[type[Any], dict[str, Cleaner]] = {
    Asset: {
        "category": lambda v: checks.member(v, AssetCategory, field="category", label="类别"),
        "state": lambda v: checks.member(v, AssetState, field="state", label="状态"),
        "source": lambda v: checks.member(v, MoneySource, field="source", label="资金来源", blank=True),
        "source_note": lambda v: checks.optional_name(v, field="source_note", label="来源说明", max_length=80),
        "location": lambda v: checks.optional_name(v, field="location", label="存放位置", max_length=60),
        "quantity": _quantity,
        "price": _price,
    },
    Institution: {
        "kind": lambda v: checks.member(v, InstitutionKind, field="kind", label="类别"),
        "on_wall": bool,
    },
    Sign: {
        "kind": lambda v: checks.member(v, SignKind, field="kind", label="类别"),
        "state": lambda v: checks.member(v, SignState, field="state", label="状态"),
    },
}


def _clean(model: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row out of what was given, checked together; those that are left out stay as they are."""
    shared: dict[str, Cleaner] = {
        "name": lambda v: plain_name(v, field="name", label="名称", max_length=80),
        "starts_on": lambda v: checks.past_day(v, field="starts_on", label=BEGUN[model]),
        "note": checks.note,
    }
    cleaners = shared | OWN[model]
    if unknown := given.keys() - cleaners.keys():
        raise TypeError(f"unknown columns: {', '.join(sorted(unknown))}")
    return checks.all_of(**{name: (lambda n=name, v=value: cleaners[n](v)) for name, value in given.items()})


def _attach(by: User | None, row: Any, files: Mapping[str, Sequence[Any]]) -> None:
    for slot, chosen in files.items():
        attach(by=by, target=row, unit=row.station.unit, files=chosen, slot=slot)


@transaction.atomic
def add_holding(
    *, by: User | None, model: type[H], station: Station, files: Mapping[str, Sequence[Any]] | None = None, **given: Any
) -> H:
    """A new row of a register: `model` is Asset, Institution or Sign, `given` its columns. `files`: slot → uploads.

    Raises ValidationError, all problems at once.
    """
    station = locked_station(station)
    if station.closed_on:
        raise ValidationError("站点已撤销，不能再登记")
    row = model(station=station, **_clean(model, given))
    row.save()
    name = model._meta.verbose_name
    audit.record(by=by, verb=f"登记{name}", target=row, unit=station.unit, changes=audit.first(row))
    _attach(by, row, files or {})
    stale.mark(station.pk, stale.months_since(row.starts_on))
    return row


def _locked(row: H) -> H:
    rows = type(row)._default_manager.select_for_update(of=("self",)).select_related("station__unit")
    return rows.get(pk=row.pk)


@transaction.atomic
def edit_holding(*, by: User | None, row: H, files: Mapping[str, Sequence[Any]] | None = None, **given: Any) -> H:
    """Correct what is given. Raises ValidationError for a row that has ended."""
    locked_station(row.station)
    row = _locked(row)
    if row.ends_on:
        raise ValidationError(f"“{row}”已于 {row.ends_on} 停用，不能再改")
    before, since = audit.told(row), row.starts_on
    for name, value in _clean(type(row), given).items():
        setattr(row, name, value)
    row.save()
    changes = audit.changes(before, audit.told(row))
    if changes:
        verb = f"更正{type(row)._meta.verbose_name}"
        audit.record(by=by, verb=verb, target=row, unit=row.station.unit, changes=changes)
        stale.mark(row.station_id, stale.months_since(min(since, row.starts_on)))
    _attach(by, row, files or {})
    return row


@transaction.atomic
def end_holding(*, by: User | None, row: H, on: date | None, reason: str) -> H:
    """It is there no more: `on` is the first day without it. Raises ValidationError: ended already, no reason."""
    locked_station(row.station)
    row = _locked(row)
    if row.ends_on:
        raise ValidationError(f"“{row}”已于 {row.ends_on} 停用")
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="停用日期", since=row.starts_on, since_label=BEGUN[type(row)]),
        reason=lambda: plain_name(reason, field="reason", label="停用原因", max_length=200),
    )
    row.ends_on, row.end_reason = clean["on"], clean["reason"]
    row.save(update_fields=["ends_on", "end_reason"])
    audit.record(
        by=by,
        verb=f"停用{type(row)._meta.verbose_name}",
        target=row,
        unit=row.station.unit,
        changes={"停用日期": [None, str(row.ends_on)]},
        reason=row.end_reason,
    )
    stale.mark(row.station_id, stale.months_since(row.ends_on))
    return row

"""Rows of the three registers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from common.paths import within
from files.queries import attachments_of
from standards.models import Asset, AssetState, Institution, Sign, SignState
from stations.models.dated import DatedQuerySet
from stations.queries.where import names_between

SORTS = ("name", "starts_on", "quantity", "price")
TONES: dict[str, str] = {
    AssetState.IN_USE: "ok",
    AssetState.IDLE: "warn",
    AssetState.DAMAGED: "warn",
    AssetState.SCRAPPED: "muted",
    SignState.GOOD: "ok",
    SignState.WORN: "warn",
    SignState.MISSING: "warn",
}


@dataclass(frozen=True)
class HoldingRow:
    """One row of a register with its files. `edit_url`: only for who may change it and while it stands."""

    row: Any
    station: str
    station_url: str
    place: str
    kind: str
    state: str
    tone: str
    files: int
    detail_url: str


def sorted_holdings(rows: DatedQuerySet, sort: str) -> DatedQuerySet:
    """In the order of `?sort=`: by station (default), or one of SORTS that the register has."""
    key = sort.removeprefix("-")
    if key not in SORTS or key not in {field.name for field in rows.model._meta.concrete_fields}:
        return rows.order_by(
            "-station__unit__path" if sort == "-station" else "station__unit__path", "-starts_on", "pk"
        )
    return rows.order_by(sort, "station__unit__path", "pk")


def holding_rows(user: User, rows: Iterable[Any], *, below: str = "") -> list[HoldingRow]:
    """Rows (with station and unit joined) as pages print them: a fixed number of queries."""
    rows = list(rows)
    if not rows:
        return []
    units = {row.station_id: row.station.unit for row in rows}
    places = names_between([(unit.pk, unit.path, unit.name) for unit in units.values()], below)
    files = attachments_of(user, rows)
    name = type(rows[0])._meta.model_name
    return [
        HoldingRow(
            row=row,
            station=row.station.unit.name,
            station_url=reverse("station_standard", args=[row.station_id]),
            place=places[row.station_id],
            kind=row.get_category_display() if isinstance(row, Asset) else row.get_kind_display(),
            state=_state(row),
            tone="muted" if row.ends_on else TONES.get(getattr(row, "state", ""), "muted"),
            files=len(files[row.pk]),
            detail_url=reverse(f"{name}_detail", args=[row.pk]),
        )
        for row in rows
    ]


def _state(row: Asset | Institution | Sign) -> str:
    if row.ends_on:
        return "已停用"
    if isinstance(row, Institution):
        return "已上墙" if row.on_wall else "未上墙"
    return row.get_state_display()


def changes_here(user: User, row: Any) -> bool:
    """May the user change this row now?"""
    return not row.ends_on and any(within(row.station.unit.path, top) for top in user.paths(Permission.SELF_CHECK))

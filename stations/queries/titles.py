"""Rows of the list of demonstration rooms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from stations.models import RoomTitle, Station, StationKind, TitleState
from stations.models.building import RoomTitleQuerySet
from stations.queries.where import names_between

SORTS = ("name", "-name", "year", "-year", "applied_on", "-applied_on", "decided_on", "-decided_on")
TONES = {
    TitleState.APPLIED: "info",
    TitleState.GRANTED: "ok",
    TitleState.REFUSED: "muted",
    TitleState.WITHDRAWN: "muted",
}


@dataclass(frozen=True)
class TitleRow:
    pk: int
    room: str
    room_url: str
    place: str
    station: str  # the township's station, above the room
    station_url: str
    url: str
    year: int
    state: str
    tone: str
    applied_on: date
    decided_on: date | None
    withdrawn_on: date | None
    comment: str


def sorted_titles(titles: RoomTitleQuerySet, sort: str) -> QuerySet[Any]:
    """In the order of `?sort=`; the latest year first for an unknown key."""
    rows = titles.select_related("room__unit")
    field, down = sort.removeprefix("-"), sort.startswith("-")
    if sort not in SORTS:
        return rows.order_by("-year", "room__unit__path", "-pk")
    if field == "name":
        return rows.order_by("-room__unit__path" if down else "room__unit__path", "-year")
    order = F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
    return rows.order_by(order, "room__unit__path", "-pk")


def title_rows(titles: Iterable[RoomTitle]) -> list[TitleRow]:
    """Two queries for a page: where the rooms lie, and the stations that stand above them."""
    found = list(titles)
    units = [one.room.unit for one in found]
    places = names_between([(unit.pk, unit.path, unit.name) for unit in units])
    above = stations_above(unit.parent_id or 0 for unit in units)
    rows = []
    for one in found:
        station = above.get(one.room.unit.parent_id or 0)
        state = TitleState(one.state)
        rows.append(
            TitleRow(
                pk=one.pk,
                room=one.room.unit.name,
                room_url=reverse("station_detail", args=[one.room_id]),
                place=places[one.room_id],
                station=station.unit.name if station else "",
                station_url=reverse("station_detail", args=[station.pk]) if station else "",
                url=reverse("title_detail", args=[one.pk]),
                year=one.year,
                state=state.label,
                tone=TONES[state],
                applied_on=one.applied_on,
                decided_on=one.decided_on,
                withdrawn_on=one.withdrawn_on,
                comment=one.reason or one.comment,
            )
        )
    return rows


def stations_above(townships: Iterable[int]) -> dict[int, Station]:
    """Township id → its live station of kind STATION. One query."""
    rows = Station.objects.filter(unit__parent__in=set(townships), kind=StationKind.STATION, closed_on=None)
    return {station.unit.parent_id or 0: station for station in rows.select_related("unit")}

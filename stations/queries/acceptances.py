"""Rows of the list of acceptances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from stations.models import Acceptance
from stations.models.building import AcceptanceQuerySet
from stations.queries.where import names_between

SORTS = ("held_on", "-held_on", "correct_by", "-correct_by", "name", "-name")


@dataclass(frozen=True)
class AcceptanceRow:
    pk: int
    station: str
    station_url: str
    place: str
    url: str
    round: int
    held_on: date
    result: str
    tone: str
    members: str
    comments: str
    correct_by: date | None
    late: bool  # its corrections are due and no further round was held
    waits: bool
    recorded_by: str


def sorted_acceptances(rows: AcceptanceQuerySet, sort: str) -> QuerySet[Any]:
    """In the order of `?sort=`, the latest first for an unknown key."""
    rows = rows.select_related("station__unit", "recorded_by")
    field, down = sort.removeprefix("-"), sort.startswith("-")
    if field == "name":
        return rows.order_by("-station__unit__path" if down else "station__unit__path", "round")
    if field == "correct_by":
        order = F("correct_by").desc(nulls_last=True) if down else F("correct_by").asc(nulls_last=True)
        return rows.order_by(order, "-pk")
    return rows.order_by("held_on", "pk") if sort == "held_on" else rows.order_by("-held_on", "-pk")


def acceptance_rows(acceptances: Iterable[Acceptance], today: date) -> list[AcceptanceRow]:
    """Two queries for a page, whatever its rows: which of them still wait for corrections, and where they lie."""
    found = list(acceptances)
    keys = [one.pk for one in found]
    waiting = set(
        Acceptance.objects.filter(pk__in=keys).awaiting_corrections(today).order_by().values_list("pk", flat=True)
    )
    units = [one.station.unit for one in found]
    places = names_between([(unit.pk, unit.path, unit.name) for unit in units])
    return [_row(one, places[one.station_id], one.pk in waiting, today) for one in found]


def _row(one: Acceptance, place: str, waits: bool, today: date) -> AcceptanceRow:
    return AcceptanceRow(
        pk=one.pk,
        station=one.station.unit.name,
        station_url=reverse("station_detail", args=[one.station_id]),
        place=place,
        url=reverse("acceptance_detail", args=[one.pk]),
        round=one.round,
        held_on=one.held_on,
        result="合格" if one.passed else "不合格",
        tone="ok" if one.passed else "warn" if waits else "muted",
        members=one.members,
        comments=one.comments,
        correct_by=one.correct_by,
        late=waits and one.correction_is_late(today),
        waits=waits,
        recorded_by=one.recorded_by.name if one.recorded_by else "",
    )

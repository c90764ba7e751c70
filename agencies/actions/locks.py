"""Row locks. Order everywhere: stations, agency, contract, then payment or evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import models

from agencies.models import Contract
from stations import stale
from stations.actions.locks import locked_station
from stations.models import Station

T = TypeVar("T", bound=models.Model)


def locked(row: T, *related: str) -> T:
    """The row read again, with its row locked until the end of the transaction."""
    rows = type(row)._default_manager.select_for_update(of=("self",)).select_related(*related)
    return rows.get(pk=row.pk)


def locked_stations(stations: Iterable[Station]) -> list[Station]:
    """Each station once, locked in the order of keys so that two writers never wait for each other."""
    return [locked_station(station) for station in sorted(set(stations), key=lambda each: each.pk)]


def mark_stations(contract: Contract, since: object = None) -> None:
    """The figures of the contract's stations are stale, from the day that it covers them (or `since`) on."""
    for cover in contract.covers.all():
        stale.mark(cover.station_id, stale.months_since(since or cover.starts_on))  # type: ignore[arg-type]

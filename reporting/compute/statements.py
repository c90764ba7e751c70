"""One grouped statement for each source, generated from the registry and compiled once per process and database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from reporting.compute.vectors import COUNTED, ORDER, Vector
from reporting.measures import Source
from reporting.measures.parameters import Moment, bind
from reporting.registry import SOURCES

Counts = dict[int, tuple[int, ...]]


@lru_cache(maxsize=64)
def _compiled(source: Source, scoped: bool, vendor: str) -> tuple[str, tuple[Any, ...]]:
    aggregates = {measure.key: measure.aggregate for measure in SOURCES[source] if measure.aggregate is not None}
    return source.grouped(aggregates, scoped=scoped).query.sql_with_params()


def run(source: Source, moment: Moment, scope: Sequence[int] | None) -> Counts:
    """Station id → the source's counts in the registry's order; `scope` None: every station."""
    if scope is not None and not scope:
        return {}
    sql, params = _compiled(source, scope is not None, connection.vendor)
    statement, values = bind(sql, params, moment, scope or (), connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0]: row[1:] for row in cursor.fetchall()}


class StationFacts:
    """What every source counted, one statement each; `vector` puts one station's counts together."""

    def __init__(self, moment: Moment, scope: Sequence[int] | None = None) -> None:
        self._counts = [run(source, moment, scope) for source in SOURCES]
        self._none = [(0,) * len(measures) for measures in SOURCES.values()]

    def vector(self, station_id: int) -> Vector:
        numbers: list[int] = []
        for counts, none in zip(self._counts, self._none, strict=True):
            numbers += counts.get(station_id, none)
        return numbers + [0] * (len(ORDER) - COUNTED)

"""One grouped statement for each source, generated from the registry and compiled once per process and database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from accounts.models import Level
from reporting.compute.distinct import Meetings
from reporting.compute.rollup import Node
from reporting.compute.vectors import Vector, empty
from reporting.measures import Source
from reporting.measures.parameters import Moment, bind
from reporting.registry import SOURCES

Counts = dict[int, tuple[int, ...]]


@lru_cache(maxsize=64)
def _compiled(source: Source, scoped: bool, vendor: str) -> tuple[str, tuple[Any, ...]]:
    aggregates = {measure.key: measure.aggregate for measure in SOURCES[source] if measure.aggregate is not None}
    return source.grouped(aggregates, scoped=scoped).query.sql_with_params()


def run(source: Source, moment: Moment, scope: Sequence[int] | None) -> Counts:
    """Unit id → the source's counts in the registry's order; `scope` None: every unit."""
    if scope is not None and not scope:
        return {}
    if source.judge is not None:
        return dict(source.judge(moment, scope))
    sql, params = _compiled(source, scope is not None, connection.vendor)
    statement, values = bind(sql, params, moment, scope or (), connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0]: row[1:] for row in cursor.fetchall()}


class Facts:
    """What every source counted, one statement each; `vector` puts one unit's own counts together.

    Of the `stations` everything is counted, of the `units` above them what arises there. None: every one.
    """

    def __init__(self, moment: Moment, stations: Sequence[int] | None, units: Sequence[int] | None) -> None:
        everywhere = None if stations is None or units is None else [*stations, *units]
        # Where each source's counts begin in a vector; sources without any are passed over.
        self._counts: list[tuple[int, int, Counts]] = []
        self.above: set[int] = set()  # units, of any level, at which something arises
        meetings = Meetings(moment)
        start = 0
        for source, measures in SOURCES.items():
            end = start + len(measures)
            counts = run(source, moment, everywhere if source.above else stations)
            if source.distinct:
                again = meetings.overcounted(source, units)
                counts |= again
                self.above |= again.keys()
            if counts:
                self._counts.append((start, end, counts))
                if source.above:
                    self.above |= counts.keys()
            start = end

    def vector(self, node: Node) -> Vector:
        if node.place.level != Level.STATION and node.id not in self.above:
            return empty()
        vector = empty()
        for start, end, counts in self._counts:
            if found := counts.get(node.id):
                vector[start:end] = found
        return vector

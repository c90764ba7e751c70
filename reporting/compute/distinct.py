"""People told apart at every level: what a unit must take off the sum of its children.

A person whom two stations of a county served is one person of the county. Such people are few: they moved, or two files
of theirs were merged. So the stations are counted by one grouped statement, children are added up like all else, and
whoever was at more than one station is taken off where their stations meet. Exact, and three statements a source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Max, Min, Value, When

from accounts.models import OrgUnit
from common.paths import STEP
from reporting.measures import Measure, Source
from reporting.measures.parameters import SCOPE, Moment, bind
from reporting.registry import SOURCES


class Meetings:
    """The overcounts of one month; who was at several stations is asked once for sources with the same people."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self._several: dict[Source, list[int]] = {}

    def overcounted(self, source: Source, units: Sequence[int] | None) -> dict[int, tuple[int, ...]]:
        """Unit id → what to add (zero or less) to the sum of its children, a number for each measure of the source."""
        if units is not None and not units:
            return {}
        people = self._of_several_stations(source.among or source)
        return _overcounts(source, self.moment, people, units) if people else {}

    def _of_several_stations(self, source: Source) -> list[int]:
        if source not in self._several:
            rows = _run(_several(source, connection.vendor), self.moment, ())
            self._several[source] = [key for (key,) in rows]
        return self._several[source]


def _overcounts(
    source: Source, moment: Moment, people: Sequence[int], units: Sequence[int] | None
) -> dict[int, tuple[int, ...]]:
    width = len(SOURCES[source])
    found = _run(_flags(source, connection.vendor), moment, people)
    rows = [(row[0], row[1], tuple(row[2 : 2 + width])) for row in found]
    paths = dict(OrgUnit.objects.filter(pk__in={station for station, _, _ in rows}).values_list("pk", "path"))
    by_path = meetings((paths[station], person, flags) for station, person, flags in rows)
    asked = OrgUnit.objects.filter(path__in=by_path)
    if units is not None:
        asked = asked.filter(pk__in=units)
    return {key: by_path[path] for key, path in asked.values_list("pk", "path")}


def meetings(rows: Iterable[tuple[str, int, tuple[int, ...]]]) -> dict[str, tuple[int, ...]]:
    """Path of a unit → minus how often its children count somebody again whom another of them counts. Pure.

    `rows` are (path of a station, person, 0 or 1 for each measure).
    """
    at: dict[str, dict[int, tuple[int, ...]]] = defaultdict(dict)  # path → person → flags
    for path, person, flags in rows:
        at[path][person] = _either(at[path].get(person), flags)
    found: dict[str, tuple[int, ...]] = {}
    longest = max((len(path) for path in at), default=0)
    for length in range(longest, STEP, -STEP):
        above: dict[str, dict[int, list[tuple[int, ...]]]] = defaultdict(lambda: defaultdict(list))
        for path in [path for path in at if len(path) == length]:
            for person, flags in at[path].items():
                above[path[:-STEP]][person].append(flags)
        for path, people in above.items():
            for person, several in people.items():
                once = tuple(map(max, zip(*several, strict=True)))
                extra = [met - sum(each) for met, each in zip(once, zip(*several, strict=True), strict=True)]
                if any(extra):
                    found[path] = tuple(map(sum, zip(found.get(path, (0,) * len(extra)), extra, strict=True)))
                at[path][person] = _either(at[path].get(person), once)
    return found


def _either(one: tuple[int, ...] | None, other: tuple[int, ...]) -> tuple[int, ...]:
    return other if one is None else tuple(map(max, zip(one, other, strict=True)))


@lru_cache(maxsize=16)
def _several(source: Source, vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Who was at more than one station: a walk over the index (month, person, station)."""
    # The ends in place of a count of different ones, for which PostgreSQL would sort and use no second worker.
    ends = (
        source.facts().order_by().values(source.distinct).annotate(m_first=Min("station_id"), m_last=Max("station_id"))
    )
    return ends.filter(m_last__gt=F("m_first")).values_list(source.distinct).query.sql_with_params()


@lru_cache(maxsize=16)
def _flags(source: Source, vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Station, person, and for each measure whether any of the rows meets its condition."""
    of = source.facts().filter(**{f"{source.distinct}__in": SCOPE}).order_by().values("station_id", source.distinct)
    flags = {f"m_{measure.key}": _flag(measure) for measure in SOURCES[source]}
    return of.annotate(**flags).values_list("station_id", source.distinct, *flags).query.sql_with_params()


def _flag(measure: Measure) -> Any:
    if measure.condition is None:
        return Max(Value(1), output_field=IntegerField())
    return Max(Case(When(measure.condition, then=Value(1)), default=Value(0), output_field=IntegerField()))


def _run(compiled: tuple[str, tuple[Any, ...]], moment: Moment, scope: Sequence[int]) -> list[Any]:
    statement, values = bind(*compiled, moment, scope, connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()

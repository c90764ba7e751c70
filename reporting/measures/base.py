"""What a measure is: a count or sum over dated facts for a station and month, or derived from such higher up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Expression, Q, QuerySet

from accounts.models import Level
from reporting.measures.parameters import SCOPE, Moment

EVERY_LIVE_TOWNSHIP = -1  # a target that asks for all townships, whatever their number

Values = Mapping[str, int]


@dataclass(frozen=True)
class Place:
    """What a derived measure may ask of its unit, as of the day that the month is counted on."""

    level: Level
    virtual: bool = False
    live: bool = True
    township_target: int = 0  # 0: none of its own; EVERY_LIVE_TOWNSHIP
    room_target: int = 0

    @property
    def real(self) -> bool:
        return self.live and not self.virtual


@dataclass(frozen=True)
class Source:
    """Where measures come from: one grouped query over facts, whose `rows` are `.values("station_id")`.

    `rows` is written with the names of reporting.measures.parameters (DAY, MONTH, …), so that it is compiled once and
    serves every month. `station` is the column that limits it to some units. With `above` the facts may lie at units of
    any level: what arises at a unit itself is added to the sum of its children. `judge` stands in for `rows` where a
    rule that differs from place to place decides: unit id → numbers in the order of the measures, of the units asked
    about (None: all). Without either nothing is queried. With `flow` the facts happen in the month, so that those of
    several months may be added up; else they are what stands at its end, or has come together since the year began.
    `distinct` names the column of whoever is told apart: each unit counts somebody once, however many of its stations
    they were at (reporting.compute.distinct), so that neither units nor months may be added up; `among` is a source
    with the same people in fewer rows.
    """

    key: str
    label: str
    rows: Callable[[], QuerySet] | None = None
    station: str = "station_id"
    above: bool = False
    flow: bool = False
    distinct: str = ""
    among: Source | None = None
    judge: Callable[[Moment, Sequence[int] | None], Mapping[int, tuple[int, ...]]] | None = None

    @property
    def counted(self) -> bool:
        """Is it counted from facts?"""
        return self.rows is not None or self.judge is not None

    def judged(self, *measures: tuple[str, str], decimals: int = 0) -> list[Measure]:
        """The measures of a `judge`, in the order of its numbers: key and label for each."""
        return [Measure(key, label, self, decimals=decimals) for key, label in measures]

    def counts(self, *measures: tuple[str, str, Expression], decimals: int = 0) -> list[Measure]:
        """Its measures: key, label, aggregate for each."""
        return [Measure(key, label, self, aggregate, decimals=decimals) for key, label, aggregate in measures]

    def people(self, *measures: tuple[str, str, Q | None]) -> list[Measure]:
        """Measures of a `distinct` source: key, label, which of its rows (None: all) for each."""
        return [
            Measure(key, label, self, Count(self.distinct, distinct=True, filter=condition), condition=condition)
            for key, label, condition in measures
        ]

    def facts(self) -> QuerySet:
        """Its rows. TypeError for a source that is no query."""
        if self.rows is None:
            raise TypeError(f"{self.key} is no query")
        return self.rows()

    def grouped(self, aggregates: Mapping[str, Expression], *, scoped: bool) -> QuerySet:
        """`station_id` and each aggregate, one row a station; `scoped`: only the stations of SCOPE.

        A column is named `m_<key>`: a bare key may be the name of a column that a later aggregate sums.
        """
        rows = self.facts()
        if scoped:
            rows = rows.filter(**{f"{self.station}__in": SCOPE})
        return rows.annotate(**{f"m_{key}": aggregate for key, aggregate in aggregates.items()}).order_by()


DERIVED = Source("derived", "由已有计量得出")
POLICY = Source("policy", "制度文件")


@dataclass(frozen=True)
class Measure:
    """A whole number for a unit and month; with `decimals`, in units of 10**-decimals (hours in tenths, money in fen).

    `aggregate` is counted for each unit by its source (`condition`: the rows that a distinct one looks at); `derive` is
    computed at `level` (None: at every level) from what the unit has so far; with neither, the source judges it. An
    additive measure of a unit is the sum over its children, plus what arises at it; one that is not is derived anew at
    every level.
    """

    key: str
    label: str
    source: Source
    aggregate: Expression | None = None
    derive: Callable[[Values, Place], int] | None = None
    level: Level | None = Level.STATION
    additive: bool = True
    decimals: int = 0
    condition: Q | None = None

    def decode(self, stored: int) -> int | Decimal:
        """The stored whole number as people read it."""
        return Decimal(stored).scaleb(-self.decimals) if self.decimals else stored

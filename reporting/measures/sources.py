"""One grouped queryset for each source of facts: `station_id` and the measures of that source, for all stations.

Written with the names of reporting.measures.parameters, so that it is compiled once and serves every month. The words
"completed", "operating", "owes a report" are those of the lists, so that a figure and its records agree.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import (
    Aggregate,
    Case,
    Count,
    Exists,
    Expression,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Round

from reporting.measures.base import Source
from reporting.measures.parameters import DAY, MONTH, SCOPE, SYMBOLIC_MONTH, TODAY
from reporting.models import MonthlyReport
from reporting.queries.reports import owing_spells
from services.models import ServiceRecord
from stations.models import (
    Certificate,
    DimensionState,
    Employment,
    Station,
    StationKind,
    StationPosting,
    StatusSpell,
)
from stations.models.dated import at
from stations.models.stations import basics_due, completed, standing


def count(condition: Q | None = None) -> Aggregate:
    """How many rows, or how many that meet the condition."""
    return Count(Value(1), filter=condition)  # of the key, it would need the table beside the covering index


def flag(condition: Q) -> Aggregate:
    """1 when any row meets the condition, else 0."""
    return Max(Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField()))


def total(field: str, condition: Q | None = None) -> Aggregate:
    """The sum of a whole-number column."""
    return Sum(field, filter=condition, default=0)


def total_tenths(field: str) -> Expression:
    """The sum of a column with one decimal, in tenths. SQLite sums such columns as floats: rounding makes it exact."""
    return Cast(Round(Sum(field) * Value(10)), IntegerField())


COMPLETED = completed(DAY)
OF_KIND_STATION = Q(kind=StationKind.STATION)
BASICS_DUE = basics_due(DAY, TODAY)
STATION_STANDING = standing(DAY, "station__")
CERTIFIED = Exists(Certificate.objects.filter(worker=OuterRef("worker"), issued_on__lte=DAY))
FULL_TIME = Exists(Employment.objects.filter(at(DAY), worker=OuterRef("worker"), full_time=True))


def _stations() -> QuerySet:
    return Station.objects.annotate(station_id=F("pk")).values("station_id")


def _spells() -> QuerySet:
    return StatusSpell.objects.filter(station__kind=StationKind.STATION).values("station_id")


def _dimensions() -> QuerySet:
    """Only completed stations count as meeting a dimension (Station.dimension_at)."""
    return DimensionState.objects.filter(
        at(DAY), completed(DAY, "station__"), met=True, station__kind=StationKind.STATION
    ).values("station_id")


def _postings() -> QuerySet:
    return StationPosting.objects.filter(at(DAY)).values("station_id")


def _services() -> QuerySet:
    return ServiceRecord.objects.valid().filter(month=MONTH).values("station_id")


def _reports() -> QuerySet:
    """Only of stations that owe one, so that no share exceeds 1."""
    owing = Exists(owing_spells(SYMBOLIC_MONTH).filter(station=OuterRef("station")))
    return MonthlyReport.objects.filter(owing, month=MONTH).values("station_id")


ROWS: dict[Source, Callable[[], QuerySet]] = {
    Source.STATIONS: _stations,
    Source.SPELLS: _spells,
    Source.DIMENSIONS: _dimensions,
    Source.POSTINGS: _postings,
    Source.SERVICES: _services,
    Source.REPORTS: _reports,
}


def grouped(source: Source, aggregates: dict[str, Expression], *, scoped: bool) -> QuerySet:
    """`station_id` and each aggregate, one row a station; `scoped`: only the stations of SCOPE.

    A column is named `m_<key>`: a bare key may be the name of a column that a later aggregate sums.
    """
    rows = ROWS[source]()
    if scoped:
        rows = rows.filter(**{"pk__in" if source == Source.STATIONS else "station_id__in": SCOPE})
    return rows.annotate(**{f"m_{key}": aggregate for key, aggregate in aggregates.items()}).order_by()

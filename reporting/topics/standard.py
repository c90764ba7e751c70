"""The building standard (R3): stations that meet each dimension."""

from __future__ import annotations

from functools import partial

from django.db.models import Q, QuerySet

from policies.models import ProvisionKind as Rule
from reporting.facets import Facet
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count
from reporting.measures.parameters import DAY
from stations.models import Dimension, DimensionState, StationKind
from stations.models.dated import at
from stations.models.stations import completed


def _dimensions() -> QuerySet:
    """Only completed stations count as meeting a dimension (Station.dimension_at)."""
    return DimensionState.objects.filter(
        at(DAY), completed(DAY, "station__"), met=True, station__kind=StationKind.STATION
    ).values("station_id")


DIMENSIONS = Source("dimensions", "建设标准检查", _dimensions)

MEASURES = [
    *DIMENSIONS.counts(
        *((f"dimension_{d.value}", f"{d.label}达标的社工站", count(Q(dimension=d.value))) for d in Dimension)
    )
]

indicator = partial(Indicator, group=Group.STANDARD)
station_list = partial(Records.of, "station_list", kind=StationKind.STATION.value)

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator(f"dimension_{d.value}", f"{d.label}达标率", "%", f"dimension_{d.value}", "stations_completed",
              Direction.HIGHER, "R3 四个维度", station_list(dimension=d.value, met="yes"),
              facet=Facet.DIMENSION, rule=Rule.STANDARD_DIMENSION)
    for d in Dimension
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

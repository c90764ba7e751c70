"""The building standard (R3): stations that meet each dimension, points earned of those possible, necessary items."""

from __future__ import annotations

from functools import partial

from django.db.models import Q, QuerySet

from policies.models import ProvisionKind as Rule
from reporting.facets import Facet
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count, flag, total_scaled
from reporting.measures.parameters import DAY
from standards.models import Check, CheckKind, DimensionScore
from standards.queries.check_list import ANY, Checked
from stations.models import Dimension, DimensionState, StationKind
from stations.models.dated import at
from stations.models.stations import completed


def _dimensions() -> QuerySet:
    """Only completed stations count as meeting a dimension (Station.dimension_at)."""
    return DimensionState.objects.filter(
        at(DAY), completed(DAY, "station__"), met=True, station__kind=StationKind.STATION
    ).values("station_id")


def _scores() -> QuerySet:
    return DimensionScore.objects.filter(
        at(DAY), completed(DAY, "station__"), station__kind=StationKind.STATION
    ).values("station_id")


def _checks() -> QuerySet:
    return (
        Check.objects.submitted(CheckKind.COUNTY)
        .filter(completed(DAY, "station__"), checked_on__lte=DAY, station__kind=StationKind.STATION)
        .values("station_id")
    )


DIMENSIONS = Source("dimensions", "建设标准状态", _dimensions)
SCORES = Source("scores", "建设标准得分", _scores)
CHECKS = Source("checks", "建设标准检查", _checks)

MEASURES = [
    *DIMENSIONS.counts(
        *((f"dimension_{d.value}", f"{d.label}达标的社工站", count(Q(dimension=d.value))) for d in Dimension)
    ),
    *SCORES.counts(
        *((f"earned_{d.value}", f"{d.label}得分", total_scaled("earned", 2, Q(dimension=d.value))) for d in Dimension),
        *(
            (f"possible_{d.value}", f"{d.label}满分", total_scaled("possible", 2, Q(dimension=d.value)))
            for d in Dimension
        ),
        ("earned", "建设标准得分", total_scaled("earned", 2)),
        ("possible", "建设标准满分", total_scaled("possible", 2)),
        decimals=2,
    ),
    *SCORES.counts(("stations_failing", "必备项未达标的社工站", flag(Q(failing__gt=0)))),
    *CHECKS.counts(("stations_checked", "县级检查过的社工站", flag())),
]

indicator = partial(Indicator, group=Group.STANDARD)
HIGHER = Direction.HIGHER
check_list = partial(Records.of, "check_list", kind=StationKind.STATION.value)
station_list = partial(Records.of, "station_list", kind=StationKind.STATION.value)

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator(f"dimension_{d.value}", f"{d.label}达标率", "%", f"dimension_{d.value}", "stations_completed",
              Direction.HIGHER, "R3 四个维度", station_list(dimension=d.value, met="yes"),
              facet=Facet.DIMENSION, rule=Rule.STANDARD_DIMENSION)
    for d in Dimension
] + [
    indicator("standard_score", "建设标准得分率", "%", "earned", "possible", HIGHER,
              "R3 四个维度", check_list(checked=Checked.YES.value), rule=Rule.STANDARD_DIMENSION),
    *(
        indicator(f"score_{d.value}", f"{d.label}得分率", "%", f"earned_{d.value}", f"possible_{d.value}", HIGHER,
                  "R3 四个维度", check_list(checked=Checked.YES.value), rule=Rule.STANDARD_DIMENSION)
        for d in Dimension
    ),
    indicator("standard_checked", "县级检查覆盖率", "%", "stations_checked", "stations_completed", HIGHER,
              "R3 四个维度", check_list(checked=Checked.YES.value)),
    indicator("standard_failing", "必备项未达标的站点", "%", "stations_failing", "stations_checked", Direction.LOWER,
              "R3 四个维度", check_list(dimension=ANY), rule=Rule.STANDARD_DIMENSION),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

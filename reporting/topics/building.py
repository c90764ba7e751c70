"""Building: stations and rooms against targets (R1, R2), their life from sign to operation, basics in time (R5)."""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q, QuerySet

from accounts.models import Level
from policies.models import ProvisionKind as Rule
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import DERIVED, EVERY_LIVE_TOWNSHIP, POLICY, Measure, Place, Source, Values
from reporting.measures.aggregates import flag
from reporting.measures.parameters import DAY, TODAY, YEAR_START
from reporting.words import CoverageLevel, Covered
from stations.models import BasicsFilter, Station, StationKind, StationState, StationStatus, StatusSpell
from stations.models.dated import at
from stations.models.stations import BASICS_IN_TIME, basics_due, completed, standing

# ---- sources --------------------------------------------------------------------------------------------------------


def _stations() -> QuerySet:
    return Station.objects.annotate(station_id=F("pk")).values("station_id")


def _spells() -> QuerySet:
    return StatusSpell.objects.filter(station__kind=StationKind.STATION).values("station_id")


STATIONS = Source("stations", "站点", _stations, station="pk")
SPELLS = Source("spells", "站点状态", _spells)

COMPLETED = completed(DAY)
COMPLETED_THIS_YEAR = COMPLETED & Q(completed_on__gte=YEAR_START)
OF_KIND_STATION = Q(kind=StationKind.STATION)
ROOM = Q(kind=StationKind.ROOM)
BASICS_DUE = OF_KIND_STATION & basics_due(DAY, TODAY)
SIGN_HUNG = Q(status=StationStatus.SIGN_HUNG, starts_on__lte=DAY) & standing(DAY, "station__")
OPERATING = Q(status=StationStatus.OPERATING) & at(DAY)

# ---- derived --------------------------------------------------------------------------------------------------------


def townships_due(values: Values, place: Place) -> int:
    return int(place.real)


def townships_covered(values: Values, place: Place) -> int:
    return int(place.real and values.get("stations_completed", 0) > 0)


def counties_due(values: Values, place: Place) -> int:
    """A county without townships of its own (a virtual one, or one not loaded) has nothing to complete."""
    return int(place.real and values.get("townships_due", 0) > 0)


def counties_complete(values: Values, place: Place) -> int:
    return int(counties_due(values, place) and values.get("townships_covered", 0) >= values["townships_due"])


def township_target(values: Values, place: Place) -> int:
    """R1. Never summed: a city's target and those of its counties are different promises."""
    if place.township_target == EVERY_LIVE_TOWNSHIP:
        return values.get("townships_due", 0)
    return place.township_target


def room_target(values: Values, place: Place) -> int:
    """R2: so many new rooms within the year."""
    return place.room_target


# ---- measures -------------------------------------------------------------------------------------------------------

MEASURES = [
    *STATIONS.counts(
        ("stations_completed", "已建成社工站", flag(OF_KIND_STATION & COMPLETED)),
        ("stations_new_this_year", "本年新建成社工站", flag(OF_KIND_STATION & COMPLETED_THIS_YEAR)),
        ("rooms", "已建成社工室", flag(ROOM & COMPLETED)),
        ("rooms_new_this_year", "本年新建成社工室", flag(ROOM & COMPLETED_THIS_YEAR)),
        ("basics_due", "应录入基础信息的社工站", flag(BASICS_DUE)),
        ("basics_on_time", "按时录入基础信息的社工站", flag(BASICS_DUE & BASICS_IN_TIME)),
    ),
    *SPELLS.counts(
        ("stations_sign_hung", "已挂牌社工站", flag(SIGN_HUNG)),
        ("stations_operating", "运营中社工站", flag(OPERATING)),
    ),
    # In the order in which they are computed: a later one may read an earlier one.
    Measure("townships_due", "应建站乡镇（街道）", DERIVED, derive=townships_due, level=Level.TOWNSHIP),
    Measure("townships_covered", "已建站乡镇（街道）", DERIVED, derive=townships_covered, level=Level.TOWNSHIP),
    Measure("counties_due", "县（市、区）", DERIVED, derive=counties_due, level=Level.COUNTY),
    Measure("counties_complete", "已全覆盖县（市、区）", DERIVED, derive=counties_complete, level=Level.COUNTY),
    Measure("township_target", "文件建站目标", POLICY, derive=township_target, level=None, additive=False),
    Measure("room_target", "文件社工室目标", POLICY, derive=room_target, level=None, additive=False),
]

# ---- indicators -----------------------------------------------------------------------------------------------------

HIGHER = Direction.HIGHER
indicator = partial(Indicator, group=Group.BUILDING)
station_list = partial(Records.of, "station_list", kind=StationKind.STATION.value)
room_list = partial(Records.of, "station_list", kind=StationKind.ROOM.value)
coverage_list = partial(Records.of, "coverage_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("coverage", "建站覆盖率", "%", "townships_covered", "townships_due", HIGHER,
              "R1 全覆盖", coverage_list(covered=Covered.YES.value), headline=True, rule=Rule.COVERAGE_TARGET),
    indicator("coverage_target", "文件目标完成率", "%", "townships_covered", "township_target", HIGHER,
              "R1 全覆盖", coverage_list(covered=Covered.YES.value), headline=True, rule=Rule.COVERAGE_TARGET),
    indicator("counties_complete", "全覆盖县（市、区）", "%", "counties_complete", "counties_due", HIGHER,
              "R1 全覆盖", coverage_list(level=CoverageLevel.COUNTY.value, covered=Covered.YES.value),
              headline=True, rule=Rule.COVERAGE_TARGET),
    indicator("stations_completed", "已建成社工站", "个", "stations_completed", None, HIGHER,
              "R1 全覆盖", station_list(state=StationState.COMPLETED.value), rule=Rule.COVERAGE_TARGET),
    indicator("stations_new_this_year", "本年新建成社工站", "个", "stations_new_this_year", None, HIGHER,
              "R16 年度建设安排", station_list(state=StationState.NEW.value)),
    indicator("sign_hung", "挂牌率", "%", "stations_sign_hung", "stations_completed", HIGHER,
              "R10 挂牌未运营", station_list(state=StationState.SIGN_HUNG.value), rule=Rule.FAULT_NOT_OPERATING),
    indicator("operating", "运营率", "%", "stations_operating", "stations_sign_hung", HIGHER,
              "R10 挂牌未运营", station_list(state=StationState.OPERATING.value),
              headline=True, rule=Rule.FAULT_NOT_OPERATING),
    indicator("rooms", "已建成社工室", "个", "rooms", None, HIGHER,
              "R2 示范社区社工室", room_list(state=StationState.COMPLETED.value), rule=Rule.ROOM_TARGET),
    indicator("rooms_target", "本年社工室目标完成率", "%", "rooms_new_this_year", "room_target", HIGHER,
              "R2 示范社区社工室", room_list(state=StationState.NEW.value), rule=Rule.ROOM_TARGET),
    indicator("basics_on_time", "基础信息按时录入率", "%", "basics_on_time", "basics_due", HIGHER,
              "R5 基础信息录入", station_list(basics=BasicsFilter.ON_TIME.value), rule=Rule.STATION_BASICS),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

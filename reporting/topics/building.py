"""Building: stations and rooms against targets (R1, R2), their life from sign to operation, basics in time (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Level
from policies.models import ProvisionKind as Rule
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import DERIVED, EVERY_LIVE_TOWNSHIP, POLICY, Measure, Place, Source, Values
from reporting.measures.aggregates import count, flag
from reporting.measures.parameters import DAY, FIRST, TODAY, YEAR_START, Moment
from reporting.words import CoverageLevel, Covered
from stations.milestones import Standing
from stations.models import (
    Acceptance,
    BasicsFilter,
    RoomTitle,
    Station,
    StationKind,
    StationState,
    StationStatus,
    StatusSpell,
)
from stations.models.dated import at
from stations.models.stations import BASICS_IN_TIME, basics_due, completed, standing
from stations.queries.milestones import late_by_unit

# ---- sources --------------------------------------------------------------------------------------------------------


def _stations() -> QuerySet:
    return Station.objects.annotate(station_id=F("pk")).values("station_id")


def _spells() -> QuerySet:
    return StatusSpell.objects.filter(station__kind=StationKind.STATION).values("station_id")


def _acceptances() -> QuerySet:
    return Acceptance.objects.filter(held_on__lte=DAY).values("station_id")


def _titles() -> QuerySet:
    return RoomTitle.objects.held(DAY).annotate(station_id=F("room_id")).values("station_id")


def _late_milestones(moment: Moment, scope: Sequence[int] | None) -> dict[int, tuple[int, ...]]:
    """At the responsible unit."""
    return {unit_id: (late,) for unit_id, late in late_by_unit(moment.day, scope).items()}


STATIONS = Source("stations", "站点", _stations, station="pk")
SPELLS = Source("spells", "站点状态", _spells)
ACCEPTANCES = Source("acceptances", "验收", _acceptances)
TITLES = Source("titles", "示范称号", _titles, station="room_id")
MILESTONES = Source("milestones", "建设节点", judge=_late_milestones, above=True)

COMPLETED = completed(DAY)
COMPLETED_THIS_YEAR = COMPLETED & Q(completed_on__gte=YEAR_START)
OF_KIND_STATION = Q(kind=StationKind.STATION)
ROOM = Q(kind=StationKind.ROOM)
BASICS_DUE = OF_KIND_STATION & basics_due(DAY, TODAY)
SIGN_HUNG = Q(status=StationStatus.SIGN_HUNG, starts_on__lte=DAY) & standing(DAY, "station__")
OPERATING = Q(status=StationStatus.OPERATING) & at(DAY)
ACCEPTED = Q(status=StationStatus.ACCEPTED, starts_on__lte=DAY) & standing(DAY, "station__")
HELD = Q(held_on__gte=FIRST)
AWAITING = Exists(Acceptance.objects.awaiting_corrections(DAY).filter(pk=OuterRef("pk")))

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
        ("stations_planned", "筹建社工站", flag(Q(status=StationStatus.PLANNED) & at(DAY))),
        ("stations_building", "建设中社工站", flag(Q(status=StationStatus.BUILDING) & at(DAY))),
        ("stations_accepted", "已验收社工站", flag(ACCEPTED)),
        ("stations_to_accept", "待验收社工站", flag(Q(status=StationStatus.COMPLETED) & at(DAY))),
    ),
    *ACCEPTANCES.counts(
        ("acceptances", "本月验收", count(HELD)),
        ("acceptances_passed", "本月验收合格", count(HELD & Q(passed=True))),
        ("acceptances_awaiting", "验收不合格、待整改", count(Q(AWAITING))),
    ),
    *TITLES.counts(("rooms_titled", "示范社区社工室", flag())),
    *MILESTONES.judged(("milestones_late", "逾期的建设节点")),
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
    indicator("stations_planned", "筹建社工站", "个", "stations_planned", None, Direction.NONE,
              "R16 年度建设安排", station_list(state=StationState.PLANNED.value)),
    indicator("stations_building", "建设中社工站", "个", "stations_building", None, Direction.NONE,
              "R16 年度建设安排", station_list(state=StationState.BUILDING.value)),
    indicator("accepted", "验收率", "%", "stations_accepted", "stations_completed", HIGHER,
              "R3 建成验收", station_list(state=StationState.ACCEPTED.value), rule=Rule.ACCEPTANCE_ITEM),
    indicator("stations_to_accept", "待验收社工站", "个", "stations_to_accept", None, Direction.LOWER,
              "R3 建成验收", station_list(state=StationState.NOT_ACCEPTED.value), rule=Rule.ACCEPTANCE_ITEM),
    indicator("acceptances_passed", "本月验收合格率", "%", "acceptances_passed", "acceptances", HIGHER,
              "R3 建成验收", Records.of("acceptance_list", result="passed"), rule=Rule.ACCEPTANCE_ITEM),
    indicator("acceptances", "本月验收", "次", "acceptances", None, Direction.NONE,
              "R3 建成验收", Records.of("acceptance_list")),
    indicator("acceptances_awaiting", "验收不合格、待整改", "次", "acceptances_awaiting", None, Direction.LOWER,
              "R3 建成验收", Records.of("acceptance_list", result="waiting"), rule=Rule.ACCEPTANCE_ITEM),
    indicator("rooms_titled", "示范社区社工室", "个", "rooms_titled", None, HIGHER,
              "R2 示范社区社工室", room_list(titled="yes"), rule=Rule.ROOM_TARGET),
    indicator("milestones_late", "逾期的建设节点", "个", "milestones_late", None, Direction.LOWER,
              "R16 年度建设安排", Records.of("milestone_list", standing=Standing.LATE.value)),
    indicator("basics_on_time", "基础信息按时录入率", "%", "basics_on_time", "basics_due", HIGHER,
              "R5 基础信息录入", station_list(basics=BasicsFilter.ON_TIME.value), rule=Rule.STATION_BASICS),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

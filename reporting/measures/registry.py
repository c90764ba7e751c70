"""The registry: every measure that is counted for a station and month, rolled up, and stored in UnitMonth."""

from __future__ import annotations

from django.db import models
from django.db.models import Expression, Q

from accounts.models import Level
from reporting.measures.base import EVERY_LIVE_TOWNSHIP, Measure, Place, Source, Values
from reporting.measures.parameters import DAY, SYMBOLIC_MONTH, YEAR_START
from reporting.measures.sources import (
    BASICS_DUE,
    CERTIFIED,
    COMPLETED,
    FULL_TIME,
    OF_KIND_STATION,
    STATION_STANDING,
    count,
    flag,
    total,
    total_tenths,
)
from reporting.models import ReportState
from reporting.queries.reports import operating_during
from services.models import Domain, FocusGroup, Method
from stations.models import Dimension, StationKind, StationStatus
from stations.models.dated import at
from stations.models.stations import BASICS_IN_TIME


def stations_idle(values: Values, place: Place) -> int:
    """Operating, and due to report here (so not a month that was kept elsewhere), without any service."""
    operating = values.get("stations_operating") and values.get("reports_expected")
    return int(bool(operating) and not values.get("services"))


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


def subject(choice: models.TextChoices) -> str:
    """What stands before 服务次数 or 服务人次: of 养老服务 only 养老, since the word would be read twice."""
    return str(choice.label).removesuffix("服务")


def _of(source: Source, *rows: tuple[str, str, Expression]) -> list[Measure]:
    return [Measure(key, label, source, aggregate=aggregate) for key, label, aggregate in rows]


ROOM = Q(kind=StationKind.ROOM)
COMPLETED_THIS_YEAR = Q(completed_on__gte=YEAR_START)
STATIONS = _of(
    Source.STATIONS,
    ("stations_completed", "已建成社工站", flag(OF_KIND_STATION & COMPLETED)),
    ("stations_new_this_year", "本年新建成社工站", flag(OF_KIND_STATION & COMPLETED & COMPLETED_THIS_YEAR)),
    ("rooms", "已建成社工室", flag(ROOM & COMPLETED)),
    ("rooms_new_this_year", "本年新建成社工室", flag(ROOM & COMPLETED & COMPLETED_THIS_YEAR)),
    ("basics_due", "应录入基础信息的社工站", flag(OF_KIND_STATION & BASICS_DUE)),
    ("basics_on_time", "按时录入基础信息的社工站", flag(OF_KIND_STATION & BASICS_DUE & BASICS_IN_TIME)),
)
SPELLS = _of(
    Source.SPELLS,
    (
        "stations_sign_hung",
        "已挂牌社工站",
        flag(Q(status=StationStatus.SIGN_HUNG, starts_on__lte=DAY) & STATION_STANDING),
    ),
    ("stations_operating", "运营中社工站", flag(Q(status=StationStatus.OPERATING) & at(DAY))),
    ("reports_expected", "应报月报", flag(operating_during(SYMBOLIC_MONTH))),
)
DIMENSIONS = _of(
    Source.DIMENSIONS,
    *((f"dimension_{d.value}", f"{d.label}达标的社工站", count(Q(dimension=d.value))) for d in Dimension),
)
POSTINGS = _of(
    Source.POSTINGS,
    ("workers", "驻站社工", count()),
    ("workers_certified", "持证社工", count(Q(CERTIFIED))),
    ("workers_full_time", "专职社工", count(Q(FULL_TIME))),
)
SERVICES = [
    *_of(
        Source.SERVICES,
        ("services", "服务次数", count()),
        ("contacts", "服务人次", total("contacts")),
        ("services_on_time", "按时录入的服务", count(Q(on_time=True))),
        ("services_administrative", "事务性工作", count(Q(administrative=True))),
        ("services_with_volunteers", "有志愿者参与的服务", count(Q(volunteers__gt=0))),
        ("volunteers", "志愿者人次", total("volunteers")),
    ),
    Measure("hours", "服务时长", Source.SERVICES, aggregate=total_tenths("hours"), decimals=1),
    Measure("volunteer_hours", "志愿服务时长", Source.SERVICES, aggregate=total_tenths("volunteer_hours"), decimals=1),
]
for name, facet in (("domain", Domain), ("method", Method)):
    for choice in facet:
        here = Q(**{name: choice.value})
        SERVICES += _of(
            Source.SERVICES,
            (f"services_{choice.value}", f"{subject(choice)}服务次数", count(here)),
            (f"contacts_{choice.value}", f"{subject(choice)}服务人次", total("contacts", here)),
        )
for group in FocusGroup:
    SERVICES += _of(
        Source.SERVICES,
        (f"services_{group.value}", f"服务{group.label}次数", count(Q(**{f"{group.value}__gt": 0}))),
        (f"contacts_{group.value}", f"服务{group.label}人次", total(group.value)),
    )
REPORTS = _of(
    Source.REPORTS,
    ("reports_submitted", "已报月报", count(Q(submitted_at__isnull=False))),
    ("reports_on_time", "按时上报的月报", count(Q(on_time=True))),
    ("reports_late", "逾期上报的月报", count(Q(on_time=False))),
    ("reports_approved", "已通过的月报", count(Q(state=ReportState.APPROVED))),
)
# In the order in which they are computed: a later one may read an earlier one.
DERIVED = [
    Measure("stations_idle", "本月没有服务的运营社工站", Source.DERIVED, derive=stations_idle),
    Measure("townships_due", "应建站乡镇（街道）", Source.DERIVED, derive=townships_due, level=Level.TOWNSHIP),
    Measure("townships_covered", "已建站乡镇（街道）", Source.DERIVED, derive=townships_covered, level=Level.TOWNSHIP),
    Measure("counties_due", "县（市、区）", Source.DERIVED, derive=counties_due, level=Level.COUNTY),
    Measure("counties_complete", "已全覆盖县（市、区）", Source.DERIVED, derive=counties_complete, level=Level.COUNTY),
    Measure("township_target", "文件建站目标", Source.POLICY, derive=township_target, level=None, additive=False),
    Measure("room_target", "文件社工室目标", Source.POLICY, derive=room_target, level=None, additive=False),
]

_ALL = [*STATIONS, *SPELLS, *DIMENSIONS, *POSTINGS, *SERVICES, *REPORTS, *DERIVED]
MEASURES: dict[str, Measure] = {measure.key: measure for measure in _ALL}
if len(MEASURES) != len(_ALL):
    raise RuntimeError("two measures bear the same key")

"""Services: how many, for whom, how long, entered in time (R6), by domain, method and focus group (R13)."""

from __future__ import annotations

from functools import partial

from django.db.models import Count, F, Q, QuerySet

from policies.models import ProvisionKind as Rule
from reporting.facets import every_part
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import DERIVED, Measure, Place, Source, Values
from reporting.measures.aggregates import count, total, total_scaled
from reporting.measures.parameters import MONTH
from services.models import EntryWarning, Nature, ServiceRecord
from services.queries.listing import ANY, OPEN_REVIEW, REVIEWS


def _services() -> QuerySet:
    return ServiceRecord.objects.valid().filter(month=MONTH).values("station_id")


def _doubtful() -> QuerySet:
    """Warnings that stand on records that no checker has looked at."""
    rows = EntryWarning.objects.filter(
        cleared_at=None, service__voided_at=None, service__month=MONTH, service__review_state__in=REVIEWS[OPEN_REVIEW]
    )
    return rows.annotate(here=F("service__station_id")).values("here")


SERVICES = Source("services", "服务记录", _services, flow=True)
DOUBTFUL = Source("doubtful", "录入提示", _doubtful, station="here", flow=True)


def stations_watched(values: Values, place: Place) -> int:
    """Operating, and due to report here: a month that was kept elsewhere says nothing of idleness."""
    return int(bool(values.get("stations_operating") and values.get("reports_expected")))


def stations_idle(values: Values, place: Place) -> int:
    return int(bool(values.get("stations_watched")) and not values.get("services"))


MEASURES = [
    *SERVICES.counts(
        ("services", "服务次数", count()),
        ("contacts", "服务人次", total("contacts")),
        ("services_on_time", "按时录入的服务", count(Q(on_time=True))),
        ("services_administrative", "事务性工作", count(Q(administrative=True))),
        ("services_with_volunteers", "有志愿者参与的服务", count(Q(volunteers__gt=0))),
        ("volunteers", "志愿者人次", total("volunteers")),
    ),
    *SERVICES.counts(
        ("hours", "服务时长", total_scaled("hours", 1)),
        ("volunteer_hours", "志愿服务时长", total_scaled("volunteer_hours", 1)),
        decimals=1,
    ),
    *DOUBTFUL.counts(("services_doubtful", "有录入提示待审阅的服务", Count("service_id", distinct=True))),
    Measure("stations_watched", "运营并应报月报的社工站", DERIVED, derive=stations_watched),
    Measure("stations_idle", "本月没有服务的运营社工站", DERIVED, derive=stations_idle),
]

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER
indicator = partial(Indicator, group=Group.SERVICE)
service_list = partial(Records.of, "service_list", state="valid")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("services", "服务次数", "次", "services", None, HIGHER,
              "R6 服务记录", service_list(), headline=True),
    indicator("contacts", "服务人次", "人次", "contacts", None, HIGHER,
              "R6 服务记录", service_list(), headline=True),
    indicator("hours", "服务时长", "小时", "hours", None, HIGHER,
              "R6 服务记录", service_list()),
    indicator("volunteers", "志愿者人次", "人次", "volunteers", None, HIGHER,
              "R13 五社联动", service_list(volunteers="yes")),
    indicator("volunteer_hours", "志愿服务时长", "小时", "volunteer_hours", None, HIGHER,
              "R13 五社联动", service_list(volunteers="yes")),
    indicator("entry_on_time", "次日录入率", "%", "services_on_time", "services", HIGHER,
              "R6 次日录入", service_list(on_time="yes"), headline=True, rule=Rule.SERVICE_ENTRY),
    indicator("administrative", "事务性工作占比", "%", "services_administrative", "services", LOWER,
              "R20 由事务性向服务性转变", service_list(nature=Nature.ADMINISTRATIVE.value),
              rule=Rule.FAULT_CLERICAL, fault=Rule.FAULT_CLERICAL),
    indicator("services_doubtful", "有录入提示待审阅", "条", "services_doubtful", None, LOWER,
              "R6 服务记录", service_list(warned=ANY, review=OPEN_REVIEW)),
    indicator("stations_idle", "本月没有服务的站点", "%", "stations_idle", "stations_watched", LOWER,
              "R10 挂牌未运营", Records.of("idle_station_list"), rule=Rule.FAULT_NOT_OPERATING, settled=True),
]
# fmt: on

for parts, part in every_part():
    here, words = parts.served(part), parts.words(part)
    keys = [f"services_{part.value}", f"contacts_{part.value}"]
    contacts = total("contacts", here) if parts.column else total(part.value)
    MEASURES += SERVICES.counts((keys[0], words[0], count(here)), (keys[1], words[1], contacts))
    records = service_list(**{parts.facet.value: part.value})
    INDICATORS += [
        indicator(key, label, unit, key, clause=parts.clause, records=records, facet=parts.facet)
        for key, label, unit in zip(keys, words, ("次", "人次"), strict=True)
    ]

TOPIC = Topic(MEASURES, INDICATORS)

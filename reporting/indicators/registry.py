"""The registry of indicators. Dashboards, workbooks, the API and commands loop over it and name none themselves."""

from __future__ import annotations

from functools import partial

from policies.models import ProvisionKind as Rule
from reporting.indicators.base import Direction, Facet, Group, Indicator, Records
from reporting.measures.registry import subject
from reporting.queries.coverage import CoverageLevel, Covered
from reporting.queries.reports import Punctuality, QueueState
from services.models import Domain, FocusGroup, Method, Nature
from stations.models import BasicsFilter, Dimension, StationKind, StationState

HIGHER, LOWER, NEITHER = Direction.HIGHER, Direction.LOWER, Direction.NONE
COMPLETED, SIGN_HUNG = StationState.COMPLETED.value, StationState.SIGN_HUNG.value
OPERATING, NEW = StationState.OPERATING.value, StationState.NEW.value

station_list = partial(Records.of, "station_list", kind=StationKind.STATION.value)
room_list = partial(Records.of, "station_list", kind=StationKind.ROOM.value)
worker_list = partial(Records.of, "worker_list")
service_list = partial(Records.of, "service_list", state="valid")
report_list = partial(Records.of, "report_list")
coverage_list = partial(Records.of, "coverage_list")

# key, label, unit, numerator, denominator, direction, group, clause, records
# fmt: off
BUILDING = [
    Indicator("coverage", "建站覆盖率", "%", "townships_covered", "townships_due", HIGHER,
              Group.BUILDING, "R1 全覆盖", coverage_list(covered=Covered.YES.value), headline=True,
              rule=Rule.COVERAGE_TARGET),
    Indicator("coverage_target", "文件目标完成率", "%", "townships_covered", "township_target", HIGHER,
              Group.BUILDING, "R1 全覆盖", coverage_list(covered=Covered.YES.value), headline=True,
              rule=Rule.COVERAGE_TARGET),
    Indicator("counties_complete", "全覆盖县（市、区）", "%", "counties_complete", "counties_due", HIGHER,
              Group.BUILDING, "R1 全覆盖",
              coverage_list(level=CoverageLevel.COUNTY.value, covered=Covered.YES.value), headline=True,
              rule=Rule.COVERAGE_TARGET),
    Indicator("stations_completed", "已建成社工站", "个", "stations_completed", None, HIGHER,
              Group.BUILDING, "R1 全覆盖", station_list(state=COMPLETED),
              rule=Rule.COVERAGE_TARGET),
    Indicator("stations_new_this_year", "本年新建成社工站", "个", "stations_new_this_year", None, HIGHER,
              Group.BUILDING, "R16 年度建设安排", station_list(state=NEW)),
    Indicator("sign_hung", "挂牌率", "%", "stations_sign_hung", "stations_completed", HIGHER,
              Group.BUILDING, "R10 挂牌未运营", station_list(state=SIGN_HUNG),
              rule=Rule.FAULT_NOT_OPERATING),
    Indicator("operating", "运营率", "%", "stations_operating", "stations_sign_hung", HIGHER,
              Group.BUILDING, "R10 挂牌未运营", station_list(state=OPERATING), headline=True,
              rule=Rule.FAULT_NOT_OPERATING),
    Indicator("rooms", "已建成社工室", "个", "rooms", None, HIGHER,
              Group.BUILDING, "R2 示范社区社工室", room_list(state=COMPLETED),
              rule=Rule.ROOM_TARGET),
    Indicator("rooms_target", "本年社工室目标完成率", "%", "rooms_new_this_year", "room_target", HIGHER,
              Group.BUILDING, "R2 示范社区社工室", room_list(state=NEW),
              rule=Rule.ROOM_TARGET),
    Indicator("basics_on_time", "基础信息按时录入率", "%", "basics_on_time", "basics_due", HIGHER,
              Group.BUILDING, "R5 基础信息录入", station_list(basics=BasicsFilter.ON_TIME.value),
              rule=Rule.STATION_BASICS),
]
STANDARD = [
    Indicator(f"dimension_{d.value}", f"{d.label}达标率", "%", f"dimension_{d.value}", "stations_completed", HIGHER,
              Group.STANDARD, "R3 四个维度", station_list(dimension=d.value, met="yes"), Facet.DIMENSION,
              rule=Rule.STANDARD_DIMENSION)
    for d in Dimension
]
TEAM = [
    Indicator("workers", "驻站社工", "人", "workers", None, HIGHER,
              Group.TEAM, "R17 驻站社工", worker_list(), headline=True),
    Indicator("certified", "持证率", "%", "workers_certified", "workers", HIGHER,
              Group.TEAM, "R4 持证上岗", worker_list(certified="yes"), headline=True,
              rule=Rule.CERTIFICATE_REQUIRED),
    Indicator("full_time", "专职率", "%", "workers_full_time", "workers", HIGHER,
              Group.TEAM, "R10 工作人员非专职", worker_list(full_time="yes"),
              rule=Rule.FAULT_PART_TIME),
]
SERVICE = [
    Indicator("services", "服务次数", "次", "services", None, HIGHER,
              Group.SERVICE, "R6 服务记录", service_list(), headline=True),
    Indicator("contacts", "服务人次", "人次", "contacts", None, HIGHER,
              Group.SERVICE, "R6 服务记录", service_list(), headline=True),
    Indicator("hours", "服务时长", "小时", "hours", None, HIGHER,
              Group.SERVICE, "R6 服务记录", service_list()),
    Indicator("volunteers", "志愿者人次", "人次", "volunteers", None, HIGHER,
              Group.SERVICE, "R13 五社联动", service_list(volunteers="yes")),
    Indicator("volunteer_hours", "志愿服务时长", "小时", "volunteer_hours", None, HIGHER,
              Group.SERVICE, "R13 五社联动", service_list(volunteers="yes")),
    Indicator("entry_on_time", "次日录入率", "%", "services_on_time", "services", HIGHER,
              Group.SERVICE, "R6 次日录入", service_list(on_time="yes"), headline=True,
              rule=Rule.SERVICE_ENTRY),
    Indicator("administrative", "事务性工作占比", "%", "services_administrative", "services", LOWER,
              Group.SERVICE, "R20 由事务性向服务性转变", service_list(nature=Nature.ADMINISTRATIVE.value),
              rule=Rule.FAULT_CLERICAL),
    Indicator("stations_idle", "本月没有服务的站点", "%", "stations_idle", "stations_operating", LOWER,
              Group.SERVICE, "R10 挂牌未运营", Records.of("idle_station_list"),
              rule=Rule.FAULT_NOT_OPERATING),
]
REPORT = [
    Indicator("reports_expected", "应报月报", "份", "reports_expected", None, NEITHER,
              Group.REPORT, "R7 月报", report_list(),
              rule=Rule.MONTHLY_REPORT),
    Indicator("reports_submitted", "月报上报率", "%", "reports_submitted", "reports_expected", HIGHER,
              Group.REPORT, "R7 月报", report_list(state=QueueState.SENT.value),
              rule=Rule.MONTHLY_REPORT),
    Indicator("reports_on_time", "月报按时上报率", "%", "reports_on_time", "reports_expected", HIGHER,
              Group.REPORT, "R7 次月3日前上报", report_list(on_time=Punctuality.YES.value), headline=True,
              rule=Rule.MONTHLY_REPORT),
    Indicator("reports_late", "逾期上报的月报", "份", "reports_late", None, LOWER,
              Group.REPORT, "R7 次月3日前上报", report_list(on_time=Punctuality.NO.value),
              rule=Rule.MONTHLY_REPORT),
    Indicator("reports_approved", "月报审核通过率", "%", "reports_approved", "reports_expected", HIGHER,
              Group.REPORT, "R7 月报", report_list(state=QueueState.APPROVED.value),
              rule=Rule.MONTHLY_REPORT),
]
# fmt: on


def _parts() -> list[Indicator]:
    """Services and contacts by each domain, method and focus group."""
    counted = (("services", "服务次数", "次"), ("contacts", "服务人次", "人次"))
    facets = ((Domain, Facet.DOMAIN, "R13 服务领域"), (Method, Facet.METHOD, "R13 服务方法"),
              (FocusGroup, Facet.FOCUS, "R13 一老一小一孤一困"))  # fmt: skip
    result = []
    for choices, facet, clause in facets:
        for choice in choices:
            for measure, noun, unit in counted:
                key, records = f"{measure}_{choice.value}", service_list(**{facet.value: choice.value})
                result.append(
                    Indicator(
                        key,
                        f"{subject(choice)}{noun}",
                        unit,
                        key,
                        clause=clause,
                        records=records,
                        facet=facet,
                    )
                )
    return result


INDICATORS: dict[str, Indicator] = {
    indicator.key: indicator for indicator in [*BUILDING, *STANDARD, *TEAM, *SERVICE, *_parts(), *REPORT]
}
HEADLINES: list[Indicator] = [indicator for indicator in INDICATORS.values() if indicator.headline]

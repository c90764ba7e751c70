"""Which figures stand where on a page: the one place outside the registries that names indicators and measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from accounts.models import Level
from policies.models import ProvisionKind
from reporting.facets import FACETS, Facet
from reporting.indicators import Indicator
from reporting.registry import INDICATORS, MEASURES
from reporting.words import Covered, Punctuality, QueueState
from stations.models import BasicsFilter, StationKind

Kind = ProvisionKind

# ---- parts of one whole ---------------------------------------------------------------------------------------------


def parts(facet: Facet, measure: str) -> Iterator[tuple[str, Indicator]]:
    """(name of the part, its indicator) for "services" or "contacts"."""
    for choice in FACETS[facet].choices:
        yield str(choice.label), INDICATORS[f"{measure}_{choice.value}"]


# ---- monthly report -------------------------------------------------------------------------------------------------

REPORT_SECTIONS: list[tuple[str, list[str]]] = [
    ("服务情况", ["services", "contacts", "hours", "volunteers", "volunteer_hours", "entry_on_time", "administrative"]),
    ("站点队伍", ["workers", "certified", "full_time"]),
]

# ---- today ----------------------------------------------------------------------------------------------------------

TODAY_FIGURES = [("services", "服务"), ("contacts", "人次"), ("hours", "小时"), ("entry_on_time", "次日录入")]

# ---- dashboards -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """A headline figure; `beside` is a second indicator for its small print."""

    key: str
    beside: str = ""


class Style(Enum):
    """How a column shows its indicator."""

    BAR = "bar"
    FRACTION = "fraction"  # 102/118
    COUNT = "count"  # the numerator alone
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """A column of the comparison. `bad_above_zero`: any count at all asks for action."""

    key: str
    label: str
    style: Style
    bad_above_zero: bool = False


@dataclass(frozen=True)
class Layout:
    """What the dashboard of a level shows. `worst` is the column that sorts the comparison unless asked otherwise."""

    children: str
    cards: tuple[Card, ...]
    strip: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    worst: str = ""
    charts: tuple[str, ...] = ()
    building: bool = True


COVERAGE = Card("coverage")
ENTRY = Card("entry_on_time")
REPORTS = Card("reports_on_time", beside="reports_late")
CERTIFIED = Card("certified", beside="full_time")
CLERICAL = Card("administrative")

COMPARED = (
    Column("coverage", "建站", Style.FRACTION),
    Column("operating", "运营", Style.COUNT),
    Column("entry_on_time", "次日录入率", Style.BAR),
    Column("reports_on_time", "月报按时", Style.FRACTION),
    Column("contacts", "服务人次", Style.NUMBER),
    Column("administrative", "事务性占比", Style.BAR),
    Column("certified", "持证率", Style.BAR),
    Column("stations_idle", "零服务站", Style.COUNT, bad_above_zero=True),
)
STATIONS_COMPARED = (
    Column("services", "服务次数", Style.NUMBER),
    Column("contacts", "服务人次", Style.NUMBER),
    Column("hours", "服务时长", Style.NUMBER),
    Column("entry_on_time", "次日录入率", Style.BAR),
    Column("reports_on_time", "月报按时", Style.FRACTION),
    Column("administrative", "事务性占比", Style.BAR),
    Column("certified", "持证社工", Style.FRACTION),
)
CHARTS = (
    "entry_on_time",
    "coverage",
    "contacts",
    "administrative",
    "certified",
    "full_time",
    "reports_on_time",
    "hours",
)
STRIP = ("counties_complete", "operating", "rooms", "workers", "services", "contacts", "hours", "volunteers")


def _wide(children: str) -> Layout:
    return Layout(children, (COVERAGE, ENTRY, REPORTS, CERTIFIED), STRIP, COMPARED, "entry_on_time", CHARTS)


LAYOUTS: dict[Level, Layout] = {
    Level.NATION: _wide("省（自治区、直辖市）"),
    Level.PROVINCE: _wide("市（州、盟）"),
    Level.CITY: _wide("县（市、区）"),
    Level.COUNTY: Layout(
        "乡镇（街道）", (COVERAGE, ENTRY, REPORTS, CERTIFIED), STRIP[1:], COMPARED, "entry_on_time", CHARTS
    ),
    Level.TOWNSHIP: Layout(
        "站点",
        (ENTRY, REPORTS, CERTIFIED, CLERICAL),
        ("services", "contacts", "hours", "volunteers", "volunteer_hours", "workers"),
        STATIONS_COMPARED,
        "entry_on_time",
        ("contacts", "services", "hours", "entry_on_time", "administrative"),
        building=False,
    ),
    Level.STATION: Layout(
        "",
        (ENTRY, REPORTS, CERTIFIED, CLERICAL),
        ("services", "contacts", "hours", "volunteers", "volunteer_hours", "workers"),
        building=False,
    ),
}

TREND = ("contacts", "entry_on_time")  # bars, line
BUILDING = ("townships_covered", "township_target", "townships_due")  # measures: built, target, the tree's count
TOWNSHIPS, COUNTIES = "coverage", "counties_complete"
STANDARDS = [indicator for indicator in INDICATORS.values() if indicator.facet == Facet.DIMENSION]


@dataclass(frozen=True)
class Todo:
    """Something that asks for action: so many (`plus` less `minus`), by which rule, in which list.

    `title` may hold {month}. `settled` as in Card. `noun` counts what is counted. `unsent`: a report that can still
    run late, not one that was sent. `line`: an indicator that must have passed the number by which the fault is told.
    """

    title: str
    rule: ProvisionKind
    plus: str
    minus: str = ""
    noun: str = "站"
    url_name: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    settled: bool = False
    unsent: bool = False
    line: str = ""


@dataclass(frozen=True)
class ChildFault:
    """Units below whose share passes the number by which the fault is told; opens the comparison, worst first."""

    title: str
    key: str


CHILD_FAULTS = (ChildFault("工作内容偏事务", "administrative"),)

TODOS: tuple[Todo, ...] = (
    Todo(
        "建站未达目标", Kind.COVERAGE_TARGET, "township_target", "townships_covered", "个乡镇（街道）",
        "coverage_list", {"covered": Covered.NO.value},
    ),
    Todo(
        "{month}月报未报", Kind.MONTHLY_REPORT, "reports_expected", "reports_submitted", "站",
        "report_list", {"state": QueueState.MISSING.value}, settled=True, unsent=True,
    ),
    Todo(
        "{month}月报迟报", Kind.MONTHLY_REPORT, "reports_late", "", "站",
        "report_list", {"on_time": Punctuality.NO.value}, settled=True,
    ),
    Todo(
        "{month}月报已报、尚未审核通过", Kind.MONTHLY_REPORT, "reports_submitted", "reports_approved", "站",
        "report_list", {"state": QueueState.OPEN.value}, settled=True,
    ),
    Todo(
        "站点基础信息未按时录入", Kind.STATION_BASICS, "basics_due", "basics_on_time", "站",
        "station_list", {"basics": BasicsFilter.LATE.value, "kind": StationKind.STATION.value},
    ),
    Todo(
        "{month}没有服务记录，疑似挂牌未运营", Kind.FAULT_NOT_OPERATING, "stations_idle", "", "站",
        "idle_station_list", settled=True,
    ),
    Todo(
        "驻站社工未持证", Kind.CERTIFICATE_REQUIRED, "workers", "workers_certified", "人",
        "worker_list", {"certified": "no"},
    ),
    Todo(
        "驻站社工非专职", Kind.FAULT_PART_TIME, "workers", "workers_full_time", "人",
        "worker_list", {"full_time": "no"}, line="full_time",
    ),
)  # fmt: skip

_named = {
    *(todo.line for todo in TODOS if todo.line),
    *(card.key for layout in LAYOUTS.values() for card in layout.cards),
    *(column.key for layout in LAYOUTS.values() for column in layout.columns),
    *(key for layout in LAYOUTS.values() for key in (*layout.strip, *layout.charts)),
    *TREND,
    TOWNSHIPS,
    COUNTIES,
}
_counted = {key for todo in TODOS for key in (todo.plus, todo.minus) if key} | set(BUILDING)
if unknown := (_named - INDICATORS.keys()) | (_counted - MEASURES.keys()):
    raise RuntimeError(f"the layout names what no registry has: {sorted(unknown)}")

"""Which figures stand where on a page: the one place outside the registries that names indicators and measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from accounts.models import Level
from clients.models import FocusGroup
from policies.models import ProvisionKind
from policies.stages import Stage
from reporting.facets import FACETS, Facet
from reporting.indicators import Indicator
from reporting.registry import INDICATORS, MEASURES
from reporting.words import Covered, Punctuality, QueueState
from standards.models import ProposalState
from standards.queries.check_list import ANY
from stations.forms.worker_filter import EXPIRING
from stations.milestones import Standing
from stations.models import BasicsFilter, Dimension, StationKind, StationState

Kind = ProvisionKind

# ---- parts of one whole ---------------------------------------------------------------------------------------------


def parts(facet: Facet, measure: str) -> Iterator[tuple[str, Indicator]]:
    """(name of the part, its indicator) for "services" or "contacts"."""
    for choice in FACETS[facet].choices:
        yield str(choice.label), INDICATORS[f"{measure}_{choice.value}"]


# ---- monthly report -------------------------------------------------------------------------------------------------

REPORT_SECTIONS: list[tuple[str, list[str]]] = [
    ("服务情况", ["services", "contacts", "hours", "volunteers", "volunteer_hours", "entry_on_time", "administrative"]),
    ("服务对象", ["people", *(f"people_{group.value}" for group in FocusGroup), "client_files", "client_files_opened"]),
    (
        "专业服务",
        [
            "cases_opened",
            "cases_open",
            "cases_closed",
            "groups_running",
            "group_sessions",
            "activities",
            "visits_due",
            "visits_made",
            "visits_in_time",
            "focus_over_interval",
        ],
    ),
    (
        "五社联动",
        [
            "named_volunteers",
            "named_hours",
            "organisations_serving",
            "donations",
            "donations_value",
            "handouts_value",
            "meetings",
            "referrals_opened",
            "referral_success",
        ],
    ),
    ("站点队伍", ["workers", "certified", "full_time", "training_attendances", "training_hours"]),
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
    blocks: tuple[tuple[str, tuple[str, ...]], ...] = ()  # title and indicators of each


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
    Column("people", "服务人数", Style.NUMBER),
    Column("contacts", "服务人次", Style.NUMBER),
    Column("administrative", "事务性占比", Style.BAR),
    Column("certified", "持证率", Style.BAR),
    Column("standard_score", "标准得分率", Style.BAR),
    Column("execution", "资金执行率", Style.BAR),
    Column("stations_idle", "零服务站", Style.COUNT, bad_above_zero=True),
)
STATIONS_COMPARED = (
    Column("services", "服务次数", Style.NUMBER),
    Column("people", "服务人数", Style.NUMBER),
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
    "people",
    "administrative",
    "certified",
    "full_time",
    "reports_on_time",
    "hours",
    "accepted",
    "standard_score",
    "improved",
    "training_mean",
    "tenure",
    "contract_progress",
    "execution",
    "with_feature",
)
BUILDING_BLOCK = (
    "建设和标准",
    ("stations_planned", "stations_building", "accepted", "rooms_titled", "standard_score", "standard_failing"),
)
TEAM_BLOCK = ("队伍", ("training_mean", "training_hours", "tenure", "turnover", "certificates_expiring", "excellent"))
AGENCY_BLOCK = (
    "购买服务",
    ("contracts", "covered", "contract_amount", "contract_progress", "contract_due", "evaluation_mean"),
)
FUND_BLOCK = ("资金", ("funds_received", "funds_spent", "execution", "funds_held"))
STAGE_BLOCK = (
    "阶段和特色",
    (*(f"stage_{stage.value}" for stage in Stage), "improved", "features", "with_feature"),
)
PEOPLE_BLOCK = (
    "服务对象",
    ("people", *(f"people_{group.value}" for group in FocusGroup), "client_files", "client_files_opened"),
)
CASEWORK_BLOCK = (
    "专业服务",
    ("cases_opened", "cases_open", "cases_closed", "cases_met", "groups_running", "group_sessions", "activities"),
)
VISIT_BLOCK = (
    "探访",
    ("visits_due", "visits_made", "visits_in_time", "visits_overdue", "visits_unreachable", "focus_over_interval"),
)
LINKAGE_BLOCK = (
    "五社联动",
    ("named_volunteers", "named_hours", "organisations_serving", "donations_value", "handouts_value", "meetings",
     "referrals_opened", "referral_success"),
)  # fmt: skip
SERVED_BLOCKS = (PEOPLE_BLOCK, CASEWORK_BLOCK, VISIT_BLOCK, LINKAGE_BLOCK)
BLOCKS = (*SERVED_BLOCKS, BUILDING_BLOCK, TEAM_BLOCK, AGENCY_BLOCK, FUND_BLOCK, STAGE_BLOCK)
OWN_BLOCKS = (  # of a station
    *SERVED_BLOCKS,
    ("标准和特色", ("standard_score", *(f"score_{dimension.value}" for dimension in Dimension), "features")),
    ("队伍", ("training_hours", "training_mean", "tenure", "certificates_expiring")),
    ("购买服务和资金", ("contract_amount", *FUND_BLOCK[1])),
)
STRIP = ("counties_complete", "operating", "rooms", "workers", "services", "people", "contacts", "volunteers")


def _wide(children: str) -> Layout:
    cards = (COVERAGE, ENTRY, REPORTS, CERTIFIED)
    return Layout(children, cards, STRIP, COMPARED, "entry_on_time", CHARTS, blocks=BLOCKS)


LAYOUTS: dict[Level, Layout] = {
    Level.NATION: _wide("省（自治区、直辖市）"),
    Level.PROVINCE: _wide("市（州、盟）"),
    Level.CITY: _wide("县（市、区）"),
    Level.COUNTY: Layout(
        "乡镇（街道）",
        (COVERAGE, ENTRY, REPORTS, CERTIFIED),
        STRIP[1:],
        COMPARED,
        "entry_on_time",
        CHARTS,
        blocks=BLOCKS,
    ),
    Level.TOWNSHIP: Layout(
        "站点",
        (ENTRY, REPORTS, CERTIFIED, CLERICAL),
        ("services", "people", "contacts", "hours", "volunteers", "workers"),
        STATIONS_COMPARED,
        "entry_on_time",
        ("contacts", "services", "hours", "entry_on_time", "administrative", "standard_score", "training_hours"),
        building=False,
        blocks=BLOCKS,
    ),
    Level.STATION: Layout(
        "",
        (ENTRY, REPORTS, CERTIFIED, CLERICAL),
        ("services", "people", "contacts", "hours", "volunteers", "workers"),
        building=False,
        blocks=OWN_BLOCKS,
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
    `reason` says it in words where the kind of rule has one row for each subject, or where there is no rule: a plan or
    a contract is its own paper. `levels`: whose work it is (none: everybody's who sees it).
    """

    title: str
    rule: ProvisionKind | None
    plus: str
    minus: str = ""
    noun: str = "站"
    url_name: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    settled: bool = False
    unsent: bool = False
    line: str = ""
    reason: str = ""
    late: bool = False
    levels: tuple[Level, ...] = ()


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
        "服务记录有录入提示、待审阅", None, "services_doubtful", "", "条",
        "service_list", {"warned": "any", "review": "open", "state": "valid"}, levels=(Level.TOWNSHIP, Level.COUNTY),
        reason="照片、时间或文字与其他记录重复，一天探访过多，迟录数周",
    ),
    Todo(
        "重点人群超过探访间隔", Kind.VISIT_INTERVAL, "focus_over_interval", "", "人",
        "visit_list", {"state": "over", "focus": "any"}, levels=(Level.TOWNSHIP, Level.COUNTY),
        reason="一老一小一孤一困，按跟进级别应访而未访",
    ),
    Todo(
        "驻站社工未持证", Kind.CERTIFICATE_REQUIRED, "workers", "workers_certified", "人",
        "worker_list", {"certified": "no"},
    ),
    Todo(
        "驻站社工非专职", Kind.FAULT_PART_TIME, "workers", "workers_full_time", "人",
        "worker_list", {"full_time": "no"}, line="full_time",
    ),
    Todo(
        "驻站社工证书即将到期", Kind.CERTIFICATE_EXPIRY, "workers_expiring", "", "人",
        "worker_list", {"certified": EXPIRING, "sort": "expiry"},
    ),
    Todo("社工站驻站人数不足", Kind.STAFFING, "stations_short", "", "站", "staffing"),
    Todo(
        "建设节点逾期", None, "milestones_late", "", "个",
        "milestone_list", {"standing": Standing.LATE.value}, reason="年度建设计划的节点已过期限，尚未完成", late=True,
    ),
    Todo(
        "建成待验收", Kind.ACCEPTANCE_ITEM, "stations_to_accept", "", "站",
        "station_list", {"state": StationState.NOT_ACCEPTED.value, "kind": StationKind.STATION.value},
        reason="建成后逐项验收，合格后挂牌",
    ),
    Todo(
        "验收不合格、待整改", Kind.ACCEPTANCE_ITEM, "acceptances_awaiting", "", "站",
        "acceptance_list", {"result": "waiting"}, reason="整改后重新验收",
    ),
    Todo(
        "建设标准必备项未达标", Kind.STANDARD_DIMENSION, "stations_failing", "", "站",
        "check_list", {"dimension": ANY, "kind": StationKind.STATION.value},
        reason="四个维度的必备项，按当地现行建设标准逐项检查",
    ),
    Todo(
        "阶段评定待县级认定", Kind.STAGE_TASK, "stages_to_decide", "", "站",
        "stage_list", {"state": ProposalState.WAITING_COUNTY.value}, levels=(Level.COUNTY,),
        reason="任务均已完成，系统提出进入下一阶段",
    ),
    Todo(
        "阶段评定待市级确认", Kind.STAGE_TASK, "stages_to_confirm", "", "站",
        "stage_list", {"state": ProposalState.WAITING_CITY.value}, levels=(Level.CITY,),
        reason="县级已认定进入下一阶段",
    ),
    Todo(
        "合同服务指标落后", None, "contracts_behind", "", "份",
        "contract_list", {"state": "behind", "bought": "yes"}, reason="按合同约定的服务指标和已过时间的比例",
    ),
)  # fmt: skip

_named = {
    *(todo.line for todo in TODOS if todo.line),
    *(key for layout in LAYOUTS.values() for _, keys in layout.blocks for key in keys),
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

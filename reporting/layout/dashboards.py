"""The dashboard of each level: headline figures, comparison of the units below, charts, blocks of figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from accounts.models import Level
from clients.models import FocusGroup
from policies.stages import Stage
from reporting.facets import Facet
from reporting.registry import INDICATORS
from stations.models import Dimension


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

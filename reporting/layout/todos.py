"""What asks for action on a dashboard, by which rule, and in which list it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.models import Level
from policies.models import ProvisionKind
from reporting.words import Covered, Punctuality, QueueState
from standards.models import ProposalState
from standards.queries.check_list import ANY
from stations.forms.worker_filter import EXPIRING
from stations.milestones import Standing
from stations.models import BasicsFilter, StationKind, StationState

Kind = ProvisionKind


@dataclass(frozen=True)
class Todo:
    """Something that asks for action: so many (`plus` less `minus`), by which rule, in which list.

    `title` may hold {month}; with `settled` it is that of the last full month. `noun` counts what is counted.
    `unsent`: a report that can still run late, not one that was sent. `line`: an indicator that must have passed
    the number by which the fault is told. `reason` says it in words where the kind of rule has one row for each
    subject, or where there is no rule: a plan or a contract is its own paper. `levels`: whose work it is (none:
    everybody's who sees it).
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

"""What needs action at a unit: each with its count, reason, document and clause, and the list behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Level
from common.months import Month
from policies.models import ProvisionKind
from policies.queries import NoRule
from reporting.figures import Figures, measured
from reporting.layout import CHILD_FAULTS, TODOS, ChildFault, Todo
from reporting.queries.dashboard.data import DashboardData
from reporting.queries.dashboard.headline import cited, governing, is_bad, rule_words
from reporting.queries.dashboard.items import Item
from reporting.registry import INDICATORS
from stations.models import Station, StationKind, StationState
from stations.models.stations import StationQuerySet

NAMED = 3  # units named in a row before “等”


@dataclass(frozen=True)
class Reason:
    """Why it counts, and by which paper; `late` when a due date has passed."""

    words: str
    source: str
    late: bool = False


def items(data: DashboardData) -> list[Item]:
    """Those that arise, what is overdue first."""
    asked = [*(_item(data, todo) for todo in TODOS), *(_child_fault(data, fault) for fault in CHILD_FAULTS)]
    asked.append(_hung_not_operating(data))
    found = [item for item in asked if item is not None]
    return sorted(found, key=lambda item: not item.late)


def _item(data: DashboardData, todo: Todo) -> Item | None:
    if todo.levels and data.unit.level not in todo.levels:
        return None
    month = data.settled if todo.settled else data.month
    count = _count(data.own[month], todo)
    if count <= 0 or (todo.line and not is_bad(data, data.own[month][todo.line], data.unit.path)):
        return None
    reason = _reason(data, todo, month)
    query = urlencode({"unit": data.unit.pk, "month": str(month), **todo.params})
    return Item(
        title=todo.title.format(month=f"{month.month}月"),
        count=count,
        noun=todo.noun,
        reason=reason.words,
        source=reason.source,
        href="" if todo.url_name in data.closed else f"{reverse(todo.url_name)}?{query}",
        late=reason.late,
    )


def _child_fault(data: DashboardData, fault: ChildFault) -> Item | None:
    """Children over the line in the shown month."""
    over = [
        child for child in data.children
        if is_bad(data, data.theirs[child.pk, data.month][fault.key], child.path)
    ]  # fmt: skip
    if not over:
        return None
    kind = INDICATORS[fault.key].fault
    reason = _provision_reason(data, kind, data.month) if kind else Reason("", "")
    names = "、".join(child.name for child in over[:NAMED]) + ("等" if len(over) > NAMED else "")
    return Item(
        title=fault.title,
        count=len(over),
        noun="个",
        reason=f"{names}：{reason.words}",
        source=reason.source,
        href=f"?month={data.month}&sort=-{fault.key}#compare",
        late=False,
    )


def _near_stations(data: DashboardData) -> StationQuerySet | None:
    """The stations themselves, where they are few enough to be asked: at a county and below."""
    if data.unit.level < Level.COUNTY:
        return None
    return Station.objects.under(data.unit).filter(kind=StationKind.STATION)


def _hung_not_operating(data: DashboardData) -> Item | None:
    """R10: the sign hangs, nothing is at work behind it."""
    stations = _near_stations(data)
    if stations is None or not (count := stations.state_at(StationState.NOT_OPERATING, data.day).count()):
        return None
    reason = _provision_reason(data, ProvisionKind.FAULT_NOT_OPERATING, data.month)
    query = urlencode(
        {
            "unit": data.unit.pk,
            "month": str(data.month),
            "kind": StationKind.STATION.value,
            "state": StationState.NOT_OPERATING.value,
        }
    )
    return Item(
        title="已挂牌、未登记运营",
        count=count,
        noun="站",
        reason=reason.words,
        source=reason.source,
        href=f"{reverse('station_list')}?{query}",
        late=False,
    )


def _basics_reason(data: DashboardData, month: Month) -> Reason:
    """R5; red while some are still not entered."""
    reason = _provision_reason(data, ProvisionKind.STATION_BASICS, month)
    stations = _near_stations(data)
    left = stations.basics_late(data.day).filter(basics_entered_on=None).count() if stations is not None else 0
    return Reason(f"{reason.words}；其中 {left} 站至今未录入", reason.source, late=True) if left else reason


def _count(figures: Figures, todo: Todo) -> int:
    if figures.measures is None:
        return 0
    plus = measured(todo.plus, figures.measures)
    minus = measured(todo.minus, figures.measures) if todo.minus else 0
    return 0 if plus is None else int(Decimal(plus) - Decimal(minus or 0))


def _reason(data: DashboardData, todo: Todo, month: Month) -> Reason:
    match todo.rule:
        case None:
            return Reason(todo.reason, "", todo.late)
        case ProvisionKind.MONTHLY_REPORT:
            return _report_reason(data, todo, month)
        case ProvisionKind.COVERAGE_TARGET:
            return _target_reason(data)
        case ProvisionKind.STATION_BASICS:
            return _basics_reason(data, month)
    reason = _provision_reason(data, todo.rule, month)
    return Reason(todo.reason, reason.source) if todo.reason else reason


def _provision_reason(data: DashboardData, kind: ProvisionKind, month: Month) -> Reason:
    provision = governing(data, kind, month)
    if provision is None:
        return Reason("", "")
    return Reason(rule_words(data, kind, month), cited(data, provision))


def _report_reason(data: DashboardData, todo: Todo, month: Month) -> Reason:
    """R7; only what was not sent can still be overdue."""
    try:
        due = data.rules.due(ProvisionKind.MONTHLY_REPORT, data.unit.path, month)
    except NoRule as error:
        return Reason(str(error), "")
    days = due.days_late(data.now) if todo.unsent else 0
    words = f"{due.reason}，已逾期 {days} 天" if days else due.reason
    provision = governing(data, ProvisionKind.MONTHLY_REPORT, month)
    return Reason(words, cited(data, provision) if provision else due.citation, late=days > 0)


def _target_reason(data: DashboardData) -> Reason:
    target = data.target
    if target is None:
        return Reason("", "")
    late = target.is_past(data.day)
    words = f"应于{target.due_in_words}建成" + ("，已逾期" if late else "")
    return Reason(words, target.citation, late=late)

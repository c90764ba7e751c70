"""What needs action at a unit: each with its count, reason, document and clause, and the list behind it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from common.months import Month
from policies.kinds import FAULTS, sentence
from policies.models import ProvisionKind
from policies.queries import NoRule
from reporting.figures import Figures, measured
from reporting.layout import TODOS, Todo
from reporting.queries.dashboard.data import DashboardData
from reporting.queries.dashboard.headline import governing


@dataclass(frozen=True)
class Reason:
    """Why it counts, and by which paper; `late` when a due date has passed."""

    words: str
    source: str
    late: bool = False


@dataclass(frozen=True)
class Item:
    """One row of “需要处理”."""

    title: str
    count: int
    noun: str
    reason: str
    source: str
    href: str
    late: bool

    @property
    def action(self) -> str:
        return f"查看 {self.count} {self.noun}"


def items(data: DashboardData) -> list[Item]:
    """Those that arise, what is overdue first."""
    found = [item for todo in TODOS if (item := _item(data, todo)) is not None]
    return sorted(found, key=lambda item: not item.late)


def _item(data: DashboardData, todo: Todo) -> Item | None:
    month = data.settled if todo.settled else data.month
    count = _count(data.own[month], todo)
    if count <= 0:
        return None
    reason = _reason(data, todo, month)
    query = urlencode({"unit": data.unit.pk, "month": str(month), **todo.params})
    return Item(
        title=todo.title.format(month=f"{month.month}月"),
        count=count,
        noun=todo.noun,
        reason=reason.words,
        source=reason.source,
        href=f"{reverse(todo.url_name)}?{query}",
        late=reason.late,
    )


def _count(figures: Figures, todo: Todo) -> int:
    if figures.measures is None:
        return 0
    plus = measured(todo.plus, figures.measures)
    minus = measured(todo.minus, figures.measures) if todo.minus else 0
    return 0 if plus is None else int(Decimal(plus) - Decimal(minus or 0))


def _reason(data: DashboardData, todo: Todo, month: Month) -> Reason:
    match todo.rule:
        case ProvisionKind.MONTHLY_REPORT:
            return _report_reason(data, todo, month)
        case ProvisionKind.COVERAGE_TARGET:
            return _target_reason(data)
    provision = governing(data, todo.rule, month)
    if provision is None:
        return Reason("", "")
    words = sentence(todo.rule, provision.parameters)
    if todo.rule in FAULTS and (threshold := data.rules.threshold(todo.rule, data.unit.path, data.day)):
        words = sentence(todo.rule, threshold.provision.parameters)  # the paper that names the fault may set no number
    return Reason(words, f"{provision.document.number} {provision.clause}")


def _report_reason(data: DashboardData, todo: Todo, month: Month) -> Reason:
    """R7; only what was not sent can still be overdue."""
    try:
        due = data.rules.monthly_report(data.unit.path, month)
    except NoRule as error:
        return Reason(str(error), "")
    days = due.days_late(data.now) if todo.unsent else 0
    words = f"应于{due.due.month}月{due.due.day}日前上报（{due.reason}）"
    if days:
        words += f"，已逾期 {days} 天"
    return Reason(words, f"{due.document} {due.clause}", late=days > 0)


def _target_reason(data: DashboardData) -> Reason:
    target = data.target
    if target is None:
        return Reason("", "")
    due = target.due
    late = due < data.day
    words = f"应于{due.year}年{due.month}月{due.day}日前建成" + ("，已逾期" if late else "")
    return Reason(words, f"{target.document} {target.clause}", late=late)

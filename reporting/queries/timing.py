"""How a report stands against its due date (R7), as pages show it: sent, late, overdue, with reason and clause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from common.months import Month
from policies.deadlines import Due
from policies.models import ProvisionKind
from policies.queries import NoRule, RuleBook
from reporting.models import MonthlyReport


@dataclass(frozen=True)
class Timing:
    """`days_late` counts from the due date to the first submission, or to now while there is none; 0 in time.

    Without a rule (the shipped defaults were never loaded) `due_on` is None and `reason` says so.
    """

    due_on: date | None
    reason: str
    provisional: bool
    document: str
    clause: str
    provision_id: int | None
    submitted_at: datetime | None
    days_late: int

    @property
    def sent_late(self) -> bool:
        return self.submitted_at is not None and self.days_late > 0

    @property
    def overdue(self) -> bool:
        return self.submitted_at is None and self.days_late > 0

    @property
    def source_label(self) -> str:
        return f"{self.document} {self.clause}".strip()

    @property
    def words(self) -> str:
        """迟报3天, 已逾期42天, 按时上报, 未到期; "" without a rule."""
        if self.due_on is None:
            return ""
        if self.submitted_at is not None:
            return f"迟报{self.days_late}天" if self.days_late else "按时上报"
        return f"已逾期{self.days_late}天" if self.days_late else "未到期"


def timing_of(report: MonthlyReport | None, due: Due | NoRule | None, now: datetime) -> Timing:
    """Of a report that was sent: what it was judged by then; of any other: `due` as the rules stand now.

    `report` comes with due_provision__document when it was sent; `due` is not read then.
    """
    sent_at = report.submitted_at if report is not None else None
    if report is not None and sent_at is not None:
        due = report.judged_due(cited=True)
    if not isinstance(due, Due):
        return Timing(None, str(due or ""), False, "", "", None, sent_at, 0)
    return Timing(
        due_on=due.due,
        reason=due.reason,
        provisional=due.provisional,
        document=due.document,
        clause=due.clause,
        provision_id=due.provision_id or None,
        submitted_at=sent_at,
        days_late=due.days_late(sent_at or now),
    )


def monthly_due(rules: RuleBook, path: str, month: Month) -> Due | NoRule:
    """R7, or the error that says that there is no rule: a page still opens then."""
    try:
        return rules.due(ProvisionKind.MONTHLY_REPORT, path, month)
    except NoRule as error:
        return error

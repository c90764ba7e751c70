"""Writes on procurements: announced, opened, concluded (R15)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from agencies.actions.locks import locked
from agencies.models import Agency, Blacklisting, Method, Outcome, Procurement
from common import checks, money
from common.text import plain_name

BUYERS = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
MOST_YEARS = 5


def refuse_buyer(unit: OrgUnit) -> None:
    """Raises ValidationError unless a unit of this level buys services."""
    if unit.level not in BUYERS:
        raise ValidationError({"buyer": f"购买单位应是市、县或乡镇（街道），{unit}是{unit.get_level_display()}"})


def refuse_blacklisted(agency: Agency, on: date, *, field: str) -> None:
    """Raises ValidationError with reason and document when the agency is on the blacklist on `on`."""
    listed = Blacklisting.objects.at(on).filter(agency=agency).first()
    if listed is not None:
        until = f"至 {listed.ends_on} 移出" if listed.ends_on else "至今未移出"
        raise ValidationError(
            {
                field: f"{agency}自 {listed.starts_on} 起在黑名单中（{until}），不能承接新的项目："
                f"{listed.reason}，依据 {listed.document}"
            }
        )


@transaction.atomic
def create_procurement(
    *,
    by: User | None,
    buyer: OrgUnit,
    name: str,
    method: str,
    budget: Decimal,
    first_year: int,
    years: int = 1,
    announced_on: date,
    is_demo: bool = False,
) -> Procurement:
    """A procurement that was announced (for the methods without an announcement: decided) on that day.

    Raises ValidationError: a buyer above the city, no budget, more than five years, a future day.
    """
    refuse_buyer(buyer)
    clean = checks.all_of(
        name=lambda: plain_name(name, field="name", label="项目名称", max_length=120),
        method=lambda: checks.member(method, Method, field="method", label="采购方式"),
        budget=lambda: money.amount(budget, field="budget", label="预算"),
        announced_on=lambda: checks.past_day(announced_on, field="announced_on", label="公告日期"),
    )
    if not 1 <= years <= MOST_YEARS:
        raise ValidationError({"years": f"服务年数应为 1 至 {MOST_YEARS}"})
    announced = clean["announced_on"]
    if not announced.year - 1 <= first_year <= announced.year + 2:
        raise ValidationError({"first_year": f"服务起始年度应在公告年份（{announced.year}）前一年至后两年之间"})
    made = Procurement.objects.create(buyer=buyer, first_year=first_year, years=years, is_demo=is_demo, **clean)
    audit.record(by=by, verb="新建采购", target=made, unit=buyer, changes=audit.first(made))
    return made


@transaction.atomic
def open_procurement(*, by: User | None, procurement: Procurement, on: date) -> Procurement:
    """Bids were opened (or the offers reviewed) on that day."""
    row = _open(procurement)
    if row.opened_on:
        raise ValidationError(f"已登记 {row.opened_on} 开标（评审），请刷新后核对")
    row.opened_on = checks.past_day(
        on, field="on", label="开标（评审）日期", since=row.announced_on, since_label="公告日期"
    )
    row.save(update_fields=["opened_on"])
    audit.record(
        by=by, verb="登记开标", target=row, unit=row.buyer, changes={"开标（评审）日期": [None, row.opened_on]}
    )
    return row


@transaction.atomic
def conclude_procurement(
    *,
    by: User | None,
    procurement: Procurement,
    outcome: str,
    winner: Agency | None = None,
    on: date | None = None,
    note: str = "",
) -> Procurement:
    """Awarded to `winner` on the day `on`, or failed or stopped, which needs a note saying why.

    Raises ValidationError: awarded before it was opened, dates out of order, a winner on the blacklist that day.
    """
    row = _open(procurement)
    chosen = Outcome(checks.member(outcome, Outcome, field="outcome", label="结果"))
    note = checks.note(note)
    if chosen == Outcome.AWARDED:
        if winner is None:
            raise ValidationError({"winner": "请选择成交机构"})
        if row.opened_on is None:
            raise ValidationError({"outcome": "尚未登记开标（评审）日期，不能登记成交"})
        row.awarded_on = checks.past_day(
            on, field="on", label="成交日期", since=row.opened_on, since_label="开标（评审）日期"
        )
        winner = locked(winner)
        refuse_blacklisted(winner, row.awarded_on, field="winner")
        row.winner = winner
    elif not note:
        raise ValidationError({"note": f"请说明{chosen.label}的原因"})
    row.outcome, row.outcome_note = chosen, note
    row.save()
    audit.record(
        by=by, verb="登记采购结果", target=row, unit=row.buyer, reason=note,
        changes={
            "结果": [None, chosen.label], "成交机构": [None, str(row.winner or "")], "成交日期": [None, row.awarded_on]
        },
    )  # fmt: skip
    return row


@transaction.atomic
def withdraw_outcome(*, by: User | None, procurement: Procurement, reason: str) -> Procurement:
    """Take back an outcome recorded by mistake. Refused once a contract rests on it."""
    row = locked(procurement, "buyer", "winner")
    if not row.outcome:
        raise ValidationError("还没有登记结果")
    if row.contracts.valid().exists():
        raise ValidationError("已有合同以这次采购为依据，不能撤回结果")
    reason = checks.withdrawal_reason(reason)
    changes = {"结果": [row.get_outcome_display(), None], "成交机构": [str(row.winner or ""), None]}
    row.outcome, row.outcome_note, row.winner, row.awarded_on = "", "", None, None
    row.save()
    audit.record(by=by, verb="撤回采购结果", target=row, unit=row.buyer, changes=changes, reason=reason)
    return row


def _open(procurement: Procurement) -> Procurement:
    """Locked. Raises ValidationError when it was concluded meanwhile."""
    row = locked(procurement, "buyer")
    if row.outcome:
        raise ValidationError(f"这次采购已登记结果“{row.get_outcome_display()}”，请刷新后核对")
    return row

"""What a checker writes: a spending marked as misused, a finding explained. Nothing is erased by either."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks
from common.paths import STEP, within
from funds.actions.book import locked_fund
from funds.models import Category, Explanation, FindingKind, Fund, Spending, SpendingFlag

COUNTY_PATH = (Level.COUNTY + 1) * STEP  # characters of a county's path


def may_check(user: User, unit: OrgUnit) -> bool:
    """Does the user check the money of `unit`? A county or higher, and from above: nobody clears themselves.

    Above a province stands nobody in the system, so a province answers for its own.
    """
    tops = [top for top in user.paths(Permission.MANAGE_FUNDS) if within(unit.path, top)]
    own = unit.level <= Level.PROVINCE
    return any(len(top) <= COUNTY_PATH and (top != unit.path or own) for top in tops)


def _require_checker(by: User | None, unit: OrgUnit) -> None:
    if by is not None and not may_check(by, unit):
        raise ValidationError(f"{unit.name}的资金由上级民政部门检查，本级不能自行标记或说明")


def _note(text: str, label: str) -> str:
    return checks.required_text(text, field="note", label=label)


@transaction.atomic
def flag_spending(*, by: User | None, spending: Spending, kind: str, note: str, category: str = "") -> SpendingFlag:
    """A checker finds that the payment was moved to another purpose (挪用) or not the station's (挤占).

    `category`: what it was in truth spent on, where that is known.
    """
    locked_fund(spending.fund_id)
    spending = Spending.objects.select_related("unit").get(pk=spending.pk)
    _require_checker(by, spending.unit)
    if kind not in (FindingKind.DIVERTED, FindingKind.ENCROACHED):
        raise ValidationError({"kind": "请选择挪用或挤占"})
    clean = checks.all_of(
        category=lambda: checks.member(category, Category, field="category", label="实际用途", blank=True),
        note=lambda: _note(note, "理由"),
    )
    if spending.reversed_on:
        raise ValidationError("这笔支出已冲销，不需要再标记")
    label = str(FindingKind(kind).label)
    if spending.flags.filter(kind=kind).exists():
        raise ValidationError(f"这笔支出已被标记为{label}疑点")
    flag = SpendingFlag.objects.create(
        spending=spending, kind=kind, flagged_by=by, flagged_on=timezone.localdate(), **clean
    )
    changes = {"问题": [None, label]}
    if flag.category:
        changes["实际用途"] = [None, str(flag.get_category_display())]
    audit.record(by=by, verb="标记资金疑点", target=spending, unit=spending.unit, changes=changes, reason=clean["note"])
    return flag


@transaction.atomic
def explain_finding(
    *, by: User | None, kind: FindingKind, subject: str, fund: Fund, unit: OrgUnit, note: str
) -> Explanation:
    """Say why a finding is in order or what was done about it; it stays listed, as explained.

    Raises ValidationError when somebody explained it meanwhile.
    """
    fund = locked_fund(fund.pk)
    _require_checker(by, unit)
    note = _note(note, "说明")
    known = Explanation.objects.filter(kind=kind, subject=subject).select_related("explained_by").first()
    if known:
        who = f"由{known.explained_by}" if known.explained_by else ""
        raise ValidationError(f"该疑点已{who}说明：{known.note}")
    explanation = Explanation.objects.create(
        kind=kind, subject=subject, fund=fund, unit=unit, note=note, explained_by=by
    )
    audit.record(
        by=by,
        verb="说明资金疑点",
        target=explanation,
        unit=unit,
        changes={"资金": [None, str(fund)], "问题": [None, str(kind.label)]},
        reason=note,
    )
    return explanation

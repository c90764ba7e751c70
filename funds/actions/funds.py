"""Registering funds, what they must not be used for, and money that came in from outside (R12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from common import checks, money
from common.paths import within
from common.text import long_text, plain_name
from funds.actions.book import locked_fund, post, require_money
from funds.models import Category, EntryKind, Fund, FundForbiddenUse, FundReceipt, Source, Tier
from policies.models import PolicyDocument

CLAUSE_LENGTH, WORDS_LENGTH, PURPOSE_LENGTH = 40, 200, 500


def _category(value: str, field: str = "category") -> str:
    return checks.member(value, Category, field=field, label="类别")


def _clause(value: str, field: str = "clause") -> str:
    return checks.optional_name(value, field=field, label="条款", max_length=CLAUSE_LENGTH)


def _purpose(value: str) -> str:
    text = long_text(value, field="purpose", label="用途", max_length=PURPOSE_LENGTH)
    if not text:
        raise ValidationError({"purpose": "请填写资金的用途"})
    return text


def _permitted(values: Iterable[str]) -> list[str]:
    chosen = {_category(value, "permitted") for value in values}
    return [category.value for category in Category if category in chosen]


def _tier(value: int, unit: OrgUnit) -> int:
    if value not in Tier.values:
        raise ValidationError({"tier": "请选择资金层级"})
    if value > unit.level:
        raise ValidationError({"tier": f"{unit.name}不会主管{Tier(value).label}资金：资金层级不能低于主管单位"})
    return value


def _year(value: int) -> int:
    if not 2000 <= value <= 2099:
        raise ValidationError({"year": "年度应在 2000 至 2099 之间"})
    return value


def _document(document: PolicyDocument | None, source: str, unit: OrgUnit) -> PolicyDocument | None:
    if document is None:
        if source == Source.LOTTERY:
            raise ValidationError({"document": "福彩公益金须选择依据文件；没有录入的，请管理员先在“制度”中新增文件"})
        return None
    if not within(unit.path, document.issuer.path):
        raise ValidationError({"document": f"{document}由{document.issuer.name}印发，不适用于{unit.name}"})
    return document


def _refuse_both(permitted: Iterable[str], forbidden: Iterable[str]) -> None:
    both = set(permitted) & set(forbidden)
    if both:
        names = "、".join(str(Category(value).label) for value in Category.values if value in both)
        raise ValidationError({"forbidden": f"{names}不能既在使用范围内又禁止"})


def _unit(unit: OrgUnit) -> OrgUnit:
    if unit.level > Level.TOWNSHIP or unit.is_virtual:
        raise ValidationError({"unit": "主管单位应为乡镇（街道）以上单位"})
    return unit


@transaction.atomic
def create_fund(
    *,
    by: User | None,
    unit: OrgUnit,
    name: str,
    source: str,
    tier: int,
    year: int,
    purpose: str,
    document: PolicyDocument | None = None,
    clause: str = "",
    permitted: Iterable[str] = (),
    forbidden: Iterable[str] = (),
    forbidden_clause: str = "",
    is_demo: bool = False,
) -> Fund:
    """A fund of `unit` with its own list of forbidden uses, which all cite `forbidden_clause`.

    Raises ValidationError: lottery money without a document, a document of another authority, a tier below the unit's.
    """
    clean = checks.all_of(
        unit=lambda: _unit(unit),
        name=lambda: plain_name(name, field="name", label="名称", max_length=80),
        source=lambda: checks.member(source, Source, field="source", label="来源"),
        tier=lambda: _tier(tier, unit),
        year=lambda: _year(year),
        document=lambda: _document(document, source, unit),
        clause=lambda: _clause(clause),
        purpose=lambda: _purpose(purpose),
        permitted=lambda: _permitted(permitted),
    )
    uses = [_category(value, "forbidden") for value in dict.fromkeys(forbidden)]
    cited = _clause(forbidden_clause, "forbidden_clause")
    _refuse_both(clean["permitted"], uses)
    OrgUnit.objects.select_for_update().get(pk=unit.pk)  # the same fund twice at once
    if Fund.objects.filter(unit=unit, year=clean["year"], name=clean["name"]).exists():
        raise ValidationError({"name": f"{unit.name} {clean['year']} 年度已有名为“{clean['name']}”的资金"})
    fund = Fund.objects.create(**clean, is_demo=is_demo, created_by=by)
    FundForbiddenUse.objects.bulk_create(FundForbiddenUse(fund=fund, category=use, clause=cited) for use in uses)
    told = audit.first(fund) | {"禁止用途": [None, [str(Category(use).label) for use in uses]]}
    audit.record(by=by, verb="登记资金", target=fund, unit=unit, changes=told)
    return fund


@transaction.atomic
def edit_fund(
    *,
    by: User | None,
    fund: Fund,
    name: str,
    purpose: str,
    document: PolicyDocument | None,
    clause: str,
    permitted: Iterable[str],
) -> Fund:
    """Correct what the fund says. Once money was spent its range of use is fixed: spendings were judged by it."""
    fund = locked_fund(fund.pk)
    before = audit.told(fund)
    clean: dict[str, Any] = checks.all_of(
        name=lambda: plain_name(name, field="name", label="名称", max_length=80),
        purpose=lambda: _purpose(purpose),
        document=lambda: _document(document, fund.source, fund.unit),
        clause=lambda: _clause(clause),
        permitted=lambda: _permitted(permitted),
    )
    if clean["permitted"] != fund.permitted and fund.spendings.exists():
        raise ValidationError({"permitted": "已有支出，使用范围不能再改；新的禁止用途请另行增加，并写明起始日期"})
    _refuse_both(clean["permitted"], fund.forbidden_uses.values_list("category", flat=True))
    same = Fund.objects.filter(unit=fund.unit, year=fund.year, name=clean["name"]).exclude(pk=fund.pk)
    if same.exists():
        raise ValidationError({"name": f"{fund.unit.name} {fund.year} 年度已有名为“{clean['name']}”的资金"})
    for field, value in clean.items():
        setattr(fund, field, value)
    if changes := audit.changes(before, audit.told(fund)):
        fund.save(update_fields=list(clean))
        audit.record(by=by, verb="修改资金", target=fund, unit=fund.unit, changes=changes)
    return fund


@transaction.atomic
def add_forbidden_use(
    *, by: User | None, fund: Fund, category: str, clause: str = "", words: str = "", starts_on: date | None = None
) -> FundForbiddenUse:
    """Forbid a category from `starts_on` (None: from the beginning). Spendings on it since then become findings."""
    fund = locked_fund(fund.pk)
    clean = checks.all_of(
        category=lambda: _category(category),
        clause=lambda: _clause(clause),
        words=lambda: long_text(words, field="words", label="规定原文", max_length=WORDS_LENGTH),
        starts_on=lambda: checks.optional_past_day(starts_on, field="starts_on", label="禁止起"),
    )
    label = Category(clean["category"]).label
    if fund.forbidden_uses.filter(category=clean["category"]).exists():
        raise ValidationError({"category": f"{label}已在禁止用途中"})
    if clean["starts_on"] is None:
        if fund.spendings.exists():
            raise ValidationError({"starts_on": "资金已有支出，请写明自哪一天起禁止"})
        if clean["category"] in fund.permitted:
            raise ValidationError({"category": f"{label}在使用范围内，请先修改使用范围，或写明自哪一天起禁止"})
    use = FundForbiddenUse.objects.create(fund=fund, **clean)
    audit.record(
        by=by, verb="增加禁止用途", target=fund, unit=fund.unit, changes={"禁止用途": [None, label], **_told(use)}
    )
    return use


def _told(use: FundForbiddenUse) -> dict[str, list[Any]]:
    told = {"条款": use.clause, "规定原文": use.words, "禁止起": use.starts_on}
    return {name: [None, value] for name, value in told.items() if value}


@transaction.atomic
def remove_forbidden_use(*, by: User | None, use: FundForbiddenUse) -> None:
    """Take a category off the list, while nothing was spent yet. Raises ValidationError afterwards."""
    fund = locked_fund(use.fund_id)
    use = FundForbiddenUse.objects.get(pk=use.pk)
    if fund.spendings.exists():
        raise ValidationError("资金已有支出，禁止用途只能增加，不能去掉")
    use.delete()
    audit.record(
        by=by,
        verb="去掉禁止用途",
        target=fund,
        unit=fund.unit,
        changes={"禁止用途": [str(use.get_category_display()), None]},
    )


@transaction.atomic
def add_receipt(
    *, by: User | None, fund: Fund, amount: object, received_on: date, document_number: str = "", note: str = ""
) -> FundReceipt:
    """Money came in from outside the system, to the unit that holds the fund first."""
    fund = locked_fund(fund.pk)
    clean = checks.all_of(
        amount=lambda: money.amount(amount, field="amount"),
        received_on=lambda: checks.past_day(received_on, field="received_on", label="到账日期"),
        document_number=lambda: checks.optional_name(
            document_number, field="document_number", label="拨款文号", max_length=60
        ),
        note=lambda: checks.note(note),
    )
    receipt = FundReceipt.objects.create(fund=fund, recorded_by=by, **clean)
    post(
        by=by,
        fund=fund,
        unit=fund.unit,
        kind=EntryKind.RECEIVED,
        on=receipt.received_on,
        fen=money.fen(receipt.amount),
        note=receipt.note,
        receipt=receipt,
    )
    audit.record(by=by, verb="登记资金到账", target=fund, unit=fund.unit, changes=audit.first(receipt))
    return receipt


@transaction.atomic
def reverse_receipt(*, by: User | None, receipt: FundReceipt, on: date, reason: str) -> FundReceipt:
    """Take a receipt out again by an entry of its own. Raises ValidationError when its money was passed on or spent."""
    fund = locked_fund(receipt.fund_id)
    receipt = FundReceipt.objects.get(pk=receipt.pk)
    if receipt.reversed_on:
        raise ValidationError(f"该笔到账已于 {receipt.reversed_on} 冲销")
    on = checks.past_day(on, field="on", label="冲销日期", since=receipt.received_on, since_label="到账日期")
    reason = reason_of(reason)
    fen = money.fen(receipt.amount)
    require_money(fund, fund.unit, fen, on, day_field="on", day_label="冲销日期")
    receipt.reversed_on = on
    receipt.save(update_fields=["reversed_on"])
    kind = EntryKind.RECEIPT_REVERSED
    post(by=by, fund=fund, unit=fund.unit, kind=kind, on=on, fen=fen, note=reason, receipt=receipt)
    audit.record(
        by=by,
        verb="冲销资金到账",
        target=fund,
        unit=fund.unit,
        changes={"金额": [receipt.amount, None], "冲销日期": [None, on]},
        reason=reason,
    )
    return receipt


def reason_of(text: str) -> str:
    """Why money is taken back or a row reversed."""
    return checks.required_text(text, field="reason", label="理由")

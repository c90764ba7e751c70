"""Spending (R12): what is forbidden is refused with document and clause, and nothing is spent that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import OrgUnit, User
from agencies.actions import mark_paid, withdraw_paid
from agencies.actions.locks import locked
from agencies.models import Payment
from common import checks, money
from common.paths import within
from common.text import plain_name
from files.actions import attach
from files.checks import CheckedFile
from funds.actions.book import locked_fund, post, require_money
from funds.actions.funds import reason_of
from funds.models import Beneficiary, Category, EntryKind, Fund, Spending

VOUCHER = "voucher"  # the slot of files.registry


def _refuse_forbidden(fund: Fund, category: str, on: date) -> None:
    for use in fund.forbidden_uses.filter(category=category):
        if use.forbids(on):
            since = f"自 {use.starts_on} 起" if use.starts_on else ""
            source = use.citation(fund)
            cited = f"依据{source}" if source else "依据资金登记的禁止用途"
            words = f"：“{use.words}”" if use.words else ""
            raise ValidationError(
                {"category": f"“{fund}”{since}不得用于{Category(category).label}，不能登记。{cited}{words}"}
            )


def _refuse_same_voucher(fund: Fund, unit: OrgUnit, number: str) -> None:
    same = Spending.objects.filter(fund=fund, unit=unit, voucher_number=number, reversed_on=None).first()
    if same:
        raise ValidationError(
            {"voucher_number": f"凭证号“{number}”已登记过：{same.spent_on} {same.payee} {money.words(same.amount)}"}
        )


@transaction.atomic
def record_spending(
    *,
    by: User | None,
    fund: Fund,
    unit: OrgUnit,
    category: str,
    beneficiary: str,
    spent_on: date,
    amount: object,
    payee: str,
    purpose: str,
    voucher_number: str,
    vouchers: Sequence[CheckedFile] = (),
    payment: Payment | None = None,
    payment_reason: str = "",
) -> Spending:
    """A payment of `unit` out of what it holds of the fund, with scans of its voucher.

    `payment`: the instalment of a contract that this pays; it is marked as paid. `payment_reason`: why it is paid
    beyond what the evaluation advises.

    Raises ValidationError: a forbidden category (document and clause), more than is held on that day or needed since
    (says the balance), a day before the money came or in the future, a voucher number that is there already.
    """
    fund = locked_fund(fund.pk)
    clean = checks.all_of(
        category=lambda: checks.member(category, Category, field="category", label="类别"),
        beneficiary=lambda: checks.member(beneficiary, Beneficiary, field="beneficiary", label="受益方"),
        spent_on=lambda: checks.past_day(spent_on, field="spent_on", label="支出日期"),
        amount=lambda: money.amount(amount, field="amount"),
        payee=lambda: plain_name(payee, field="payee", label="收款方", max_length=80),
        purpose=lambda: plain_name(purpose, field="purpose", label="用途", max_length=200),
        voucher_number=lambda: plain_name(voucher_number, field="voucher_number", label="凭证号", max_length=40),
    )
    on, fen = clean["spent_on"], money.fen(clean["amount"])
    _refuse_forbidden(fund, clean["category"], on)
    if not unit.lives_on(on):
        raise ValidationError({"unit": f"{unit.name}在 {on} 尚未设立或已撤销"})
    if payment is not None:
        _refuse_instalment(payment, unit, clean["category"])
    require_money(fund, unit, fen, on, day_field="spent_on", day_label="支出日期")
    _refuse_same_voucher(fund, unit, clean["voucher_number"])
    outside = not fund.permits(clean["category"])
    spending = Spending.objects.create(
        fund=fund, unit=unit, recorded_by=by, outside_scope=outside, payment=payment, **clean
    )
    post(by=by, fund=fund, unit=unit, kind=EntryKind.SPENT, on=on, fen=fen, spending=spending)
    audit.record(by=by, verb="登记资金支出", target=spending, unit=unit, changes=_told(spending))
    if payment is not None:
        _pay_instalment(by, spending, payment, payment_reason)
    add_vouchers(by=by, spending=spending, vouchers=vouchers)
    return spending


# What agencies calls a field, and what it is called here.
INSTALMENT_FIELDS = {"on": "spent_on", "reason": "payment_reason", "voucher_note": "voucher_number"}


def _refuse_instalment(payment: Payment, unit: OrgUnit, category: str) -> None:
    """Raises ValidationError: another buyer's, paid already. The contract stays locked, so that nobody else pays it."""
    contract = locked(payment.contract, "buyer")
    if not within(unit.path, contract.buyer.path):
        raise ValidationError({"payment": f"合同{contract.number}由{contract.buyer.name}购买，不能由{unit.name}支付"})
    if category != Category.PURCHASE:
        raise ValidationError({"category": f"支付合同款的类别应为{Category.PURCHASE.label}"})
    payment.refresh_from_db(fields=["paid_on"])
    if payment.paid_on:
        raise ValidationError({"payment": f"第 {payment.number} 期已于 {payment.paid_on} 登记支付，请核对"})
    standing = Spending.objects.standing().filter(payment=payment).first()
    if standing:
        raise ValidationError(
            {"payment": f"第 {payment.number} 期已由支出 {standing.number} 支付，该支出冲销后才能再次支付"}
        )


def _pay_instalment(by: User | None, spending: Spending, payment: Payment, reason: str) -> None:
    """Mark the instalment as paid by this. Raises ValidationError: beyond the instalment, or beyond the advice."""
    note = f"{spending.number} {spending.voucher_number}"
    try:
        mark_paid(
            by=by,
            payment=payment,
            on=spending.spent_on,
            amount=spending.amount,
            voucher_note=note,
            reason=reason,
            by_ledger=True,
        )
    except ValidationError as error:
        problems = error.update_error_dict({})
        raise ValidationError({INSTALMENT_FIELDS.get(name, name): told for name, told in problems.items()}) from None


def _told(spending: Spending) -> dict[str, list[Any]]:
    told = {
        "资金": str(spending.fund),
        "类别": str(spending.get_category_display()),
        "受益方": str(spending.get_beneficiary_display()),
        "支出日期": spending.spent_on,
        "金额": spending.amount,
        "收款方": spending.payee,
        "用途": spending.purpose,
        "凭证号": spending.voucher_number,
    }
    return {name: [None, value] for name, value in told.items()}


@transaction.atomic
def add_vouchers(*, by: User | None, spending: Spending, vouchers: Sequence[CheckedFile]) -> None:
    """Put scans of the voucher to a spending; attaching leaves its own event."""
    if vouchers:
        attach(by=by, target=spending, unit=spending.unit, files=list(vouchers), slot=VOUCHER, field="vouchers")


@transaction.atomic
def reverse_spending(*, by: User | None, spending: Spending, on: date, reason: str) -> Spending:
    """Undo a payment by an entry of its own (冲销); the payment stays as it was. What was wrong is entered anew."""
    fund = locked_fund(spending.fund_id)
    spending = Spending.objects.select_related("unit", "payment__contract").get(pk=spending.pk)
    if spending.reversed_on:
        raise ValidationError(f"这笔支出已于 {spending.reversed_on} 冲销")
    on = checks.past_day(on, field="on", label="冲销日期", since=spending.spent_on, since_label="支出日期")
    reason = reason_of(reason)
    spending.reversed_on = on
    spending.save(update_fields=["reversed_on"])
    fen, kind = money.fen(spending.amount), EntryKind.SPENDING_REVERSED
    post(by=by, fund=fund, unit=spending.unit, kind=kind, on=on, fen=fen, note=reason, spending=spending)
    if spending.payment and spending.payment.by_ledger:
        withdraw_paid(by=by, payment=spending.payment, reason=reason, by_ledger=True)
    audit.record(
        by=by,
        verb="冲销资金支出",
        target=spending,
        unit=spending.unit,
        changes={"金额": [spending.amount, None], "冲销日期": [None, on]},
        reason=reason,
    )
    return spending

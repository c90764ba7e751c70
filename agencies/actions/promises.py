"""What is promised for a year of service, and how the amount is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import audit
from accounts.models import User
from agencies import checks as own_checks
from agencies import shares
from agencies.actions.locks import locked, mark_stations
from agencies.models import (
    Advice,
    Contract,
    ContractPromise,
    ContractState,
    ContractTerm,
    Payment,
    PaymentCondition,
    Quantity,
)
from agencies.queries.payments import advice_of
from common import checks, money
from common.text import plain_name
from services.models import Domain, Method

MOST_PROMISED = 10_000_000
MOST_ROWS = 24


@dataclass(frozen=True)
class Promised:
    """`method` and `domain` may be "": of all."""

    quantity: str
    promised: int
    method: str = ""
    domain: str = ""


@transaction.atomic
def set_promises(*, by: User | None, term: ContractTerm, promises: Sequence[Promised]) -> list[ContractPromise]:
    """Replace the indicators promised for a year of service. Raises ValidationError naming the row that is wrong."""
    contract = locked(term.contract, "buyer")
    refuse_void(contract)
    rows = [_promise(term, number, row) for number, row in enumerate(promises, 1)]
    kinds = [(row.quantity, row.method, row.domain) for row in rows]
    if len(set(kinds)) < len(kinds):
        raise ValidationError("同一指标只能列一行")
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"一个年度最多 {MOST_ROWS} 项指标")
    before = [str(row) for row in term.promises.all()]
    term.promises.all().delete()
    made = ContractPromise.objects.bulk_create(rows)
    after = [str(row) for row in made]
    if before != after:
        changes = {f"第 {term.number} 年度服务指标": [before, after]}
        audit.record(by=by, verb="约定服务指标", target=contract, unit=contract.buyer, changes=changes)
        mark_stations(contract, term.starts_on)
    return made


def _promise(term: ContractTerm, number: int, row: Promised) -> ContractPromise:
    where = f"第 {number} 行："
    if row.quantity not in Quantity.values:
        raise ValidationError(f"{where}请选择计量")
    if row.method and row.method not in Method.values:
        raise ValidationError(f"{where}没有这种服务方法")
    if row.domain and row.domain not in Domain.values:
        raise ValidationError(f"{where}没有这个服务领域")
    if not 0 < row.promised <= MOST_PROMISED:
        raise ValidationError(f"{where}约定数量应大于 0")
    return ContractPromise(
        term=term, quantity=row.quantity, promised=row.promised, method=row.method, domain=row.domain
    )


@dataclass(frozen=True)
class Instalment:
    """One instalment as agreed. `amount` in yuan."""

    term: ContractTerm
    planned_on: date
    amount: Decimal
    condition: str = PaymentCondition.NONE


def by_percent(contract: Contract, rows: Sequence[tuple[ContractTerm, date, Decimal, str]]) -> list[Instalment]:
    """Instalments given in percent of what is not paid yet; they must add up to 100."""
    if sum(row[2] for row in rows) != 100:
        raise ValidationError("各期比例之和应为 100%")
    paid = sum((row.amount for row in contract.payments.filter(paid_on__isnull=False)), Decimal(0))
    parts = shares.by_percent(contract.amount - paid, [row[2] for row in rows])
    return [Instalment(row[0], row[1], part, row[3]) for row, part in zip(rows, parts, strict=True)]


@transaction.atomic
def set_payments(*, by: User | None, contract: Contract, instalments: Sequence[Instalment]) -> list[Payment]:
    """Replace the instalments that are not paid yet. With those paid, they add up to the amount of the contract.

    Raises ValidationError: a sum that differs (by how much is told), days out of order, a foreign year of service.
    """
    contract = locked(contract, "buyer")
    refuse_void(contract)
    paid = list(contract.payments.filter(paid_on__isnull=False))
    terms = set(contract.terms.values_list("pk", flat=True))
    rows = []
    for number, row in enumerate(instalments, 1):
        where = f"第 {number} 行"
        if row.term.pk not in terms:
            raise ValidationError(f"{where}的服务年度不属于本合同")
        condition = checks.member(row.condition, PaymentCondition, field="condition", label=f"{where}的付款条件")
        planned = own_checks.day(
            row.planned_on,
            field="planned_on",
            label=f"{where}的计划日期",
            since=contract.signed_on,
            since_label="签订日期",
        )
        amount = money.amount(row.amount, field="amount", label=f"{where}的金额")
        rows.append(Payment(contract=contract, term=row.term, planned_on=planned, amount=amount, condition=condition))
    total = sum((row.amount for row in [*paid, *rows]), Decimal(0))
    if total != contract.amount:
        gap = contract.amount - total
        raise ValidationError(
            f"各期合计 {total} 元，应等于合同金额 {contract.amount} 元，{'还差' if gap > 0 else '多出'} {abs(gap)} 元"
        )
    before = [str(row) for row in contract.payments.all()]
    _replace_unpaid(contract, rows, taken={row.number for row in paid})
    changes = {"付款计划": [before, [f"{row}，{row.planned_on}，{row.get_condition_display()}" for row in rows]]}
    audit.record(by=by, verb="制定付款计划", target=contract, unit=contract.buyer, changes=changes)
    return rows


def _replace_unpaid(contract: Contract, rows: list[Payment], *, taken: set[int]) -> None:
    """Save `rows` in the place of the instalments that are not paid, under the numbers that are not `taken`.

    Rows are written over, not made anew: a payment that was reversed refers to its instalment for ever.
    """
    standing = list(contract.payments.filter(paid_on=None).order_by("number").values_list("pk", flat=True))
    try:
        contract.payments.filter(pk__in=standing[len(rows) :]).delete()
    except ProtectedError:
        raise ValidationError("减少的期次有已冲销的资金支出，不能去掉；请保留期数，只改金额和日期") from None
    free = [number for number in range(1, len(rows) + len(taken) + 1) if number not in taken]
    # In rising order each gets a number that is its own or a lower, free one.
    for number, row, key in zip_longest(free[: len(rows)], rows, standing[: len(rows)]):
        row.number, row.pk = number, key
        row.save()


@transaction.atomic
def mark_paid(
    *,
    by: User | None,
    payment: Payment,
    on: date,
    amount: Decimal,
    voucher_note: str,
    reason: str = "",
    by_ledger: bool = False,
) -> Payment:
    """The instalment was paid: recorded by hand, or (`by_ledger`) by the room that spends the money.

    Raises ValidationError: paid already, more than the instalment, a future day; and more than is advised today
    without a reason.
    """
    contract = locked(payment.contract, "buyer")
    row = locked(payment, "contract")
    if row.paid_on is not None:
        raise ValidationError(f"第 {row.number} 期已于 {row.paid_on} 登记支付 {row.paid_amount} 元，请刷新后核对")
    refuse_void(contract)
    advice = advice_of(row, timezone.localdate())
    clean = checks.all_of(
        paid_on=lambda: checks.past_day(
            on, field="on", label="支付日期", since=contract.signed_on, since_label="签订日期"
        ),
        paid_amount=lambda: money.amount(amount, field="amount", label="支付金额"),
        voucher_note=lambda: plain_name(voucher_note, field="voucher_note", label="凭证", max_length=100),
        paid_reason=lambda: checks.optional_name(reason, field="reason", label="支付理由", max_length=200),
    )
    if clean["paid_amount"] > row.amount:
        raise ValidationError({"amount": f"不能超过本期金额 {row.amount} 元"})
    if clean["paid_amount"] > advice.amount and not clean["paid_reason"]:
        raise ValidationError(
            {"reason": f"付款建议为“{Advice(advice.advice).label}”（{advice.reason}），超出建议支付请说明理由"}
        )
    for name, value in clean.items():
        setattr(row, name, value)
    row.by_ledger = by_ledger
    row.save(update_fields=[*clean, "by_ledger"])
    audit.record(
        by=by, verb="登记付款", target=contract, unit=contract.buyer, reason=row.paid_reason,
        changes={
            f"第 {row.number} 期": [str(row.amount), str(row.paid_amount)], "支付日期": [None, row.paid_on],
            "凭证": [None, row.voucher_note], "付款建议": [None, f"{Advice(advice.advice).label}：{advice.reason}"],
        },
    )  # fmt: skip
    return row


@transaction.atomic
def withdraw_paid(*, by: User | None, payment: Payment, reason: str, by_ledger: bool = False) -> Payment:
    """Take back a payment that was recorded by mistake. What a fund's spending paid, only its reversal takes back."""
    contract = locked(payment.contract, "buyer")
    row = locked(payment)
    if row.paid_on is None:
        raise ValidationError("本期没有登记支付")
    if row.by_ledger and not by_ledger:
        raise ValidationError(f"本期由资金支出登记（{row.voucher_note}），请在该支出上冲销")
    if by_ledger and not row.by_ledger:
        raise ValidationError("本期不是由资金支出登记的，请在合同页面撤回")
    reason = checks.withdrawal_reason(reason)
    changes = {f"第 {row.number} 期": [str(row.paid_amount), None], "支付日期": [row.paid_on, None]}
    row.paid_on, row.paid_amount, row.voucher_note, row.paid_reason, row.by_ledger = None, None, "", "", False
    row.save(update_fields=["paid_on", "paid_amount", "voucher_note", "paid_reason", "by_ledger"])
    audit.record(by=by, verb="撤回付款", target=contract, unit=contract.buyer, changes=changes, reason=reason)
    return row


def refuse_void(contract: Contract) -> None:
    """Raises ValidationError for a contract that was taken back."""
    if contract.state() == ContractState.VOID:
        raise ValidationError(f"这份合同已经撤回（{contract.end_reason}）")

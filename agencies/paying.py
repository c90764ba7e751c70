"""May an instalment be paid? Advice with its reason, from the evaluation that it waits for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from agencies.models import Advice
from policies.deadlines import is_past

FEN = Decimal("0.01")


@dataclass(frozen=True)
class Judged:
    """A finalised evaluation as payments see it: its conclusion, what the frame advises on it, and the frame cited."""

    conclusion: str
    total: Decimal
    advice: Advice
    reduce_percent: Decimal
    citation: str
    open_corrections: Sequence[tuple[str, date]] = ()  # text and due day of what is not put right yet


@dataclass(frozen=True)
class PaymentAdvice:
    advice: Advice
    reason: str
    amount: Decimal  # what may be paid by it

    @property
    def tone(self) -> str:
        return {Advice.PAY: "ok", Advice.REDUCE: "warn", Advice.HOLD: "bad"}[self.advice]


def advise(
    amount: Decimal, *, planned_on: date, waits_for: str, judged: Judged | None, ended_on: date | None, on: date
) -> PaymentAdvice:
    """The advice on `on`. `waits_for` is the name of the evaluation that has to be passed first, "" for none.

    `ended_on`: the day on which the contract was ended early, else None. Corrections past their day hold the payment.
    """
    if ended_on is not None and planned_on >= ended_on:
        return _hold(f"合同已于 {ended_on} 提前终止，先办理结算")
    if not waits_for:
        reason = "不需评估，计划日期已到" if on >= planned_on else f"计划 {planned_on} 支付，尚未到期"
        return PaymentAdvice(Advice.PAY, reason, amount)
    if judged is None:
        return _hold(f"{waits_for}尚未定稿")
    return _by_conclusion(amount, waits_for, judged, on)


def _by_conclusion(amount: Decimal, waits_for: str, judged: Judged, on: date) -> PaymentAdvice:
    basis = f"{waits_for}{judged.total} 分，{judged.conclusion}（{judged.citation}）"
    if judged.advice == Advice.HOLD:
        return _hold(basis)
    overdue = next(((text, due_on) for text, due_on in judged.open_corrections if is_past(due_on, on)), None)
    if overdue:
        return _hold(f"整改逾期未完成：{overdue[0]}（期限 {overdue[1]}）")
    if judged.advice == Advice.REDUCE:
        rest = (amount * (100 - judged.reduce_percent) / 100).quantize(FEN, ROUND_HALF_UP)
        return PaymentAdvice(Advice.REDUCE, f"{basis}，扣减 {judged.reduce_percent.normalize():f}%", rest)
    return PaymentAdvice(Advice.PAY, basis, amount)


def _hold(reason: str) -> PaymentAdvice:
    return PaymentAdvice(Advice.HOLD, reason, Decimal(0))

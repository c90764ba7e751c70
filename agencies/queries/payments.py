"""Instalments with their advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agencies.models import Advice, Conclusion, Contract, Evaluation, EvaluationKind, Payment, PaymentCondition
from agencies.paying import Judged, PaymentAdvice, advise


@dataclass(frozen=True)
class PaymentRow:
    """An instalment; `advice` is None once it is paid."""

    payment: Payment
    advice: PaymentAdvice | None


def judged_by(evaluations: Iterable[Evaluation]) -> dict[tuple[int, str], Judged]:
    """(term, kind) → what payments see. Needs `frame__thresholds`, `frame__document` and `corrections` prefetched."""
    found = {}
    for row in evaluations:
        line = next(each for each in row.frame.thresholds.all() if each.conclusion == row.conclusion)
        found[row.term_id, row.kind] = Judged(
            conclusion=Conclusion(row.conclusion).label,
            total=row.total,  # type: ignore[arg-type]  # a finalised one has it
            advice=Advice(line.advice),
            reduce_percent=line.reduce_percent,
            citation=row.frame.citation,
            open_corrections=[(each.text, each.due_on) for each in row.corrections.all() if each.done_on is None],
        )
    return found


def payment_rows(contract: Contract, on: date) -> list[PaymentRow]:
    """The instalments of a contract with advice as of `on`. Four queries."""
    finalised = (
        Evaluation.objects.finalised(on)
        .filter(term__contract=contract)
        .select_related("frame__document")
        .prefetch_related("frame__thresholds", "corrections")
    )
    judged = judged_by(finalised)
    ended_on = contract.ends_on if contract.ends_on < contract.agreed_ends_on else None
    rows = []
    for payment in contract.payments.select_related("term"):
        advice = None if payment.paid_on else _advice(payment, judged, ended_on, on)
        rows.append(PaymentRow(payment, advice))
    return rows


def advice_of(payment: Payment, on: date) -> PaymentAdvice:
    """The advice for one unpaid instalment as of `on`."""
    return next(row.advice for row in payment_rows(payment.contract, on) if row.payment == payment and row.advice)


def _advice(payment: Payment, judged: dict[tuple[int, str], Judged], ended_on: date | None, on: date) -> PaymentAdvice:
    waits = payment.condition != PaymentCondition.NONE
    name = f"第 {payment.term.number} 年度{EvaluationKind(payment.condition).label}" if waits else ""
    return advise(
        payment.amount,
        planned_on=payment.planned_on,
        waits_for=name,
        judged=judged.get((payment.term_id, payment.condition)),
        ended_on=ended_on,
        on=on,
    )

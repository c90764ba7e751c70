"""What the ledger does not let lower rooms do behind its back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver

from agencies.models import Payment
from agencies.signals import payment_withdrawing
from funds.models import Spending


@receiver(payment_withdrawing)
def refuse_what_the_ledger_paid(sender: Any, payment: Payment, **kwargs: Any) -> None:
    """Else the money would be gone while the instalment is owed again."""
    paid = Spending.objects.standing().filter(payment=payment).first()
    if paid:
        raise ValidationError(f"这期付款由资金台账的支出 {paid.number} 登记，请在资金台账冲销该笔支出")

"""What higher rooms may object to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction with `payment`, before it is no longer paid; who objects raises ValidationError.
payment_withdrawing = Signal()

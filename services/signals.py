"""What happens to a service record, told inside the transaction of the action: higher rooms keep their rows true by it.

Receivers get `record` (as saved) and `by`; one that raises undoes the whole action. `logged` comes once the people are
written and what the record belongs to has taken it.
"""

from __future__ import annotations

from django.dispatch import Signal

logged = Signal()
corrected = Signal()
voided = Signal()

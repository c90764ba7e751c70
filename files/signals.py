"""What happens to attachments, told inside the transaction of the action: the room of the target may look at them.

Receivers get `target` (the row that the files hang on) and `by`.
"""

from __future__ import annotations

from django.dispatch import Signal

attached = Signal()
removed = Signal()

"""Told to higher rooms inside the transaction: what the rules say from a day on has changed."""

from django.dispatch import Signal

# Arguments: path (str, everything at or below it), kind (ProvisionKind, None for the calendar),
# since (date, None: from the beginning).
rules_changed = Signal()

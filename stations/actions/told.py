"""What the trail tells of a row."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts import audit

# Told in words by the action, or of no interest to a reader.
UNTOLD = ("id", "unit", "created_at", "is_demo", "due_provision", "due_provisional")


def told(obj: models.Model) -> dict[str, Any]:
    """The row's fields as the trail shows them."""
    return {name: value for name, value in audit.state(obj).items() if name not in UNTOLD}


def first(obj: models.Model) -> dict[str, list[Any]]:
    """The changes of a new row: what is filled in."""
    return audit.changes({}, {name: value for name, value in told(obj).items() if value not in (None, "", False)})

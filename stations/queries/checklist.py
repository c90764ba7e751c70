"""What an acceptance must look at (R3): the items that the documents set for a place on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook


@dataclass(frozen=True)
class ChecklistItem:
    """One item. `key` names it in forms: the id of the provision that set it."""

    key: int
    label: str
    necessary: bool
    provision: Provision


def checklist(path: str, on: date) -> list[ChecklistItem]:
    """The items in force on `on` for the unit at `path`, in their own order: nearest authority first, then defaults."""
    rows = RuleBook.load([path]).all_provisions(ProvisionKind.ACCEPTANCE_ITEM, path, on)
    ordered = sorted(rows, key=lambda row: (row.parameters["order"], row.parameters["item"]))
    return [
        ChecklistItem(row.pk, row.parameters["item"], row.parameters.get("necessary", False), row) for row in ordered
    ]

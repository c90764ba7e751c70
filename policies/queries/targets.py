"""Targets of building (R1, R2): by unit, without inheritance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from policies.deadlines import is_past
from policies.models import Provision, ProvisionKind


@dataclass(frozen=True)
class Target:
    """So many stations (None: one for every live township) or new rooms by `due`, in the year of `due`."""

    count: int | None
    due: date
    year: int
    document: str
    clause: str
    provision_id: int

    @property
    def citation(self) -> str:
        """文号 and clause, as every page cites it."""
        return f"{self.document} {self.clause}".strip()

    @property
    def due_in_words(self) -> str:
        """2023年12月31日前"""
        return f"{self.due.year}年{self.due.month}月{self.due.day}日前"

    def is_past(self, on: date) -> bool:
        """Has its due date passed? The whole due day is still in time."""
        return is_past(self.due, on)


def coverage_targets(on: date) -> dict[int, Target]:
    """Unit id → its coverage target in force on `on`: of several the one due next, or else the last that was due."""
    return _targets(ProvisionKind.COVERAGE_TARGET, on)


def room_targets(on: date) -> dict[int, Target]:
    """Unit id → its target of new rooms in force on `on`, chosen alike."""
    return _targets(ProvisionKind.ROOM_TARGET, on)


def _targets(kind: ProvisionKind, on: date) -> dict[int, Target]:
    rows = Provision.objects.filter(kind=kind).in_force(on).select_related("document")
    by_unit: dict[int, dict[date, Target]] = defaultdict(dict)
    # Later rows replace earlier ones of the same unit and due date.
    for row in sorted(rows, key=lambda row: (row.in_force_from or date.min, row.document.issued_on, row.pk)):
        due = date.fromisoformat(row.parameters["due"])
        target = Target(row.parameters.get("count"), due, due.year, row.document.number, row.clause, row.pk)
        by_unit[row.unit_id][due] = target
    return {unit_id: _current(targets, on) for unit_id, targets in by_unit.items()}


def _current(targets: dict[date, Target], on: date) -> Target:
    ahead = [due for due in targets if due >= on]
    return targets[min(ahead) if ahead else max(targets)]

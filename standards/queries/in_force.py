"""What standards demand of a unit on a day, and on which days that changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Self

from common.paths import ancestors
from standards.effective import Demand, Item, effective
from standards.models import Standard, StandardItem

# With more paths than this, naming them costs more than reading every standard (SQLite also limits the parameters).
MANY_PATHS = 500


class StandardBook:
    """The standards of some units and of all above them, read in two queries; everything after `load` is pure."""

    def __init__(self, standards: Iterable[Standard], items: Iterable[StandardItem]) -> None:
        self._standards: dict[str, list[Standard]] = defaultdict(list)
        self._demands: dict[int, list[Demand]] = defaultdict(list)
        by_key = {standard.pk: standard for standard in standards}
        for standard in by_key.values():
            self._standards[standard.issuer.path].append(standard)
        for item in items:
            item.standard = by_key[item.standard_id]
            self._demands[item.standard_id].append(item.demand())
        self._known: dict[tuple[int, ...], list[Item]] = {}

    @classmethod
    def load(cls, paths: Iterable[str] | None = None) -> Self:
        """The standards that reach units with these paths (None: every standard)."""
        standards = Standard.objects.select_related("issuer")
        if paths is not None:
            steps = {step for path in paths for step in ancestors(path)}
            if len(steps) <= MANY_PATHS:
                standards = standards.filter(issuer__path__in=steps)
        items = StandardItem.objects.filter(standard__in=standards.order_by()).select_related("document").order_by("pk")
        return cls(standards, items)

    def standards(self, path: str, on: date) -> list[Standard]:
        """The versions in force on `on` for the unit at `path`, the highest unit's first."""
        return [row for step in ancestors(path) for row in self._standards[step] if _holds(row, on)]

    def items(self, path: str, on: date) -> list[Item]:
        """What holds for the unit at `path` on `on`. Computed once for each set of versions."""
        rows = self.standards(path, on)
        key = tuple(row.pk for row in rows)
        if key not in self._known:
            self._known[key] = effective(demand for row in rows for demand in self._demands[row.pk])
        return self._known[key]

    def own(self, path: str, on: date) -> list[Demand]:
        """What the unit at `path` itself demands on `on`."""
        return [demand for row in self._standards[path] if _holds(row, on) for demand in self._demands[row.pk]]

    def changes(self, path: str, since: date, until: date) -> list[date]:
        """The days after `since` up to `until` on which what holds for the unit at `path` may change."""
        rows = (row for step in ancestors(path) for row in self._standards[step])
        days = {day for row in rows for day in (row.starts_on, row.ends_on) if day is not None}
        return sorted(day for day in days if since < day <= until)


def _holds(row: Standard, on: date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or on < row.ends_on)

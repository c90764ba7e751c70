"""The tree as the roll-up needs it: units in the order of their paths, each with what derived measures may ask."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import Level, OrgUnit
from policies.queries import Target, coverage_targets, room_targets
from reporting.compute.rollup import Node
from reporting.measures import EVERY_LIVE_TOWNSHIP, Place
from reporting.measures.parameters import Moment

LEVELS = list(Level)
FIELDS = ("id", "path", "level", "is_virtual", "opened_on", "closed_on")


class Targets:
    """The documents' targets in force on the day that the month is counted on (R1, R2)."""

    def __init__(self, moment: Moment) -> None:
        self._townships = coverage_targets(moment.day)
        # So many new rooms in a year: it says nothing of another year.
        self._rooms = {
            unit_id: target for unit_id, target in room_targets(moment.day).items() if target.year == moment.month.year
        }

    def of(self, unit_id: int) -> tuple[int, int]:
        """(townships, rooms); 0 without a target of its own."""
        return _number(self._townships.get(unit_id)), _number(self._rooms.get(unit_id))


def _number(target: Target | None) -> int:
    if target is None:
        return 0
    return EVERY_LIVE_TOWNSHIP if target.count is None else target.count


def nodes(units: QuerySet[OrgUnit], moment: Moment, targets: Targets) -> Iterator[Node]:
    """`units` in the order of their paths. One query."""
    day = moment.day
    ordinary: dict[tuple[int, bool, bool], Place] = {}
    rows = units.order_by("path").values_list(*FIELDS)
    for unit_id, path, level, virtual, opened_on, closed_on in rows:
        live = (opened_on is None or opened_on <= day) and (closed_on is None or closed_on > day)
        townships, rooms = targets.of(unit_id)
        if townships or rooms:
            place = Place(LEVELS[level], virtual, live, townships, rooms)
        else:
            key = (level, virtual, live)
            place = ordinary.get(key) or ordinary.setdefault(key, Place(LEVELS[level], virtual, live))
        yield Node(unit_id, path, place)

"""The tree as the roll-up needs it: units in the order of their paths, each with what derived measures may ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from accounts.models import Level, OrgUnit
from policies.queries import Target, coverage_targets, room_targets
from reporting.compute.rollup import Node, Plain
from reporting.measures import EVERY_LIVE_TOWNSHIP, Place
from reporting.measures.parameters import Moment

LEVELS = list(Level)
CHUNK = 5000  # keys in one statement
FIELDS = ("id", "path", "level", "is_virtual", "opened_on", "closed_on")


class Targets:
    """The documents' targets in force on the day that the month is counted on (R1, R2)."""

    def __init__(self, moment: Moment) -> None:
        self._townships = coverage_targets(moment.day)
        # So many new rooms in a year: it says nothing of another year.
        self._rooms = {
            unit_id: target for unit_id, target in room_targets(moment.day).items() if target.year == moment.month.year
        }

    @property
    def units(self) -> set[int]:
        """Keys of the units that have a target of their own."""
        return {*self._townships, *self._rooms}

    def of(self, unit_id: int) -> tuple[int, int]:
        """(townships, rooms); 0 without a target of its own."""
        return _number(self._townships.get(unit_id)), _number(self._rooms.get(unit_id))


def _number(target: Target | None) -> int:
    if target is None:
        return 0
    return EVERY_LIVE_TOWNSHIP if target.count is None else target.count


def split(units: QuerySet[OrgUnit], moment: Moment, special: Iterable[int]) -> tuple[QuerySet[OrgUnit], Plain]:
    """`units` without townships below which no unit lies, and how many of these there are.

    `special`: keys of units that stay all the same, since something arises there or a target is theirs. Of 38,000
    townships most have no station: one grouped statement counts them, and nobody walks over them.
    """
    bare = Q(~Exists(OrgUnit.objects.filter(parent=OuterRef("pk"))), level=Level.TOWNSHIP)
    keys, kept = sorted(special), list[int]()
    for start in range(0, len(keys), CHUNK):
        kept += OrgUnit.objects.filter(bare, pk__in=keys[start : start + CHUNK]).values_list("pk", flat=True)
    opened = Q(opened_on=None) | Q(opened_on__lte=moment.day)
    live = Case(When(opened & (Q(closed_on=None) | Q(closed_on__gt=moment.day)), then=True), default=False)
    rows = units.filter(bare).exclude(pk__in=kept).order_by().values("parent_id", "is_virtual", live=live)
    plain: dict[Any, dict[Place, int]] = defaultdict(dict)
    for row in rows.annotate(n=Count("pk")):
        plain[row["parent_id"]][Place(Level.TOWNSHIP, row["is_virtual"], bool(row["live"]))] = row["n"]
    return units.filter(~bare | Q(pk__in=kept)), plain


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

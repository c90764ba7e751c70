"""Adding up ancestors again from the snapshots of their children."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from accounts.models import Level, OrgUnit
from common.paths import STEP
from reporting.compute import store
from reporting.compute.rollup import Node, Total, bare, finish
from reporting.compute.tree import Targets, nodes
from reporting.compute.vectors import Vector, added, decode
from reporting.measures.parameters import Moment
from reporting.models import UnitMonth


def resum(
    units: list[Node], moment: Moment, targets: Targets, own: Callable[[Node], Vector], below: Iterable[Total] = ()
) -> None:
    """Write `below` (just counted, not stored yet) and `units`, each summed from all its children and its own facts.

    Two queries and one upsert, whatever the number of stations. The caller holds the month's lock.
    """
    by_parent: dict[str, dict[int, Vector]] = defaultdict(dict)
    for township in nodes(_townships(units), moment, targets):  # those where nothing stands have no snapshot
        by_parent[township.path[:-STEP]][township.id] = bare(township.place)
    for unit_id, path, vector in _children(units, moment):
        by_parent[path[:-STEP]][unit_id] = vector
    totals = list(below)
    for total in totals:
        by_parent[total.node.path[:-STEP]][total.node.id] = total.vector
    for node in sorted(units, key=lambda node: len(node.path), reverse=True):
        total = finish(node, _sum(own(node), by_parent[node.path].values()))
        totals.append(total)
        by_parent[node.path[:-STEP]][node.id] = total.vector
    saved = store.save(totals, moment.month, moment.now)
    gone = [total.node.id for total in totals if total.node.id not in saved]
    if gone:
        store.drop(gone, moment.month)


def _townships(units: list[Node]) -> QuerySet[OrgUnit]:
    counties = [unit.id for unit in units if unit.place.level == Level.COUNTY]
    return OrgUnit.objects.filter(parent_id__in=counties)


def _children(units: list[Node], moment: Moment) -> Iterable[tuple[int, str, Vector]]:
    rows = UnitMonth.objects.filter(month=moment.month, unit__parent_id__in=[unit.id for unit in units])
    for unit_id, path, measures in rows.values_list("unit_id", "unit__path", "measures"):
        yield unit_id, path, decode(measures)


def _sum(own: Vector, vectors: Iterable[Vector]) -> Vector:
    total = own
    for vector in vectors:
        total = added(total, vector)
    return total

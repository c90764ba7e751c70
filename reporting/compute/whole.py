"""A whole month: a statement for each source, one walk over the units where anything may have arisen, one upsert."""

from __future__ import annotations

from django.db import connection, transaction

from accounts.models import Level, OrgUnit
from common.months import Month
from common.paths import ancestors
from reporting.compute import store
from reporting.compute.ancestors import resum
from reporting.compute.rollup import roll_up
from reporting.compute.statements import Facts
from reporting.compute.tree import Targets, nodes, split
from reporting.measures.parameters import Moment
from reporting.models import UnitMonth


def is_counted(month: Month) -> bool:
    """Was the month ever counted as a whole? The nation's snapshot is the mark of it."""
    return UnitMonth.objects.filter(month=month, unit__level=Level.NATION).exists()


@transaction.atomic
def compute_month(month: Month, *, top: OrgUnit | None = None) -> int:
    """Count the month again for every unit (or for `top`, all below it, and its ancestors); returns how many units.

    The same facts give the same rows, however often it runs. A month that was never counted is counted whole, since
    the ancestors of `top` are sums over all their children.
    """
    store.lock(month)
    if top is not None and (top.parent_id is None or not is_counted(month)):
        top = None
    moment = Moment.of(month)
    units = OrgUnit.objects.all() if top is None else OrgUnit.objects.under(top)
    _prefer_plain_plans()
    facts = Facts(moment, *((None, None) if top is None else _under(top)))
    targets = Targets(moment)
    walked, plain = split(units, moment, {*facts.above, *targets.units, *([top.pk] if top else [])})
    tree = list(nodes(walked, moment, targets))  # read before the upsert: a connection does not read while it copies
    had = set(_snapshots(month, top))
    saved = store.save(roll_up(tree, facts.vector, plain), month, moment.now)
    store.drop(had - saved, month)
    if top is not None:
        above = list(nodes(OrgUnit.objects.filter(path__in=ancestors(top.path)[:-1]), moment, targets))
        resum(above, moment, targets, Facts(moment, [], [unit.id for unit in above]).vector)
    return len(saved)


def _under(top: OrgUnit) -> tuple[list[int], list[int]]:
    """Keys of the stations below, and of the units above them."""
    stations: list[int] = []
    units: list[int] = []
    for key, level in OrgUnit.objects.under(top).order_by().values_list("pk", "level"):
        (stations if level == Level.STATION else units).append(key)
    return stations, units


def _snapshots(month: Month, top: OrgUnit | None) -> list[int]:
    rows = UnitMonth.objects.filter(month=month)
    return list((rows if top is None else rows.under(top)).values_list("unit_id", flat=True))


def _prefer_plain_plans() -> None:
    """PostgreSQL would compile each statement to machine code first, which takes longer than running it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")

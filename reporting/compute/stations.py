"""Some units of a month again, and those above them: the work after a change."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from accounts.models import Level, OrgUnit
from common.months import Month
from common.paths import ancestors
from reporting.compute import store
from reporting.compute.ancestors import resum
from reporting.compute.rollup import finish
from reporting.compute.statements import Facts
from reporting.compute.tree import Targets, nodes
from reporting.compute.whole import compute_month, is_counted
from reporting.measures.parameters import Moment


def compute_station_month(unit_id: int, month: Month) -> None:
    """Count one station's month again from its facts, and each unit above it from its children."""
    compute_unit_months([unit_id], month)


@transaction.atomic
def compute_unit_months(unit_ids: Collection[int], month: Month) -> None:
    """Count stations from their facts, higher units from their own facts and their children, then all above them.

    Nothing below a higher unit is counted: its children's snapshots stand. Ids that are no unit's are passed over.
    """
    store.lock(month)
    if not is_counted(month):
        compute_month(month)
        return
    moment = Moment.of(month)
    targets = Targets(moment)
    asked = list(nodes(OrgUnit.objects.filter(pk__in=unit_ids), moment, targets))
    stations = [node for node in asked if node.place.level == Level.STATION]
    above = {path for station in stations for path in ancestors(station.path)[:-1]}
    above.update(path for node in asked if node.place.level != Level.STATION for path in ancestors(node.path))
    units = list(nodes(OrgUnit.objects.filter(path__in=above), moment, targets))
    facts = Facts(moment, [station.id for station in stations], [unit.id for unit in units])
    totals = [finish(station, facts.vector(station)) for station in stations]
    resum(units, moment, targets, facts.vector, below=totals)

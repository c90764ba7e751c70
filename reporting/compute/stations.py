"""Some stations of a month again, and the units above them: the work after a change."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from accounts.models import OrgUnit
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
    compute_station_months([unit_id], month)


@transaction.atomic
def compute_station_months(unit_ids: Collection[int], month: Month) -> None:
    """The same for several stations of one month at once; ids that are no unit's are passed over."""
    store.lock(month)
    if not is_counted(month):
        compute_month(month)
        return
    moment = Moment.of(month)
    targets = Targets(moment)
    stations = list(nodes(OrgUnit.objects.filter(pk__in=unit_ids), moment, targets))
    above = {path for station in stations for path in ancestors(station.path)[:-1]}
    units = list(nodes(OrgUnit.objects.filter(path__in=above), moment, targets))
    facts = Facts(moment, [station.id for station in stations], [unit.id for unit in units])
    totals = [finish(station, facts.vector(station)) for station in stations]
    resum(units, moment, targets, facts.vector, below=totals)

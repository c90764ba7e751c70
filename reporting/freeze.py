"""The figures of a report as it keeps them: counted from the facts at the moment of submission, not from a snapshot.

Nothing is written and no month is held: a submission neither waits for a recount nor delays one.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from accounts.models import OrgUnit
from common.months import Month
from reporting.compute.rollup import finish
from reporting.compute.statements import Facts
from reporting.compute.tree import Targets, nodes
from reporting.compute.vectors import encode
from reporting.figures import Figures, as_json
from reporting.measures.parameters import Moment


def living_figures(station_ids: Collection[int], month: Month) -> dict[int, Figures]:
    """Station id → its figures as the facts stand now. A fixed number of queries."""
    moment = Moment.of(month)
    units = list(nodes(OrgUnit.objects.filter(pk__in=list(station_ids)), moment, Targets(moment)))
    facts = Facts(moment, [unit.id for unit in units], [])
    return {unit.id: Figures(json.loads(encode(finish(unit, facts.vector(unit)).vector)), moment.now) for unit in units}


def frozen_figures_of_many(station_ids: Collection[int], month: Month) -> dict[int, dict[str, Any]]:
    """Station id → {"computed_at", "measures", "indicators"} for MonthlyReport.figures.

    The indicators keep label and unit, so that a report reads the same after the registry changes.
    """
    return {
        station_id: {
            "computed_at": figures.computed_at.isoformat() if figures.computed_at else None,
            "measures": dict(figures.measures or {}),
            "indicators": as_json(figures),
        }
        for station_id, figures in living_figures(station_ids, month).items()
    }


def frozen_figures(unit: OrgUnit, month: Month) -> dict[str, Any]:
    """The same for one station."""
    return frozen_figures_of_many([unit.pk], month)[unit.pk]

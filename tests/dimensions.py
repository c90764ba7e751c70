"""How a dimension of the building standard stands, for tests below the room of standards, where checks decide it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from stations.actions.dimensions import DimensionSpell, rewrite_dimension
from stations.actions.locks import locked_station
from stations.models import Dimension, Station


@transaction.atomic
def record_dimension(*, by: User | None, station: Station, dimension: str, met: bool, on: date) -> None:
    """As a check of `on` would judge it; what was judged from that day on is written anew."""
    rewrite_dimension(
        by=by,
        station=locked_station(station),
        dimension=Dimension(dimension),
        since=on,
        spells=[DimensionSpell(on, met)],
        changed_on=on,
    )

"""The four dimensions (R3) as checks and standards judge them: whole stretches written again from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from stations import stale
from stations.models import Dimension, DimensionState, Station

WORDS = {True: "达标", False: "未达标"}


@dataclass(frozen=True)
class DimensionSpell:
    """From `on` until the next one: met or not, and why."""

    on: date
    met: bool
    note: str = ""


@transaction.atomic
def rewrite_dimension(
    *,
    by: User | None,
    station: Station,
    dimension: Dimension,
    since: date,
    spells: Sequence[DimensionSpell],
    changed_on: date,
) -> bool:
    """From `since` on, the dimension stands as `spells` say (in order, none before `since`). The station is locked.

    Returns whether anything is different now; the same again writes nothing. `changed_on`: the first day on which
    something can be.
    """
    rows = DimensionState.objects.filter(station=station, dimension=dimension)
    before = rows.filter(starts_on__lt=since).order_by("-starts_on", "-pk").first()
    later = list(rows.filter(starts_on__gte=since).order_by("starts_on", "pk"))
    ends = [*(spell.on for spell in spells), None][1:]
    wanted = [
        DimensionState(
            station=station, dimension=dimension, met=spell.met, starts_on=spell.on, ends_on=end, note=spell.note
        )
        for spell, end in zip(spells, ends, strict=True)
    ]
    open_until = spells[0].on if spells else None
    if list(map(_told, wanted)) == list(map(_told, later)) and (before is None or before.ends_on == open_until):
        return False
    rows.filter(starts_on__gte=since).delete()
    if before:
        before.ends_on = open_until
        before.save(update_fields=["ends_on"])
    DimensionState.objects.bulk_create(wanted)
    old, new = _last(later, before), _last(wanted, before)
    audit.record(
        by=by,
        verb="判定建设标准",
        target=station,
        unit=station.unit,
        changes={Dimension(dimension).label: [old, new], "自": [None, str(changed_on)]},
        reason=spells[-1].note if spells else "",
    )
    stale.mark(station.pk, stale.months_since(changed_on))
    return True


def _told(row: DimensionState) -> tuple[date, date | None, bool, str]:
    return row.starts_on, row.ends_on, row.met, row.note


def _last(rows: Sequence[DimensionState], before: DimensionState | None) -> str:
    standing = rows[-1] if rows else before
    return "未检查" if standing is None else WORDS[standing.met]

"""Which steps of a station's life come next, and which of them this user may record (R14)."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from stations import life
from stations.models import Station, StationKind, StationStatus, StatusSpell


@dataclass(frozen=True)
class Steps:
    """`offered`: what the user records by the form; `accepts`: an acceptance is due and theirs to hold; `others`: who
    records the rest, in words; `may_withdraw`: the last step is theirs to take back."""

    current: StatusSpell
    offered: tuple[StationStatus, ...]
    accepts: bool
    others: tuple[str, ...]
    may_withdraw: bool


def steps_for(user: User, station: Station) -> Steps:
    """One query, once for a page."""
    if "_steps" not in station.__dict__:
        station.__dict__["_steps"] = _steps(user, station)
    steps: Steps = station.__dict__["_steps"]
    return steps


def _steps(user: User, station: Station) -> Steps:
    current, *earlier = StatusSpell.objects.filter(station=station).order_by("-starts_on", "-pk")[:2]
    now, path = StationStatus(current.status), station.unit.path
    mine, others = [], []
    for step in life.following(StationKind(station.kind), now):
        right = life.permission(now, step)
        if may(user, right, path):
            mine.append(step)
        else:
            others.append(f"“{step.label}”由{life.who_may(right)}登记")
    before = [StationStatus(spell.status) for spell in earlier]
    return Steps(
        current=current,
        offered=tuple(step for step in mine if step != StationStatus.ACCEPTED),
        accepts=StationStatus.ACCEPTED in mine and may(user, Permission.ACCEPT_STATION, path),
        others=tuple(others),
        may_withdraw=bool(before) and may(user, life.permission(before[0], now), path),
    )

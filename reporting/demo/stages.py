"""Stages of demo stations (R9): when they were reached, and proposals that wait for counties and cities."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db.models import Count

from accounts.models import Posting, User
from accounts.roles import Role
from policies.models import Dimension
from policies.stages import Stage
from reporting.demo import MARK
from reporting.demo.places import Place
from standards.actions import decide_stage, propose_due
from standards.models import ProposalState, StageProposal, StageSpell
from stations.models import DimensionState, Station

IMPROVING, PROFESSIONAL = 0.6, 0.2  # shares of the stations with a good standard that have reached them
ENOUGH = 12  # proposals; the system has just looked at so many counties as it takes


def build_stages(rng: Random, places: list[Place], today: date) -> int:
    """Later stages for operating stations that meet all four dimensions. How many stations; the others are 起步."""
    met = DimensionState.objects.at(today).filter(met=True).order_by().values("station").annotate(n=Count("pk"))
    good = set(met.filter(n=len(Dimension)).values_list("station", flat=True))
    spells: list[StageSpell] = []
    for place in places:
        chance = rng.random()
        if place.operating_from is None or place.station.pk not in good or chance >= IMPROVING:
            continue
        first = place.operating_from + timedelta(days=rng.randint(300, 420))
        second = first + timedelta(days=rng.randint(330, 480))
        if first >= today:
            continue
        reached = chance < PROFESSIONAL and second < today
        ends = second if reached else None
        spells.append(StageSpell(station=place.station, stage=Stage.IMPROVING, starts_on=first, ends_on=ends))
        if reached:
            spells.append(StageSpell(station=place.station, stage=Stage.PROFESSIONAL, starts_on=second))
    StageSpell.objects.bulk_create(spells)
    return len({spell.station_id for spell in spells})


def propose_stages(today: date) -> int:
    """Once the months are counted: what the system proposes in some counties today, a part of it decided. How many."""
    officials = Posting.objects.filter(role=Role.COUNTY_OFFICIAL).select_related("unit", "user").order_by("pk")
    homes = [posting.unit.path for posting in officials]
    operating = Station.objects.operating(today).filter(is_demo=True).order_by("unit__path")
    paths = list(operating.values_list("unit__path", flat=True))
    counties = list(dict.fromkeys([*homes, *(path[: len(homes[0])] for path in paths[::7])])) if homes else []
    proposed = 0
    for county in counties:
        if proposed < ENOUGH:
            proposed += propose_due(Station.objects.in_paths([county])).proposed
    rows = list(StageProposal.objects.order_by("pk").select_related("station__unit"))
    StageProposal.objects.update(is_demo=True)
    deciders: dict[str, User] = {posting.unit.path: posting.user for posting in officials}
    for number, proposal in enumerate(rows):
        if number % 3 == 0:
            continue
        decide_stage(
            by=deciders.get(proposal.station.unit.path[: len(homes[0])]),
            proposal=proposal,
            agree=number % 7 != 4,
            on=today,
            comment=f"档案不全，补齐后再报{MARK}" if number % 7 == 4 else f"现场核对，情况属实{MARK}",
            expected=ProposalState.WAITING_COUNTY,
        )
    return len(rows)

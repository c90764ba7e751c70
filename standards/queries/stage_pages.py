"""What the pages about stages show: rows of the list, a station's page, proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.urls import reverse

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from common.templatetags.shezhan import percent
from policies.stages import Stage
from standards.models import ProposalState, StageProposal, StageSpell
from standards.models.stages import OPEN, with_stage
from standards.queries.stages import standings, task_sources
from standards.stages import Standing, TaskStanding
from stations.models import Station
from stations.models.stations import StationQuerySet
from stations.queries.where import names_between

P = Permission
STAGE_TONES = {Stage.STARTING: "muted", Stage.IMPROVING: "info", Stage.PROFESSIONAL: "ok"}
STATE_TONES = {
    ProposalState.WAITING_COUNTY: "warn",
    ProposalState.WAITING_CITY: "warn",
    ProposalState.CONFIRMED: "ok",
    ProposalState.COUNTY_RETURNED: "muted",
    ProposalState.CITY_RETURNED: "muted",
    ProposalState.WITHDRAWN: "muted",
}
# Whose right takes a waiting proposal on, and the page where that is done.
STEPS = {
    ProposalState.WAITING_COUNTY: (P.DECIDE_STAGE, "stage_decide", "认定"),
    ProposalState.WAITING_CITY: (P.CONFIRM_STAGE, "stage_confirm", "确认"),
}


@dataclass(frozen=True)
class ProposalMark:
    """A proposal in a row: its state, its day, and what the user may do with it ("" nothing)."""

    key: int
    state: str
    tone: str
    on: date
    stage: str
    url: str
    step: str


@dataclass(frozen=True)
class StageRow:
    """A station of the list. `met` of the four tasks of its stage; `missing` names the others."""

    key: int
    name: str
    place: str
    url: str
    stage: str
    tone: str
    since: date | None
    met: int
    missing: tuple[str, ...]
    proposal: ProposalMark | None


def with_proposal(stations: StationQuerySet, on: date) -> StationQuerySet:
    """Stations with a stage on `on`, and the state of their latest proposal by then as `proposal_state`."""
    latest = StageProposal.objects.filter(station=OuterRef("pk"), proposed_on__lte=on).order_by("-pk")
    return with_stage(stations, on).annotate(proposal_state=Subquery(latest.values("state")[:1]))


def sorted_stations(stations: StationQuerySet, user: User, sort: str) -> StationQuerySet:
    """In the order of `?sort=`: what waits for the user first (default), then what waits; or name, stage."""
    down = "-" if sort.startswith("-") else ""
    match sort.removeprefix("-"):
        case "name":
            return stations.order_by(f"{down}unit__path")
        case "stage":
            return stations.order_by(f"{down}stage_order", "unit__path")
    mine = [state for state, (right, _, _) in STEPS.items() if user.paths(right)]
    rank = Case(
        When(proposal_state__in=mine, then=Value(0)),
        When(proposal_state__in=OPEN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return stations.annotate(rank=rank).order_by("rank", "-stage_order", "unit__path")


def stage_rows(user: User, stations: Iterable[Station], on: date, *, below: str = "") -> list[StageRow]:
    """Rows of one page (stations with `unit` joined) as of `on`: a fixed number of queries."""
    found = list(stations)
    standing = standings(found, on)
    marks = _marks(user, found, on)
    places = names_between([(row.pk, row.unit.path, row.unit.name) for row in found], below)
    rows = []
    for station in found:
        here = standing[station.pk]
        stage = here.stage or Stage.STARTING
        rows.append(
            StageRow(
                key=station.pk,
                name=station.unit.name,
                place=places[station.pk],
                url=reverse("station_stage", args=[station.pk]),
                stage=stage.label,
                tone=STAGE_TONES[stage],
                since=here.since,
                met=here.current_met,
                missing=tuple(task.task.label for task in here.missing),
                proposal=marks.get(station.pk),
            )
        )
    return rows


def _marks(user: User, stations: Sequence[Station], on: date) -> dict[int, ProposalMark]:
    """The latest proposal of each, unless the stage came of it: that one the stage itself tells."""
    tops = {state: user.paths(right) for state, (right, _, _) in STEPS.items()}
    paths = {station.pk: station.unit.path for station in stations}
    latest: dict[int, StageProposal] = {}
    for row in StageProposal.objects.filter(station__in=stations, proposed_on__lte=on).defer("evidence").order_by("pk"):
        latest[row.station_id] = row
    marks = {}
    for key, row in latest.items():
        if row.state in (ProposalState.CONFIRMED, ProposalState.WITHDRAWN):
            continue
        state = ProposalState(row.state)
        mine = any(paths[key].startswith(top) for top in tops.get(state, ()))
        _, page, step = STEPS[state] if mine else (None, "stage_proposal", "")
        url = reverse(page, args=[row.pk])
        on_ = row.confirmed_on or row.decided_on or row.proposed_on
        marks[key] = ProposalMark(row.pk, state.label, STATE_TONES[state], on_, row.get_stage_display(), url, step)
    return marks


def stage_counts(stations: StationQuerySet, home: OrgUnit | None, on: date, address: str) -> list[dict[str, Any]]:
    """A card for each stage: how many stations, with the documents that name its tasks. Four queries."""
    rows = with_stage(stations, on).order_by().values_list("stage").annotate(n=Count("pk"))
    counted = dict(rows)
    total = sum(counted.values())
    sources = task_sources(home, on) if home else {}
    cards = []
    for stage in Stage:
        number = counted.get(stage.value, 0)
        share = Decimal(number) / total if total else None
        cards.append(
            {
                "label": stage.label,
                "value": number,
                "unit": "个",
                "ratio": share,
                "note": f"占 {percent(share)}（{number}/{total}）" if total else "",
                "source": next(iter(sources.get(stage, [])), None),
                "href": f"{address}&stage={stage.value}" if number else None,
            }
        )
    return cards


# ---- a station ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageCard:
    """One of the three stages on a station's page. `current`: the station is in it."""

    stage: Stage
    tasks: list[TaskStanding]
    met: int
    current: bool
    past: bool
    since: date | None
    source: dict[str, str] | None


def stage_cards(standing: Standing, spells: Sequence[StageSpell]) -> list[StageCard]:
    """The stages in order; `standing` is of the whole (standing_of)."""
    begun = {Stage(spell.stage): spell.starts_on for spell in spells}
    order = list(Stage)
    now = order.index(standing.stage) if standing.stage else -1
    cards = []
    for place, stage in enumerate(order):
        tasks = standing.of(stage)
        cards.append(
            StageCard(
                stage=stage,
                tasks=tasks,
                met=standing.met(stage),
                current=place == now,
                past=place < now,
                since=standing.since if place == now else begun.get(stage),
                source=next((task.source for task in tasks if task.source), None),
            )
        )
    return cards


def proposals_of(station: Station) -> QuerySet[StageProposal]:
    """All of them, the latest first, with who took which step."""
    return (
        StageProposal.objects.filter(station=station)
        .select_related("decided_by", "confirmed_by")
        .order_by("-proposed_on", "-pk")
    )


def waiting_step(user: User, proposal: StageProposal) -> tuple[str, str] | None:
    """URL name and word of the step that this user may take now; None when it is not theirs."""
    if proposal.state not in STEPS:
        return None
    right, page, word = STEPS[ProposalState(proposal.state)]
    path = proposal.station.unit.path
    return (page, word) if any(path.startswith(top) for top in user.paths(right)) else None

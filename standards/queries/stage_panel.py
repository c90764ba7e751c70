"""The stages' card of a station's page, and their part of the station's timeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from standards.models import ProposalState, StageProposal, StageSpell
from standards.queries.stage_pages import waiting_step
from standards.queries.stages import standings
from stations.models import Station, StationKind
from stations.panels import panel
from stations.queries.citations import rules_for
from stations.timeline import Event, timeline


@panel(key="stage", title="发展阶段", order=23, template="standards/panels/stage.html", half=True)
def stage(user: User, station: Station) -> dict[str, Any] | None:
    """Where the station stands today, and what waits. A fixed number of queries."""
    if station.kind != StationKind.STATION or station.closed_on:
        return None
    standing = standings([station], timezone.localdate(), book=rules_for(station))[station.pk]
    waiting = StageProposal.objects.open().filter(station=station).defer("evidence").first()
    links = [{"label": "各阶段任务", "url": reverse("station_stage", args=[station.pk])}]
    if waiting:
        waiting.station = station
        if step := waiting_step(user, waiting):
            links.append({"label": step[1], "url": reverse(step[0], args=[waiting.pk])})
    return {
        "stage": standing.stage,
        "since": standing.since,
        "met": standing.current_met,
        "missing": standing.missing,
        "waiting": waiting,
        "source": next((task.source for task in standing.current if task.source), None),
        "links": links,
    }


@timeline()
def stages(user: User, station: Station) -> Iterator[Event]:
    """Stages begun, and the steps of their proposals. Two queries."""
    rows = StageProposal.objects.filter(station=station).defer("evidence").select_related("decided_by", "confirmed_by")
    for row in rows.order_by("pk"):
        url, into = reverse("stage_proposal", args=[row.pk]), row.get_stage_display()
        yield Event(row.proposed_on, f"提出进入{into}", url=url)
        if row.decided_on:
            back = row.state == ProposalState.COUNTY_RETURNED
            who = row.decided_by.name if row.decided_by else ""
            yield Event(row.decided_on, f"县级{'退回' if back else '认定'}：进入{into}", row.decision, url, who)
        if row.state == ProposalState.CITY_RETURNED and row.confirmed_on:
            who = row.confirmed_by.name if row.confirmed_by else ""
            yield Event(row.confirmed_on, f"市级退回：进入{into}", row.confirmation, url, who)
        if row.withdrawn_on:
            yield Event(row.withdrawn_on, f"撤回{into}", row.reason, url)
    begun = StageSpell.objects.filter(station=station).select_related("proposal__confirmed_by").order_by("starts_on")
    for spell in begun:
        by = spell.proposal.confirmed_by if spell.proposal else None
        yield Event(
            spell.starts_on,
            f"进入{spell.get_stage_display()}",
            spell.proposal.confirmation if spell.proposal else "",
            url=reverse("station_stage", args=[station.pk]),
            actor=by.name if by else "",
        )

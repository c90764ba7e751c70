"""Cards and events of building on a station's page: acceptance, and rooms with their titles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from stations.models import Acceptance, RoomTitle, Station, StationKind, TitleState
from stations.panels import panel
from stations.queries.steps import steps_for
from stations.queries.titles import TONES
from stations.timeline import Event, timeline

P = Permission


@panel(key="acceptances", title="验收", order=42, template="stations/panels/acceptances.html", half=True)
def acceptances(user: User, station: Station) -> dict[str, Any] | None:
    """One query. Nothing before the station waits for its acceptance."""
    rows = list(Acceptance.objects.filter(station=station).select_related("recorded_by").order_by("-round"))
    waits = steps_for(user, station).accepts
    if not rows and not waits:
        return None
    last = rows[0] if rows else None
    late = last is not None and station.closed_on is None and last.correction_is_late(timezone.localdate())
    url = reverse("acceptance_record", args=[station.pk])
    return {
        "rows": rows,
        "late": "整改逾期" if late else "",
        "links": [{"label": "填写验收表", "url": url}] if waits else [],
    }


@panel(key="titles", title="示范社区社工室", order=44, template="stations/panels/titles.html", half=True)
def titles(user: User, station: Station) -> dict[str, Any] | None:
    """Of a room its own titles, of a station those of the rooms below it in the township. Two queries."""
    if station.kind == StationKind.ROOM:
        found = RoomTitle.objects.filter(room=station)
        may_apply = may(user, P.BUILD_STATION, station.unit.path) and not station.closed_on
        url = reverse("title_apply", args=[station.pk])
        links = [{"label": "申请", "url": url}] if may_apply and station.completed_on else []
        rooms: list[Station] = []
    elif station.kind == StationKind.STATION:
        beside = Station.objects.filter(unit__parent=station.unit.parent_id, kind=StationKind.ROOM, closed_on=None)
        rooms = list(beside.select_related("unit").order_by("unit__path"))
        found, links = RoomTitle.objects.filter(room__in=rooms), []
    else:
        return None
    rows = [
        {"title": title, "tone": TONES[TitleState(title.state)], "url": reverse("title_detail", args=[title.pk])}
        for title in found.select_related("room__unit").order_by("-year", "room__unit__path")
    ]
    if not rows and not rooms and not links:
        return None
    return {"rows": rows, "rooms": rooms, "links": links, "is_room": station.kind == StationKind.ROOM}


@timeline()
def failed_acceptances(user: User, station: Station) -> Iterator[Event]:
    """One query. A passed round stands there as the status that it brought."""
    rows = Acceptance.objects.filter(station=station, passed=False).select_related("recorded_by").order_by("round")
    for row in rows:
        actor = row.recorded_by.name if row.recorded_by else ""
        url = reverse("acceptance_detail", args=[row.pk])
        yield Event(row.held_on, f"第 {row.round} 轮验收不合格", f"整改期限 {row.correct_by}", url, actor)


@timeline()
def room_titles(user: User, station: Station) -> Iterator[Event]:
    """One query; none for what is no room."""
    if station.kind != StationKind.ROOM:
        return
    for title in RoomTitle.objects.filter(room=station).select_related("decided_by").order_by("decided_on", "pk"):
        url = reverse("title_detail", args=[title.pk])
        actor = title.decided_by.name if title.decided_by else ""
        if title.decided_on and title.state != TitleState.REFUSED:
            yield Event(title.decided_on, f"命名为 {title.year} 年示范社区社工室", title.comment, url, actor)
        if title.withdrawn_on:
            yield Event(title.withdrawn_on, f"取消 {title.year} 年示范社区社工室命名", title.reason, url)

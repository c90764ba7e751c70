"""The room's own events in the life of a station."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from stations.models import Station, StationPosting, StationStatus, StatusSpell
from stations.timeline import Event, timeline


@timeline()
def statuses(user: User, station: Station) -> Iterator[Event]:
    """One query."""
    spells = StatusSpell.objects.filter(station=station).select_related("recorded_by")
    for spell in spells.order_by("starts_on", "pk"):
        actor = spell.recorded_by.name if spell.recorded_by else ""
        yield Event(spell.starts_on, f"登记“{StationStatus(spell.status).label}”", spell.note, actor=actor)


@timeline()
def basics(user: User, station: Station) -> Iterator[Event]:
    """No query."""
    if station.records_from:
        yield Event(station.records_from, "启用本系统", "自当月起记录服务、报送月报")
    if station.basics_entered_on:
        due = station.judged_due()
        late = due is not None and due.is_late(station.basics_entered_on)
        yield Event(station.basics_entered_on, "基础信息录入齐全", f"期限 {station.due_on}，逾期录入" if late else "")


@timeline(permission=Permission.VIEW_WORKERS)
def workers(user: User, station: Station) -> Iterable[Event]:
    """One query."""
    for posting in StationPosting.objects.filter(station=station).select_related("worker").order_by("starts_on", "pk"):
        url = reverse("worker_detail", args=[posting.worker_id])
        yield Event(posting.starts_on, f"{posting.worker.name} 驻站", posting.note, url)
        if posting.ends_on:
            why = "：".join(word for word in (posting.get_end_reason_display(), posting.end_note) if word)
            yield Event(posting.ends_on, f"{posting.worker.name} 离站", why, url)

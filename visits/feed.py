"""The calendar feed: visits as all-day events, without names.

A feed is read by whatever calendar the user has, on servers that we do not know. It says a surname, the number of the
file and the day; whom and where the worker sees behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from visits.models import Visit
from visits.vocabulary import Source

COMPOUND = frozenset({
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙", "司徒", "夏侯",
    "端木", "轩辕", "南宫", "西门", "独孤", "呼延",
})  # fmt: skip


def surname(name: str) -> str:
    """“张某”; a name that was anonymised gives “某人”."""
    if not name:
        return "某人"
    return f"{name[:2] if len(name) > 2 and name[:2] in COMPOUND else name[0]}某"


def calendar_of(station: str, visits: Iterable[Visit], now: datetime, host: str) -> bytes:
    """The file as RFC 5545 has it. `visits` come with their client."""
    calendar = Calendar()
    calendar.add("prodid", "-//shezhan//visits//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{station}探访")
    for visit in visits:
        calendar.add_component(_event(visit, now, host))
    return calendar.to_ical()


def _event(visit: Visit, now: datetime, host: str) -> Event:
    event = Event()
    event.add("uid", f"visit-{visit.pk}@{host}")
    event.add("dtstamp", now)
    event.add("summary", f"探访 {surname(visit.client.name)}（档案 {visit.client_id}）")
    event.add("dtstart", visit.due_on)
    event.add("dtend", visit.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("description", str(Source(visit.source).label))
    return event

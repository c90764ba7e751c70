"""What of this room a service record can belong to: sessions of groups and community activities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from casework.actions import activities, attendance
from casework.models import Activity, GroupMember, GroupSession
from services import links, signals
from services.models import Method, ServiceRecord
from services.rules import MAX_TITLE


def _find_session(user: User, key: int) -> GroupSession:
    rows = GroupSession.objects.visible_to(user, Permission.LOG_SERVICE).select_related("group__station__unit")
    return get_object_or_404(rows, pk=key)


def _session_presets(session: GroupSession) -> dict[str, Any]:
    group = session.group
    members = list(GroupMember.objects.filter(group=group, left_on=None).values_list("client_id", flat=True))
    return {
        "method": Method.GROUP,
        "domain": group.domain,
        "title": f"{group.name}第{session.number}节：{session.topic}"[:MAX_TITLE],
        "place": group.place,
        "clients": [key for key in members if key],
        "others": sum(key is None for key in members)
        or None,  # so that the page counts on when somebody who is absent is unticked
        "contacts": len(members),
        "workers": list(group.workers.values_list("pk", flat=True)),
    }


def _sessions_of(record: ServiceRecord) -> Iterable[GroupSession]:
    return GroupSession.objects.filter(record=record).select_related("group__station__unit")


def _find_activity(user: User, key: int) -> Activity:
    rows = Activity.objects.visible_to(user, Permission.LOG_SERVICE).select_related("station__unit")
    return get_object_or_404(rows, pk=key)


def _activity_presets(activity: Activity) -> dict[str, Any]:
    return {
        "method": Method.ACTIVITY,
        "domain": activity.domain,
        "title": activity.name[:MAX_TITLE],
        "place": activity.place,
        "contacts": activity.expected,
        "volunteers": activity.volunteers_needed or None,
        "workers": list(activity.workers.values_list("pk", flat=True)),
    }


def _activities_of(record: ServiceRecord) -> Iterable[Activity]:
    return Activity.objects.filter(records__record=record).select_related("station__unit")


links.declare(
    links.Link(
        key="session",
        label="小组活动",
        find=_find_session,
        name=lambda session: f"{session.group.name}第{session.number}节：{session.topic}",
        page=lambda session: reverse("group_detail", args=[session.group_id]),
        station=lambda session: session.group.station_id,
        presets=_session_presets,
        attach=attendance.attach_session,
        of=_sessions_of,
    )
)
links.declare(
    links.Link(
        key="activity",
        label="社区活动",
        find=_find_activity,
        name=lambda activity: activity.name,
        page=lambda activity: reverse("activity_detail", args=[activity.pk]),
        station=lambda activity: activity.station_id,
        presets=_activity_presets,
        attach=activities.attach_activity,
        of=_activities_of,
    )
)
for _room in (attendance, activities):
    signals.corrected.connect(_room.follow_correction, dispatch_uid=f"{_room.__name__}.corrected")
    signals.voided.connect(_room.follow_voiding, dispatch_uid=f"{_room.__name__}.voided")

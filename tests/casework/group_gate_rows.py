"""Rows of groups and activities for tests/gate_cases.py, by direct writing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from casework.models import Activity, ActivityRecord, Group, GroupMember, GroupPhase, GroupSession, SessionAttendance
from common.months import Month
from services.models import ServiceRecord
from tests.clients.make import make_client
from tests.world import World


def _record(world: World, place: str, method: str) -> ServiceRecord:
    return ServiceRecord.objects.create(
        station=world.station(place), month=Month(2026, 9), starts_on=date(2026, 9, 8), ends_on=date(2026, 9, 8),
        title="活动", domain="ELDERLY_CARE", method=method, administrative=False, contacts=5, hours="1.0",
        entered_at=datetime(2026, 9, 8, 8, tzinfo=UTC), on_time=True,
    )  # fmt: skip


def group(world: World, place: str) -> Group:
    """Formed, with one session held and a member."""
    found = Group.objects.create(
        station=world.station(place), name="银龄互助小组", kind="SUPPORT", domain="ELDERLY_CARE", target="独居老人",
        purpose="互助", goals="结识同伴", planned_sessions=4, planned_members=8, opened_on=date(2026, 9, 1),
        phase="FORMING", formed_on=date(2026, 9, 8),
    )  # fmt: skip
    GroupPhase.objects.create(group=found, phase="PREPARATION", starts_on=date(2026, 9, 1))
    GroupPhase.objects.create(group=found, phase="FORMING", starts_on=date(2026, 9, 8), observed="组员熟悉")
    return found


def member(world: World, place: str) -> GroupMember:
    client = make_client(world.station(place), "演示甲")
    return GroupMember.objects.create(group=group(world, place), number=1, client=client, joined_on=date(2026, 9, 1))


def session(world: World, place: str) -> GroupSession:
    """Held, with its attendance."""
    came = member(world, place)
    found = GroupSession.objects.create(
        group=came.group, number=1, planned_on=date(2026, 9, 8), topic="相识", phase="FORMING",
        record=_record(world, place, "GROUP"), held_on=date(2026, 9, 8),
    )  # fmt: skip
    SessionAttendance.objects.create(session=found, member=came, present=True)
    return found


def activity(world: World, place: str) -> Activity:
    return Activity.objects.create(
        station=world.station(place), name="重阳敬老", domain="ELDERLY_CARE", purpose="敬老", place="广场", expected=60,
        starts_on=date(2026, 9, 8), ends_on=date(2026, 9, 8), state="HELD", held_on=date(2026, 9, 8),
    )  # fmt: skip


def activity_record(world: World, place: str) -> ActivityRecord:
    return ActivityRecord.objects.create(activity=activity(world, place), record=_record(world, place, "ACTIVITY"))

"""Rows of this room at a place, for tests/gate_cases.py."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.utils import timezone

from linkage.models import (
    Donation,
    Handout,
    Meeting,
    MeetingTask,
    Organisation,
    Referral,
    ReferralStep,
    Volunteer,
)
from tests.clients.make import make_client
from tests.world import World

DAY = date(2026, 10, 1)


def volunteer(world: World, place: str) -> Volunteer:
    return Volunteer.objects.create(
        unit=world.units[place], name="某志愿者", phone=uuid4().hex[:12], registered_on=DAY
    )  # fmt: skip


def organisation(world: World, place: str) -> Organisation:
    return Organisation.objects.create(
        unit=world.units[place], name=f"某互助队{uuid4().hex[:6]}", kind="OTHER", filing="NONE", starts_on=DAY
    )


def donation(world: World, place: str) -> Donation:
    return Donation.objects.create(
        unit=world.units[place], donor_kind="PERSON", donor="某人", form="GOODS", item="大米", quantity=10,
        measure="袋", value=100, received_on=DAY, left=10, left_value=100,
    )  # fmt: skip


def handout(world: World, place: str) -> Handout:
    given = donation(world, place)
    Donation.objects.filter(pk=given.pk).update(left=8, left_value=80)
    person = make_client(world.station(place), "某某")
    return Handout.objects.create(
        donation=given, given_on=DAY, quantity=2, value=20, to_kind="CLIENT", client=person, people=1,
        station=world.station(place),
    )  # fmt: skip


def meeting(world: World, place: str) -> Meeting:
    return Meeting.objects.create(unit=world.units[place], held_on=DAY, chair="某主任", topics="助老服务")


def task(world: World, place: str) -> MeetingTask:
    return MeetingTask.objects.create(
        meeting=meeting(world, place), text="排班", responsible="互助队", due_on=date(2026, 11, 1)
    )


def referral(world: World, place: str) -> Referral:
    row = Referral.objects.create(
        station=world.station(place), client=make_client(world.station(place), "某某"), kind="REFERRAL",
        need="住院费用", to_kind="MEDICAL", opened_on=DAY,
    )  # fmt: skip
    ReferralStep.objects.create(referral=row, state="TO_VERIFY", on=DAY, at=timezone.now())
    return row

"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from linkage.actions import hand_out, take_step
from linkage.actions.referrals import last_step
from linkage.models import Donation, Handout, ReferralStep, Volunteer
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]
DAY = date(2026, 10, 10)


def test_two_who_hand_out_the_last_of_a_donation_give_it_once(world, donation):
    rice = donation()

    def give():
        return hand_out(
            by=world.worker, donation=rice, token=uuid.uuid4(), given_on=DAY, amount="20", to_kind="GROUP",
            recipients="环卫工人", people=3,
        )  # fmt: skip

    results = together(give, give)
    assert sorted(type(one) for one in results if isinstance(one, Exception)) == [ValidationError]
    assert (Handout.objects.count(), Donation.objects.get().left) == (1, 10)


def test_one_submit_sent_twice_at_once_gives_once(donation):
    token = uuid.uuid4()
    first, second = together(lambda: donation(token=token), lambda: donation(token=token))
    assert first == second
    assert Donation.objects.count() == 1


def test_one_step_taken_by_two_at_once_is_taken_once(world, referral):
    row = referral()
    seen = last_step(row)

    def contact():
        return take_step(
            by=world.worker, referral=row, to="CONTACTED", on=DAY, note="已联系", expected=seen, to_name="医院"
        )

    results = together(contact, contact)
    assert [type(one) for one in results if isinstance(one, Exception)] == [ValidationError]
    assert ReferralStep.objects.count() == 2


def test_a_volunteer_registered_twice_at_once_is_one(volunteer):
    results = together(volunteer, volunteer)
    assert [type(one) for one in results if isinstance(one, Exception)] == [ValidationError]
    assert Volunteer.objects.count() == 1

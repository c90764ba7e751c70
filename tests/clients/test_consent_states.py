"""Consent to service is said of one file, of many, as a condition of a query, and as what may be begun."""

from __future__ import annotations

from datetime import date

import pytest

from clients.models import Client, Consent
from clients.queries.consent import consents, refusing, willing
from clients.vocabulary import ConsentState
from tests.clients.make import make_client

pytestmark = [pytest.mark.django_db]
FIRST, LATER = (date(2024, 1, 1), date(2025, 1, 1)), (date(2025, 6, 1), None)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ((), ConsentState.MISSING),
        ((LATER,), ConsentState.STANDING),
        ((FIRST,), ConsentState.WITHDRAWN),
        ((FIRST, LATER), ConsentState.STANDING),
    ],
)
def test_all_ways_say_the_same(station, given, state):
    client = make_client(station)
    for given_on, withdrawn_on in given:
        Consent.objects.create(client=client, kind="SERVICE", given_on=given_on, withdrawn_on=withdrawn_on)
    Consent.objects.create(client=client, kind="SHARING", given_on=date(2026, 1, 1), withdrawn_on=date(2026, 2, 1))
    refuses = state == ConsentState.WITHDRAWN
    assert consents([client.pk]) == {client.pk: state}
    assert refusing([client.pk]) == ({client.pk} if refuses else set())
    assert client.refuses_use() is refuses
    assert client.usable() is not refuses
    assert Client.objects.filter(willing()).exists() is not refuses


def test_nobody_is_asked_about_without_a_query(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert (consents([]), refusing([])) == ({}, set())


def test_nothing_is_begun_with_a_file_that_is_closed_or_stands_for_nobody(station):
    closed, merged = make_client(station, closed_on=date(2026, 1, 1)), make_client(station, "演示乙")
    merged.merged_into = closed
    assert [closed.usable(), merged.usable()] == [False, False]

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts import audit_guard
from policies.actions import load_documents, seed_calendar
from policies.queries import RuleBook
from tests.world import World, build_world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Without the triggers that keep the audit trail from being emptied: a transactional test empties every table.

    tests/accounts/test_audit_guard.py puts them back and proves what they refuse.
    """
    with django_db_blocker.unblock():
        audit_guard.remove(connection)


@pytest.fixture
def world(db) -> World:
    """The cast and places of tests/world.py, fresh for each test."""
    return build_world()


@pytest.fixture
def rules(world) -> RuleBook:
    """Shipped defaults, both public documents for the units of the world, the calendar 2004–2026; as a rule book."""
    seed_calendar()
    load_documents()
    return RuleBook.load()


@pytest.fixture
def sign_in():
    """`sign_in(user)` gives a browser-like client of that user."""

    def client_of(user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of

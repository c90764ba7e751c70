"""The tables of the suite come from the models (--no-migrations), so without the triggers that keep the audit trail
from being emptied: a transactional test empties every table. tests/accounts/test_audit_guard.py puts the triggers back
and proves what they refuse; tests/config/test_migrations.py proves that the migrations give the same tables.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import pre_migrate
from django.dispatch import receiver
from django.test import Client

from policies.actions import load_documents, seed_calendar
from policies.queries import RuleBook
from tests.world import World, build_world


@receiver(pre_migrate)
def add_extension(using: str, **_kwargs: Any) -> None:
    """What agencies/migrations/0001_initial.py begins with."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")


def rows_deleted(ops: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """How a transactional test leaves its database. TRUNCATE makes a new file for each table and each index and waits
    for the disk, 5 to 15 s for ours; to delete the few rows takes none."""
    # What the models give stays: Django would put it back after each test.
    given = {"django_content_type", "auth_permission"}
    deletes = [f"DELETE FROM {ops.quote_name(table)}" for table in tables if table not in given]
    return ["SET session_replication_role = replica", *deletes, "SET session_replication_role = DEFAULT"]


DatabaseOperations.sql_flush = rows_deleted  # type: ignore[method-assign]


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

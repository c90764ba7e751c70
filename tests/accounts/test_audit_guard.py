"""The database itself refuses to change or delete audit rows (the rest of the suite: tests/conftest.py)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import audit, audit_guard
from accounts.models import AuditEvent, AuditSeal


@pytest.fixture
def guarded(world):
    audit_guard.install(connection)  # in the test's transaction: gone with it
    audit.record(by=world.county, verb="修改", target=world.county)
    AuditSeal.objects.create(first_id=1, last_id=1, count=1, digest="x")
    return world


@pytest.mark.parametrize("model", [AuditEvent, AuditSeal])
def test_update_and_delete_are_refused(guarded, model):
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        model.objects.update(id=7)
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        model.objects.all()._raw_delete(model.objects.db)
    assert model.objects.count() == 1


def test_truncate_is_refused(guarded):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else rows of this transaction refuse it already
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            cursor.execute("TRUNCATE accounts_auditevent CASCADE")


def test_adding_goes_on(guarded):
    audit.record(by=None, verb="又一次", target=guarded.county)
    assert AuditEvent.objects.count() == 2


def test_whether_it_stands_guard_can_be_asked(guarded):
    assert audit_guard.installed(connection)
    audit_guard.remove(connection)
    assert not audit_guard.installed(connection)
    audit_guard.install(connection)
    audit_guard.install(connection)
    assert audit_guard.installed(connection)

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.actions import load_units
from accounts.units_file import read_former_codes, read_units


@pytest.fixture(scope="module")
def nation(django_db_setup, django_db_blocker):
    """The whole nation, loaded once for the module and rolled back after it; gives the result of the load."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_units(by=None, rows=read_units(), former=read_former_codes())
        transaction.set_rollback(True)

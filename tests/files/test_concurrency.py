"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from files.actions import remove
from files.models import Attachment
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_who_remove_a_file_at_once_the_second_is_told(world, station, put, attempt):
    (row,) = put(station)
    results = together(
        lambda: remove(by=world.county, attachment=row, reason="重复"),
        lambda: remove(by=world.township, attachment=row, reason="拍错"),
    )
    (kept,) = [result for result in results if isinstance(result, Attachment)]
    (told,) = [result for result in results if isinstance(result, ValidationError)]
    assert told.messages == ["这个附件已经被移除"]
    row.refresh_from_db()
    assert row.removal_reason == kept.removal_reason

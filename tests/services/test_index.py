"""Counting a month reads one index."""

import pytest
from django.db import connection

from services.models import ServiceRecord


def test_the_months_index_holds_every_column_that_is_counted(db):
    index = next(i for i in ServiceRecord._meta.indexes if i.name == "service_month_measures")
    wanted = [ServiceRecord._meta.get_field(name).column for name in (*index.fields, *index.include)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            held = [row[2] for row in cursor.execute("PRAGMA index_info(service_month_measures)")]
        else:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'service_month_measures'")
            held = [
                word.strip(' "')
                for part in cursor.fetchone()[0].split("(")[1:]
                for word in part.split(")")[0].split(",")
            ]
    assert held == wanted


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a table of a few rows whole")
def test_counting_a_month_does_not_touch_the_table(db):
    rows = ServiceRecord.objects.filter(month=202310, voided_at=None).values("station_id", "domain", "on_time")
    assert "COVERING INDEX service_month_measures" in rows.order_by().explain()

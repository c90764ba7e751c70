"""Rows into tables as fast as each database takes them: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

CHUNK = 20_000


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


@transaction.atomic
def load(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` of plain values (dates as ISO text, None for null) into the columns of the model's table.

    Columns that are not named get their default.
    """
    rest: dict[str, Any] = {
        str(field.column): field.get_prep_value(field.get_default())
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.null and not field.primary_key
    }
    constants, columns = tuple(rest.values()), [*columns, *rest]
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    rows = (tuple(row) + constants for row in rows)
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            if connection.vendor == "postgresql":
                text = io.StringIO()
                csv.writer(text).writerows([["\\N" if v is None else v for v in row] for row in chunk])
                text.seek(0)
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", text)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", chunk)
        key = model._meta.pk.column
        if connection.vendor == "postgresql" and key == "id":
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")


def tidy() -> None:
    """Statistics for the planner, as a database that has been running would have them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

"""No two spells of one thing at one time, refused by the database itself.

PostgreSQL has exclusion constraints for this. SQLite has none: there triggers say the same. The trap: SQLite alters a
table by making it again, which drops its triggers; so `install_triggers` runs after every `migrate` (post_migrate).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields.ranges import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value


class NoOverlap(ExclusionConstraint):
    """Rows that agree in `field` have no day of [starts_on, ends_on) in common. Both dates must be not null.

    A spell of no day (begun and ended on one date) overlaps with nothing.
    """

    def __init__(self, *, field: str, name: str, **kwargs: Any) -> None:
        self.field = field
        days = Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange", output_field=DateRangeField())
        expressions: Any = [(field, RangeOperators.EQUAL), (days, RangeOperators.OVERLAPS)]
        super().__init__(name=name, expressions=expressions, **kwargs)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        del kwargs["expressions"]
        return path, args, {**kwargs, "field": self.field}

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().constraint_sql(model, schema_editor) if _is_postgresql(schema_editor) else None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().create_sql(model, schema_editor) if _is_postgresql(schema_editor) else None

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().remove_sql(model, schema_editor) if _is_postgresql(schema_editor) else None

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Left to the database and to the actions, which say it in words."""


def _is_postgresql(schema_editor: Any) -> bool:
    return schema_editor.connection.vendor == "postgresql"


def install_triggers(connection: Any, some: Iterable[type[models.Model]]) -> None:
    """On SQLite, put the triggers of every NoOverlap of these models there; repeatable. Elsewhere nothing is to do."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for model in some:
            table = model._meta.db_table
            for constraint in model._meta.constraints:
                if table in there and isinstance(constraint, NoOverlap):
                    column = str(model._meta.get_field(constraint.field).column)  # type: ignore[union-attr]
                    for event in ("INSERT", "UPDATE"):
                        cursor.execute(f"DROP TRIGGER IF EXISTS {constraint.name}_{event.lower()}")
                        cursor.execute(_trigger(constraint.name, event, table, column))


def _trigger(name: str, event: str, table: str, column: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table} WHEN EXISTS (SELECT 1 FROM {table} AS other"
        f" WHERE other.{column} = NEW.{column} AND other.id <> COALESCE(NEW.id, -1)"
        " AND other.starts_on < NEW.ends_on AND NEW.starts_on < other.ends_on"
        " AND other.starts_on < other.ends_on AND NEW.starts_on < NEW.ends_on)"
        f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )

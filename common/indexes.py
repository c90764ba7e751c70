"""Indexes that hold all that a statement reads, on databases with and without INCLUDE."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class CoveringIndex(models.Index):
    """`models.Index` whose `include` columns become key columns where the database (SQLite) knows no INCLUDE.

    Django would leave them out there, and each counted row would be looked up in its table.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Any:
        if schema_editor.connection.features.supports_covering_indexes:
            return super().create_sql(model, schema_editor, using, **kwargs)
        plain = models.Index(fields=[*self.fields, *self.include], name=self.name)
        return plain.create_sql(model, schema_editor, using, **kwargs)

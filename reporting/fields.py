"""A column of counts by name."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


class CountsField(models.Field):
    """dict[str, int] as JSON text.

    Not jsonb: nothing looks inside it in SQL, and a nation's month of it takes PostgreSQL twice as long to write,
    since at this size jsonb is over the 2 kB where rows are compressed and moved out of line.
    """

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> dict[str, int] | None:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else json.dumps(value, separators=(",", ":"))

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))

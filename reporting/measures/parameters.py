"""Names that stand in a query for the values of one month, so that each statement is compiled once per process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression
from django.utils import timezone

from common.months import Month, MonthField
from stations.models import month_end


class Parameter(Expression):
    """Compiles to a placeholder whose value `bind` gives later. Usable wherever Django takes an expression."""

    def __init__(self, name: str, output_field: models.Field | None = None) -> None:
        super().__init__(output_field=output_field or models.DateField())
        self.name = name

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


class Scope(Parameter):
    """Unit ids of stations, for `…__in=SCOPE`."""

    def __init__(self) -> None:
        super().__init__("scope", models.BigIntegerField())

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return "(%s)", [self]


# Any, since they stand where a date or a Month is asked for.
MONTH: Any = Parameter("month", MonthField())
FIRST: Any = Parameter("first")  # of the month
LAST: Any = Parameter("last")  # of the month
DAY: Any = Parameter("day")  # as of which dated facts count: stations.models.month_end
TODAY: Any = Parameter("today")
YEAR_START: Any = Parameter("year_start")
YEAR: Any = Parameter("year", models.IntegerField())  # of the month
SCOPE = Scope()


@dataclass(frozen=True)
class Moment:
    """A month as seen at a moment: the values of all parameters but SCOPE."""

    month: Month
    now: datetime

    @classmethod
    def of(cls, month: Month) -> Moment:
        return cls(month, timezone.now())

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def day(self) -> date:
        """As of which dated facts count: the month's last day, or today while it runs."""
        return month_end(self.month, self.today)

    def value(self, name: str) -> Any:
        match name:
            case "month":
                return int(self.month)
            case "year":
                return self.month.year
            case "year_start":
                return self.month.first.replace(month=1, day=1)
            case "first" | "last":
                return getattr(self.month, name)
        return getattr(self, name)


class _SymbolicMonth:
    first = FIRST
    last = LAST


SYMBOLIC_MONTH: Any = _SymbolicMonth()  # stands for a Month where a query only asks for its first and last day


def bind(
    sql: str, params: Sequence[Any], moment: Moment, scope: Sequence[int], connection: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """The statement with its parameters filled in. `scope` are ids out of the database, written as literals."""
    pieces = sql.split("%s")
    if len(pieces) != len(params) + 1:
        raise ValueError("a statement with a literal percent sign cannot be bound")
    text, values = [pieces[0]], []
    for param, piece in zip(params, pieces[1:], strict=True):
        if isinstance(param, Scope):
            text.append(",".join(str(int(number)) for number in scope) or "NULL")
        else:
            text.append("%s")
            values.append(_plain(param, moment, connection))
        text.append(piece)
    return "".join(text), values


def _plain(param: Any, moment: Moment, connection: BaseDatabaseWrapper) -> Any:
    if not isinstance(param, Parameter):
        return param
    value = moment.value(param.name)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value

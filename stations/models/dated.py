"""Facts with from/to dates: `ends_on` is the first day on which the fact holds no more."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, IntegerField, Q
from django.utils import timezone

from accounts.gate import GatedQuerySet
from common.months import Month


def at(day: date, prefix: str = "") -> Q:
    """Facts that hold on `day`. A spell of no day (begun and ended on the same date) never holds."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": day})
    )


def during(first: date, last: date) -> Q:
    """Facts that hold on some day from `first` to `last`, both included. A spell of no day holds on none."""
    return Q(starts_on__lte=last) & (Q(ends_on=None) | Q(ends_on__gt=first) & Q(ends_on__gt=F("starts_on")))


def month_end(month: Month, today: date | None = None) -> date:
    """The day as of which a month's dated facts are counted: its last day, or today in the running month."""
    return min(month.last, today or timezone.localdate())


class DatedQuerySet(GatedQuerySet):
    """Rows with `starts_on` and `ends_on`."""

    def at(self, day: date) -> Self:
        """Rows that hold on `day`."""
        return self.filter(at(day))

    def during(self, first: date, last: date) -> Self:
        """Rows that hold on some day from `first` to `last`, both included."""
        return self.filter(during(first, last))

    def current(self) -> Self:
        """Rows that nothing has ended yet."""
        return self.filter(ends_on=None)


def dated(lookup: str) -> type[DatedQuerySet]:
    """The queryset class of a dated model whose place in the tree is `lookup`."""
    return type("DatedQuerySet", (DatedQuerySet,), {"gate": lookup})


class DaysBetween(Func):
    """Whole days from the second date to the first: DaysBetween(day, F("starts_on"))."""

    arity = 2
    arg_joiner = " - "
    template = "(%(expressions)s)"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        later, earlier = (compiler.compile(expression) for expression in self.get_source_expressions())
        sql = f"CAST(JULIANDAY({later[0]}) - JULIANDAY({earlier[0]}) AS INTEGER)"
        return sql, (*later[1], *earlier[1])

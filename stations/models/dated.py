"""Facts with from/to dates: `ends_on` is the first day on which the fact holds no more."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db.models import Q
from django.utils import timezone

from accounts.gate import GatedQuerySet
from common.months import Month


def at(day: date, prefix: str = "") -> Q:
    """Facts that hold on `day`. A spell of no day (begun and ended on the same date) never holds."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": day})
    )


def month_end(month: Month, today: date | None = None) -> date:
    """The day as of which a month's dated facts are counted: its last day, or today in the running month."""
    return min(month.last, today or timezone.localdate())


class DatedQuerySet(GatedQuerySet):
    """Rows with `starts_on` and `ends_on`."""

    def at(self, day: date) -> Self:
        """Rows that hold on `day`."""
        return self.filter(at(day))

    def current(self) -> Self:
        """Rows that nothing has ended yet."""
        return self.filter(ends_on=None)


def dated(lookup: str) -> type[DatedQuerySet]:
    """The queryset class of a dated model whose place in the tree is `lookup`."""
    return type("DatedQuerySet", (DatedQuerySet,), {"gate": lookup})

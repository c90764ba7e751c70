"""Visits by unit: due, made, late, unreachable in a month, and people over their interval: two grouped queries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.db.models.functions import Substr
from django.urls import reverse

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from clients.vocabulary import FocusGroup
from common.months import Month
from common.paths import STEP
from stations.models import month_end
from visits.models import VisitState
from visits.queries.listing import seen
from visits.vocabulary import FOCUS


@dataclass
class Figures:
    """Counts of one subtree. `over` is people; each group beside it may count a person too."""

    due: int = 0
    made: int = 0
    made_late: int = 0
    overdue: int = 0
    unreachable: int = 0
    over: int = 0
    elderly: int = 0
    children: int = 0
    orphans: int = 0
    hardship: int = 0

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class UnitRow:
    unit: OrgUnit
    figures: Figures = field(default_factory=Figures)


@dataclass
class Counts:
    """The unit and the rows below it: its children, at a township its stations; those with most over first."""

    total: UnitRow
    rows: list[UnitRow]
    month: Month
    day: date


def counts(user: User, unit: OrgUnit, month: Month) -> Counts:
    """Three queries, whatever the unit."""
    day = month_end(month)
    length = len(unit.path) + STEP if unit.level < Level.STATION else len(unit.path)
    found = _figures(user, unit, month, day, length)
    total, rows = UnitRow(unit), []
    for figures in found.values():
        total.figures.add(figures)
    for child in OrgUnit.objects.visible_to(user, Permission.VIEW_RECORDS).filter(parent=unit):
        if child.path in found or child.closed_on is None or child.closed_on > day:
            rows.append(UnitRow(child, found.get(child.path, Figures())))
    ordered = sorted(rows, key=lambda row: (-row.figures.over, -row.figures.overdue, row.unit.path))
    return Counts(total, ordered, month, day)


def _figures(user: User, unit: OrgUnit, month: Month, day: date, length: int) -> dict[str, Figures]:
    visits = seen(user).under(unit).order_by().annotate(at=Substr("station__unit__path", 1, length))
    first, last = month.first, month.last
    due = Q(due_on__gte=first, due_on__lte=last)
    closed = Q(closed_on__gte=first, closed_on__lte=last)
    made = closed & Q(state=VisitState.MADE)
    in_month = visits.filter(due | closed).values("at")
    found: dict[str, Figures] = {}
    for row in in_month.annotate(
        due=Count("pk", filter=due & ~Q(state=VisitState.CANCELLED)),
        made=Count("pk", filter=made),
        made_late=Count("pk", filter=made & Q(closed_on__gt=F("due_on"))),
        unreachable=Count("pk", filter=closed & Q(state=VisitState.UNREACHABLE)),
    ):
        place = row.pop("at")
        found[place] = Figures(**row)
    over = visits.overdue_at(day).values("at")
    lapsed = Q(source="LEVEL", lapses_on__lt=day)
    groups: Any = {group: Count("pk", filter=lapsed & Q(**{group: True})) for group in FOCUS}
    for row in over.annotate(overdue=Count("pk"), over=Count("pk", filter=lapsed), **groups):
        found.setdefault(row.pop("at"), Figures()).add(Figures(**row))
    return found


@dataclass(frozen=True)
class Column:
    """A column of counts, and the filter by which its number opens in the list."""

    label: str
    value: Callable[[Figures], int]
    opens: dict[str, str]
    bad: bool = False


COLUMNS = (
    Column("应访", lambda f: f.due, {"state": "due"}),
    Column("已访", lambda f: f.made, {"state": "made"}),
    Column("其中逾期", lambda f: f.made_late, {"state": "made_late"}),
    Column("逾期未访", lambda f: f.overdue, {"state": "overdue"}, bad=True),
    Column("未能联系", lambda f: f.unreachable, {"state": "unreachable"}),
    Column("超过间隔", lambda f: f.over, {"state": "over"}, bad=True),
    *(
        Column(f"其中{group.label}", attrgetter(group.value), {"state": "over", "focus": group.value})
        for group in FocusGroup
    ),
)


def counts_table(found: Counts) -> dict[str, Any]:
    """For components/data_table.html."""
    columns = [{"label": "单位", "kind": "text"}, *({"label": each.label, "kind": "num"} for each in COLUMNS)]
    rows = [{"cells": _cells(row, found, down=True)} for row in found.rows]
    total = _cells(found.total, found, down=False)
    alone = [{"cells": total}]
    total = [{"text": "合计"}, *total[1:]]
    table = {"columns": columns, "rows": rows or alone, "caption": "探访统计", "dense": True}
    return table | {"total": total if rows else None}


def _cells(row: UnitRow, found: Counts, *, down: bool) -> list[dict[str, Any]]:
    below = down and row.unit.level < Level.STATION
    here = f"{reverse('visit_counts')}?unit={row.unit.pk}&month={found.month}" if below else ""
    cells: list[dict[str, Any]] = [{"text": row.unit.name, "href": here}]
    for column in COLUMNS:
        value = column.value(row.figures)
        query = urlencode({"unit": row.unit.pk, "month": str(found.month), **column.opens})
        cells.append(
            {
                "value": value,
                "href": f"{reverse('visit_list')}?{query}" if value else "",
                "bad": column.bad and value > 0,
            }
        )
    return cells

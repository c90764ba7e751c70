"""Visits: due, made, late, given up; people of 一老一小一孤一困 whose interval has run out (R13)."""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q, QuerySet

from clients.models import FocusGroup
from policies.models import ProvisionKind as Rule
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count
from reporting.measures.parameters import DAY, FIRST, LAST
from visits.models import Visit
from visits.models.visits import NO_FOCUS


def _due() -> QuerySet:
    return Visit.objects.due_between(FIRST, LAST).values("station_id")


def _made() -> QuerySet:
    return Visit.objects.made_between(FIRST, LAST).values("station_id")


def _unreachable() -> QuerySet:
    return Visit.objects.unreachable_between(FIRST, LAST).values("station_id")


def _overdue() -> QuerySet:
    return Visit.objects.overdue_at(DAY).values("station_id")


def _over() -> QuerySet:
    return Visit.objects.over_interval_at(DAY).values("station_id")


DUE = Source("visits_due", "应访", _due, flow=True)
MADE = Source("visits_made", "已访", _made, flow=True)
UNREACHABLE = Source("visits_unreachable", "未能联系", _unreachable, flow=True)
OVERDUE = Source("visits_overdue", "逾期未访", _overdue)
OVER = Source("visits_over", "超过间隔", _over)

IN_TIME = Q(closed_on__lte=F("due_on"))

MEASURES = [
    *DUE.counts(("visits_due", "本月应访", count())),
    *MADE.counts(
        ("visits_made", "本月已探访", count()),
        ("visits_in_time", "按期探访", count(IN_TIME)),
        ("visits_made_late", "逾期探访", count(~IN_TIME)),
    ),
    *UNREACHABLE.counts(("visits_unreachable", "未能联系", count())),
    *OVERDUE.counts(("visits_overdue", "逾期未访", count())),
    *OVER.counts(
        ("people_over_interval", "超过探访间隔", count()),
        ("focus_over_interval", "重点人群超过探访间隔", count(~NO_FOCUS)),
        *(
            (f"over_interval_{group.value}", f"{group.label}超过探访间隔", count(Q(**{group.value: True})))
            for group in FocusGroup
        ),
    ),
]

HIGHER, LOWER, NONE = Direction.HIGHER, Direction.LOWER, Direction.NONE
indicator = partial(Indicator, group=Group.VISIT)
visit_list = partial(Records.of, "visit_list")
CLAUSE = "R13 探访"

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("visits_due", "本月应访", "次", "visits_due", None, NONE,
              CLAUSE, visit_list(state="due")),
    indicator("visits_made", "本月已探访", "次", "visits_made", None, HIGHER,
              CLAUSE, visit_list(state="made")),
    indicator("visits_in_time", "按期探访占比", "%", "visits_in_time", "visits_made", HIGHER,
              CLAUSE, visit_list(state="made")),
    indicator("visits_made_late", "逾期探访", "次", "visits_made_late", None, LOWER,
              CLAUSE, visit_list(state="made_late")),
    indicator("visits_unreachable", "未能联系", "次", "visits_unreachable", None, LOWER,
              CLAUSE, visit_list(state="unreachable")),
    indicator("visits_overdue", "逾期未访", "次", "visits_overdue", None, LOWER,
              CLAUSE, visit_list(state="overdue"), rule=Rule.VISIT_INTERVAL),
    indicator("people_over_interval", "超过探访间隔", "人", "people_over_interval", None, LOWER,
              CLAUSE, visit_list(state="over"), rule=Rule.VISIT_INTERVAL),
    indicator("focus_over_interval", "重点人群超过探访间隔", "人", "focus_over_interval", None, LOWER,
              CLAUSE, visit_list(state="over", focus="any"), rule=Rule.VISIT_INTERVAL),
    *(
        indicator(f"over_interval_{group.value}", f"{group.label}超过探访间隔", "人", f"over_interval_{group.value}",
                  None, LOWER, "R13 一老一小一孤一困", visit_list(state="over", focus=group.value))
        for group in FocusGroup
    ),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

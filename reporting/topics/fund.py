"""Money (R12): what came in, was spent and lies, each unit's own; of a unit above stations, of its whole subtree.

What is passed down inside a subtree is no income of it: an arrival counts for the receiver and against the sender, on
the day it was confirmed. So what came in is what was spent, lies there, or is on its way from there.
"""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q, QuerySet

from funds.models import Entry, EntryKind
from funds.models.vocabulary import OBTAINED, USED
from policies.models import ProvisionKind as Rule
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import DERIVED, Measure, Place, Source, Values
from reporting.measures.aggregates import total_fen
from reporting.measures.parameters import DAY, YEAR

BETWEEN = (EntryKind.ARRIVED, EntryKind.RETURNED)


def _entries() -> QuerySet:
    return Entry.objects.until(DAY).values("unit_id")


def _passed_down() -> QuerySet:
    """Arrivals and returns by their sender."""
    rows = Entry.objects.until(DAY).filter(kind__in=BETWEEN)
    return rows.annotate(sender=F("allocation__from_unit_id")).values("sender")


ENTRIES = Source("entries", "资金台账", _entries, station="unit_id", above=True)
PASSED_DOWN = Source("passed_down", "资金下达", _passed_down, station="sender", above=True)

OF_YEAR = Q(fund__year=YEAR)


def received(values: Values, place: Place) -> int:
    return values.get("funds_obtained", 0) - values.get("funds_passed_down", 0)


MEASURES = [
    *ENTRIES.counts(
        ("funds_obtained", "本年资金到账（含层级间）", total_fen(OF_YEAR & Q(kind__in=OBTAINED))),
        ("funds_spent", "本年资金支出", total_fen(OF_YEAR & Q(kind__in=USED), sign=-1)),
        ("funds_held", "资金结存", total_fen()),
        decimals=2,
    ),
    *PASSED_DOWN.counts(("funds_passed_down", "本年资金下达到账", total_fen(OF_YEAR)), decimals=2),
    Measure("funds_received", "本年到位资金", DERIVED, derive=received, level=None, additive=False, decimals=2),
]

indicator = partial(Indicator, group=Group.FUND, rule=Rule.FUND_PURPOSE)
ledger = partial(Records.of, "fund_ledger")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("funds_received", "本年到位资金", "元", "funds_received", None, Direction.NONE,
              "R12 专款专用", ledger(flow="in")),
    indicator("funds_spent", "本年资金支出", "元", "funds_spent", None, Direction.NONE,
              "R12 专款专用", ledger(flow="out")),
    indicator("execution", "资金执行率", "%", "funds_spent", "funds_received", Direction.HIGHER,
              "R12 专款专用", ledger(flow="out")),
    indicator("funds_held", "资金结存", "元", "funds_held", None, Direction.NONE,
              "R12 专款专用", ledger()),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

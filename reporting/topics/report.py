"""Monthly reports (R7): owed, sent, in time, approved."""

from __future__ import annotations

from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from policies.models import ProvisionKind as Rule
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count, flag
from reporting.measures.parameters import MONTH, SYMBOLIC_MONTH
from reporting.models import MonthlyReport, ReportState
from reporting.topics.building import SPELLS
from reporting.words import Punctuality, QueueState, operating_during, owing_spells


def _reports() -> QuerySet:
    """Only of stations that owe one, so that no share exceeds 1."""
    owing = Exists(owing_spells(SYMBOLIC_MONTH).filter(station=OuterRef("station")))
    return MonthlyReport.objects.filter(owing, month=MONTH).values("station_id")


REPORTS = Source("reports", "月报", _reports, flow=True)

MEASURES = [
    *SPELLS.counts(("reports_expected", "应报月报", flag(operating_during(SYMBOLIC_MONTH)))),
    *REPORTS.counts(
        ("reports_submitted", "已报月报", count(Q(submitted_at__isnull=False))),
        ("reports_on_time", "按时上报的月报", count(Q(on_time=True))),
        ("reports_late", "逾期上报的月报", count(Q(on_time=False))),
        ("reports_approved", "已通过的月报", count(Q(state=ReportState.APPROVED))),
    ),
]

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER
indicator = partial(Indicator, group=Group.REPORT, rule=Rule.MONTHLY_REPORT, settled=True)
report_list = partial(Records.of, "report_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("reports_expected", "应报月报", "份", "reports_expected", None, Direction.NONE,
              "R7 月报", report_list()),
    indicator("reports_submitted", "月报上报率", "%", "reports_submitted", "reports_expected", HIGHER,
              "R7 月报", report_list(state=QueueState.SENT.value)),
    indicator("reports_on_time", "月报按时上报率", "%", "reports_on_time", "reports_expected", HIGHER,
              "R7 次月3日前上报", report_list(on_time=Punctuality.YES.value), headline=True),
    indicator("reports_late", "逾期上报的月报", "份", "reports_late", None, LOWER,
              "R7 次月3日前上报", report_list(on_time=Punctuality.NO.value)),
    indicator("reports_approved", "月报审核通过率", "%", "reports_approved", "reports_expected", HIGHER,
              "R7 月报", report_list(state=QueueState.APPROVED.value)),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

"""Who owes a monthly report (R7), and the queue of a month's reports, the missing ones included."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet

from common.months import Month
from reporting.models import ReportState
from services.models import ServiceRecord
from stations.models import Station, StationKind, StationStatus, StatusSpell
from stations.models.dated import during


class QueueState(models.TextChoices):
    """Where a station stands with a month's report: the states of a report that was sent, any of them, and none."""

    MISSING = "MISSING", "未报"
    SENT = "SENT", "已报（不论审核）"
    OPEN = "OPEN", "已报未通过"
    SUBMITTED = "SUBMITTED", "待审核"
    RETURNED = "RETURNED", "已退回"
    APPROVED = "APPROVED", "已通过"


class Punctuality(models.TextChoices):
    """How it stands against R7."""

    YES = "yes", "按时上报"
    NO = "no", "迟报"
    LATE = "late", "未按时（迟报或未报）"


def operating_during(month: Month) -> Q:
    """Spells of operation that share a day with the month, where the station is recorded here by then."""
    return Q(
        Q(station__records_from=None) | Q(station__records_from__lte=month.last),
        during(month.first, month.last),
        status=StationStatus.OPERATING,
    )


def owing_spells(month: Month) -> QuerySet[StatusSpell]:
    """The spells that make their stations owe the month's report: operating stations of kind STATION."""
    return StatusSpell.objects.filter(operating_during(month), station__kind=StationKind.STATION)


def owes(station: Station, month: Month) -> bool:
    """Does this station owe the report of `month`?"""
    return owing_spells(month).filter(station=station).exists()


def queue(stations: QuerySet[Station], month: Month) -> QuerySet[Station]:
    """Those of `stations` that owe the month's report, each with its report (or none) joined as `report`."""
    owing = stations.filter(Exists(owing_spells(month).filter(station=OuterRef("pk"))))
    return owing.annotate(report=FilteredRelation("reports", condition=Q(reports__month=month)))


SENT = Q(report__submitted_at__isnull=False)
# Conditions on a `queue`. A draft was not sent: to everyone but its writer the report is missing.
IN_STATE: dict[QueueState, Q] = {
    QueueState.MISSING: ~SENT,
    QueueState.SENT: SENT,
    QueueState.OPEN: SENT & ~Q(report__state=ReportState.APPROVED),
    QueueState.SUBMITTED: Q(report__state=ReportState.SUBMITTED),
    QueueState.RETURNED: Q(report__state=ReportState.RETURNED),
    QueueState.APPROVED: Q(report__state=ReportState.APPROVED),
}
PUNCTUAL: dict[Punctuality, Q] = {
    Punctuality.YES: Q(report__on_time=True),
    Punctuality.NO: Q(report__on_time=False),
    Punctuality.LATE: ~SENT | Q(report__on_time=False),
}


def state_counts(rows: QuerySet[Station]) -> dict[QueueState, int]:
    """How many stations of a `queue` stand in each state."""
    counts = rows.order_by().aggregate(**{state.name: Count("pk", filter=where) for state, where in IN_STATE.items()})
    return {state: counts[state.name] for state in IN_STATE}


def valid_services(station: Station, month: Month) -> QuerySet[ServiceRecord]:
    """The services that count in the month: not voided."""
    return ServiceRecord.objects.filter(station=station, month=month, voided_at=None)

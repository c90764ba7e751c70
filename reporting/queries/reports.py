"""Who owes a monthly report (R7), and the queue of a month's reports, the missing ones included."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from common.months import Month
from reporting.models import ReportState
from reporting.words import Punctuality, QueueState, owing_spells
from services.models import ServiceRecord
from stations.models import Station


def owes(station: Station, month: Month) -> bool:
    """Does this station owe the report of `month`?"""
    return owing_spells(month).filter(station=station).exists()


def queue(stations: QuerySet[Station], month: Month) -> QuerySet[Station]:
    """Those of `stations` that owe the month's report, each with its report (or none) joined as `report`."""
    owing = stations.filter(Exists(owing_spells(month).filter(station=OuterRef("pk"))))
    return owing.annotate(report=FilteredRelation("reports", condition=Q(reports__month=month)))


SORTS: dict[str, tuple[Any, ...]] = {
    "station": ("unit__path",),
    "-station": ("-unit__path",),
    "submitted": (F("report__submitted_at").asc(nulls_last=True), "unit__path"),
    "-submitted": (F("report__submitted_at").desc(nulls_first=True), "unit__path"),
}
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


def filtered(rows: QuerySet[Station], asked: dict[str, Any]) -> QuerySet[Station]:
    if asked.get("state"):
        rows = rows.filter(IN_STATE[QueueState(asked["state"])])
    if asked.get("on_time"):
        rows = rows.filter(PUNCTUAL[Punctuality(asked["on_time"])])
    return rows


def state_counts(rows: QuerySet[Station]) -> dict[QueueState, int]:
    """How many stations of a `queue` stand in each state."""
    counts = rows.order_by().aggregate(**{state.name: Count("pk", filter=where) for state, where in IN_STATE.items()})
    return {state: counts[state.name] for state in IN_STATE}


def valid_services(station: Station, month: Month) -> QuerySet[ServiceRecord]:
    """The services that count in the month: not voided."""
    return ServiceRecord.objects.filter(station=station, month=month, voided_at=None)

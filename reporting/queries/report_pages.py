"""What the pages of monthly reports show: rows of the queue, and one report's figures and timing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from common.months import Month
from policies.models import Provision
from policies.queries import RuleBook
from reporting.display import Shown, shown, shown_frozen
from reporting.facets import FACETS
from reporting.figures import figures_of
from reporting.layout import REPORT_SECTIONS, parts
from reporting.models import MonthlyReport, ReportState
from reporting.queries.places import place_of
from reporting.queries.timing import Timing, monthly_due, timing_of
from stations.models import Station

TONES = {
    ReportState.DRAFT: "muted",
    ReportState.SUBMITTED: "info",
    ReportState.RETURNED: "warn",
    ReportState.APPROVED: "ok",
}


@dataclass(frozen=True)
class QueueRow:
    """A station that owes the month's report, and how it stands."""

    station: Station
    month: Month
    report: MonthlyReport | None
    timing: Timing

    @property
    def place(self) -> str:
        """Names of the county and township above the station."""
        return place_of(self.station.unit)


def reports_of(stations: Iterable[Station], months: Iterable[Month]) -> dict[tuple[int, Month], MonthlyReport]:
    """(station id, month) → report, without the long texts; one query."""
    rows = (
        MonthlyReport.objects.filter(station__in=[station.pk for station in stations], month__in=list(months))
        .select_related("due_provision__document", "reviewed_by")
        .defer("summary", "problems", "plan", "figures")
    )
    return {(row.station_id, row.month): row for row in rows}


def queue_rows(stations: list[Station], month: Month, now: datetime) -> list[QueueRow]:
    """Rows of a page. Three queries whatever their number; none for an empty page."""
    if not stations:
        return []
    reports = reports_of(stations, [month])
    rules = RuleBook.load([station.unit.path for station in stations])
    rows = []
    for station in stations:
        report = reports.get((station.pk, month))
        sent = report is not None and report.submitted_at is not None
        due = None if sent else monthly_due(rules, station.unit.path, month)
        rows.append(QueueRow(station, month, report, timing_of(report, due, now)))
    return rows


def timing_for(station: Station, month: Month, report: MonthlyReport | None, now: datetime) -> Timing:
    """How one report, or its absence, stands."""
    if report is not None and report.submitted_at is not None:
        return timing_of(report, None, now)
    path = station.unit.path
    return timing_of(report, monthly_due(RuleBook.load([path]), path, month), now)


def document_url(timing: Timing) -> str:
    """The page of the document that the due date rests on; one query."""
    if timing.provision_id is None:
        return ""
    document_id = Provision.objects.values_list("document_id", flat=True).get(pk=timing.provision_id)
    return reverse("document_detail", args=[document_id])


# ---- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FacetTable:
    """Parts of the month's services: name, number of services, contacts."""

    title: str
    rows: list[tuple[str, Shown, Shown]]


@dataclass(frozen=True)
class ReportFigures:
    """The numbers of a report. `at`: when they were frozen or counted; None: never counted."""

    frozen: bool
    at: datetime | None
    sections: list[tuple[str, list[Shown]]]
    tables: list[FacetTable]


def is_frozen(report: MonthlyReport | None) -> bool:
    """Does the report show the numbers of its submission? While it is with its writer, it shows the living ones."""
    return report is not None and report.state in (ReportState.SUBMITTED, ReportState.APPROVED)


def report_figures(
    station: Station, month: Month, report: MonthlyReport | None, sent_at: datetime | None
) -> ReportFigures:
    """Frozen once the report is sent (`sent_at`: for the last time), living before (one query)."""
    unit = station.unit
    if report is not None and is_frozen(report):
        kept: Mapping[str, Any] = report.figures or {}
        indicators = kept.get("indicators", {})
        pick = _picker(lambda key, label: shown_frozen(key, indicators, unit, month, label=label))
        return ReportFigures(True, sent_at, *pick)
    figures = figures_of(unit, month)
    pick = _picker(lambda key, label: shown(figures[key], unit, month, label=label))
    return ReportFigures(False, figures.computed_at, *pick)


def _picker(show: Any) -> tuple[list[tuple[str, list[Shown]]], list[FacetTable]]:
    sections = [
        (title, [figure for key in keys if (figure := show(key, "")) is not None]) for title, keys in REPORT_SECTIONS
    ]
    tables = []
    for facet, said in FACETS.items():
        rows = []
        for (name, services), (_, contacts) in zip(parts(facet, "services"), parts(facet, "contacts"), strict=True):
            pair = show(services.key, name), show(contacts.key, name)
            if None not in pair:
                rows.append((name, *pair))
        tables.append(FacetTable(said.title, rows))
    return sections, tables


def state_of(report: MonthlyReport | None) -> tuple[str, str]:
    """Label and tone of the badge: a draft was not sent, so it is missing."""
    if report is None:
        return "未报", "muted"
    label = "草稿" if report.state == ReportState.DRAFT else ReportState(report.state).label
    return label, TONES[ReportState(report.state)]

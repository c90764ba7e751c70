"""Facts put straight into the tables, for tests that count them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from common.months import Month
from reporting.models import MonthlyReport, ReportState, UnitMonth
from services.models import Domain, Method, ServiceRecord
from stations.models import Certificate, EmployerKind, Employment, Station, StationPosting, Worker

SHANGHAI = ZoneInfo("Asia/Shanghai")
OCTOBER = Month(2023, 10)


def service(station: Station, day: date = date(2023, 10, 10), **fields: Any) -> ServiceRecord:
    """A visit to three old people."""
    values: dict[str, Any] = {
        "title": "探访",
        "domain": Domain.ELDERLY_CARE,
        "method": Method.VISIT,
        "contacts": 3,
        "elderly": 3,
        "hours": Decimal("1.5"),
        "on_time": True,
        **fields,
    }
    values["administrative"] = values["method"] == Method.CLERICAL
    return ServiceRecord.objects.create(
        station=station,
        month=Month.of(day),
        starts_on=day,
        ends_on=day,
        entered_at=datetime(day.year, day.month, day.day, 20, tzinfo=SHANGHAI),
        **values,
    )


def worker(station: Station, *, certified: bool = False, full_time: bool | None = None, since: date) -> Worker:
    """Posted to the station since that day; `full_time=None`: not employed by anyone."""
    person = Worker.objects.create(unit=station.unit, name="某社工")
    StationPosting.objects.create(worker=person, station=station, starts_on=since)
    if certified:
        Certificate.objects.create(worker=person, level="ASSISTANT", number=f"N{person.pk}", issued_on=since)
    if full_time is not None:
        Employment.objects.create(
            worker=person, employer_kind=EmployerKind.AGENCY, employer_name="某", full_time=full_time, starts_on=since
        )
    return person


def report(station: Station, month: Month = OCTOBER, *, on_time: bool | None, approved: bool = False) -> MonthlyReport:
    """A report that was sent; `on_time=None`: a draft."""
    if on_time is None:
        return MonthlyReport.objects.create(station=station, month=month)
    return MonthlyReport.objects.create(
        station=station,
        month=month,
        state=ReportState.APPROVED if approved else ReportState.SUBMITTED,
        figures={},
        on_time=on_time,
        submitted_at=datetime(month.year, month.month, 28, 9, tzinfo=SHANGHAI),
    )


def snapshots() -> dict[tuple[str, Month], dict[str, int]]:
    """(unit name, month) → measures, of all snapshots."""
    return {(row.unit.name, row.month): row.measures for row in UnitMonth.objects.select_related("unit")}

"""Two at once on one report, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from common.months import Month
from reporting.actions import approve_report, open_report, return_report, save_report, submit_report
from reporting.models import MonthlyReport, ReportState, ReportStep
from services.models import MonthLock
from tests.reporting.facts import service
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]

SEPTEMBER = Month(2023, 9)


@pytest.fixture
def report(world, rules, time_machine) -> MonthlyReport:
    """A draft that is ready to be sent."""
    time_machine.move_to(datetime(2023, 10, 8, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
    service(world.station(), date(2023, 9, 12))
    report = open_report(by=world.worker, station=world.station(), month=SEPTEMBER)
    return save_report(by=world.worker, report=report, summary="走访", problems="", plan="", zero_confirmed=False)


def refusals(results: list[Any]) -> list[ValidationError]:
    assert all(isinstance(result, MonthlyReport | ValidationError) for result in results), results
    return [result for result in results if isinstance(result, ValidationError)]


@pytest.mark.parametrize("attempt", range(3))
def test_opening_at_once_makes_one_draft(world, rules, time_machine, attempt):
    time_machine.move_to(datetime(2023, 10, 8, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
    station = world.station()
    acts = [lambda: open_report(by=world.worker, station=station, month=SEPTEMBER) for _ in range(3)]
    assert refusals(together(*acts)) == []
    assert MonthlyReport.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_sending_at_once_is_one_submission(world, report, attempt):
    results = together(*[lambda: submit_report(by=world.worker, report=report) for _ in range(2)])
    assert len(refusals(results)) == 1
    assert ReportStep.objects.filter(report=report).count() == 1
    assert MonthLock.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_reviewers_at_once_one_gets_a_message(world, report, attempt):
    report = submit_report(by=world.worker, report=report)
    results = together(
        lambda: approve_report(by=world.county, report=report),
        lambda: return_report(by=world.city, report=report, comment="请补充"),
    )
    refused = refusals(results)
    assert len(refused) == 1
    assert "可能刚被别人处理过" in refused[0].messages[0]
    report.refresh_from_db()
    assert MonthLock.objects.exists() == (report.state == ReportState.APPROVED)
    assert report.steps.count() == 2

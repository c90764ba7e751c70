"""What the demo's reports froze: everything that their month held."""

import pytest

from common.months import Month
from reporting.demo.reports import freeze_reports
from reporting.models import MonthlyReport
from tests.casework import cases
from tests.reporting import facts

pytestmark = pytest.mark.django_db


def test_a_demo_report_is_frozen_with_the_cases_of_its_month(world, rules, time_machine):
    time_machine.move_to("2026-10-20T10:00:00+08:00")
    case = cases.opened(world)
    report = facts.report(case.station, Month.of(case.opened_on), on_time=True)
    MonthlyReport.objects.filter(pk=report.pk).update(is_demo=True, figures={})
    freeze_reports()
    report.refresh_from_db()
    assert report.figures["measures"]["cases_open"] == 1

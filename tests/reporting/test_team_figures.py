"""Certificates that run out move the figures (R4), and the list that a figure opens shows the same people."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from common.months import Month
from reporting.compute import compute_month
from reporting.models import UnitMonth
from stations.actions import renew_certificate
from stations.models import Certificate, Worker
from tests.reporting.facts import worker

MONTHS = [Month(2023, 9), Month(2023, 10), Month(2023, 11), Month(2023, 12)]


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2023-12-15T10:00:00+08:00", tick=False)


@pytest.fixture
def team(world) -> list[Worker]:
    """Three certified since 2023-09-01; the first one's registration runs out on 30 October."""
    people = [worker(world.station(), certified=True, since=date(2023, 9, 1)) for _ in range(3)]
    Certificate.objects.filter(worker=people[0]).update(valid_until=date(2023, 10, 30))
    return people


def certified(unit: str) -> list[int]:
    for month in MONTHS:
        compute_month(month)
    rows = {row.month: row.measures for row in UnitMonth.objects.filter(unit__name=unit)}
    return [rows[month].get("workers_certified", 0) for month in MONTHS]


def test_an_expired_certificate_counts_no_more_from_the_day_after(team):
    assert certified("榆次区") == [3, 2, 2, 2]


def test_a_late_renewal_counts_from_its_day_and_leaves_the_past(team):
    renew_certificate(
        by=None,
        certificate=team[0].certificates.get(),
        registered_on=date(2023, 12, 1),
        valid_until=date(2026, 11, 30),
        expected=date(2023, 10, 30),
    )
    assert certified("榆次区") == [3, 2, 2, 3]


def test_the_list_behind_the_figure_shows_as_many(world, team, sign_in):
    client = sign_in(world.county)
    figures = certified("榆次区")
    for month, figure in zip(MONTHS, figures, strict=True):
        page = client.get(reverse("worker_list"), {"certified": "yes", "month": str(month)})
        assert page.context["page"].paginator.count == figure

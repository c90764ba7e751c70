"""Certificates that run out move the figures (R4), and the list that a figure opens shows the same people."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
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


# ---- “需要处理” of a county and below


def todos(client, unit) -> dict[str, str]:
    """Title → the address behind it."""
    cache.clear()  # rendered pieces are kept for a minute
    page = client.get(reverse("dashboard", args=[unit.pk]))
    return {item.title: item.href for item in page.context["todos"]}


def test_a_county_is_told_whose_certificate_is_about_to_run_out(world, rules, team, sign_in):
    client, county = sign_in(world.county), world.units["榆次区"]
    Certificate.objects.filter(worker=team[1]).update(valid_until=date(2024, 1, 31))
    compute_month(MONTHS[-1])
    href = todos(client, county)["驻站社工证书即将到期"]
    assert [row.pk for row in client.get(href).context["rows"]] == [team[1].pk]


def test_a_county_is_told_which_stations_lack_workers(world, rules, team, sign_in):
    client, county = sign_in(world.county), world.units["榆次区"]
    compute_month(MONTHS[-1])
    href = todos(client, county)["社工站驻站人数不足"]
    assert [row.name for row in client.get(href).context["found"].short] == ["锦纶街道社工站"]


def test_nothing_is_told_where_nothing_is_missing(world, rules, team, sign_in):
    compute_month(MONTHS[-1])
    told = todos(sign_in(world.township), world.units["北关街道"])
    assert not {"驻站社工证书即将到期", "社工站驻站人数不足"} & told.keys()

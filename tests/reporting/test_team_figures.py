"""Certificates that run out move the figures (R4), and the list that a figure opens shows the same people."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.months import Month
from policies.models import PolicyDocument, Provision, ProvisionKind
from reporting.compute import compute_month
from reporting.models import UnitMonth
from stations.actions import renew_certificate
from stations.models import Attendance, Certificate, Training, TrainingKind, Worker
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


def ruled(unit, kind: ProvisionKind, **parameters: int) -> None:
    document = PolicyDocument.objects.create(
        number=f"{unit}〔2023〕{kind}", title="通知", issuer=unit, issued_on=date(2023, 1, 1)
    )
    Provision.objects.create(document=document, unit=unit, kind=kind, clause="二", parameters=parameters)


@pytest.fixture
def neighbours(world, team) -> list[Worker]:
    """One more at 太谷区; there and of `team` one certificate each runs out 47 days after mid-December."""
    there = worker(world.station("明星镇社工站"), certified=True, since=date(2023, 11, 1))
    Certificate.objects.filter(worker__in=[team[1], there]).update(valid_until=date(2024, 1, 31))
    return [team[1], there]


def people(client, **query) -> set[int]:
    return {row.pk for row in client.get(reverse("worker_list"), query).context["rows"]}


@pytest.mark.parametrize(("city", "county", "own"), [(90, 30, 1), (30, 90, 0), (90, 90, 2), (30, 30, None)])
def test_whose_certificate_runs_out_is_told_by_the_rule_of_each_ones_station(
    world, rules, neighbours, sign_in, city, county, own
):
    ruled(world.units["晋中市"], ProvisionKind.CERTIFICATE_EXPIRY, days=city)
    ruled(world.units["榆次区"], ProvisionKind.CERTIFICATE_EXPIRY, days=county)
    told = {1: neighbours[1:], 0: neighbours[:1], 2: neighbours, None: []}[own]
    compute_month(MONTHS[-1])
    figure = UnitMonth.objects.get(unit=world.units["晋中市"], month=MONTHS[-1]).measures.get("workers_expiring", 0)
    client = sign_in(world.city)
    assert people(client, certified="expiring") == {person.pk for person in told}
    assert figure == len(told)
    rows = client.get(reverse("worker_list")).context["rows"]
    assert {row.pk for row in rows if row.expiring} == {person.pk for person in told}


def test_training_is_short_by_the_rule_of_each_ones_station(world, rules, neighbours, sign_in):
    training = Training.objects.create(
        unit=world.units["晋中市"], topic="个案", kind=TrainingKind.SKILLS, organiser="市民政局",
        held_from=date(2023, 12, 1), held_to=date(2023, 12, 3), hours=20,
    )  # fmt: skip
    for person in neighbours:
        Attendance.objects.create(training=training, worker=person, hours=20)
    ruled(world.units["晋中市"], ProvisionKind.TRAINING_HOURS, hours=24)
    ruled(world.units["榆次区"], ProvisionKind.TRAINING_HOURS, hours=12)
    client = sign_in(world.city)
    here, there = (person.pk for person in neighbours)
    assert people(client, training="met") == {here}
    assert there in people(client, training="short")
    assert here not in people(client, training="short")
    short = {row.pk: row.hours_short for row in client.get(reverse("worker_list")).context["rows"]}
    assert (short[here], short[there]) == (0, 4)


def test_the_rules_of_many_counties_cost_the_list_no_further_query(world, rules, neighbours, sign_in):
    client = sign_in(world.city)
    costs = []
    for unit, days in [("晋中市", 60), ("榆次区", 30), ("太谷区", 90), ("介休市", 20)]:
        ruled(world.units[unit], ProvisionKind.CERTIFICATE_EXPIRY, days=days)
        people(client, certified="expiring")
        with CaptureQueriesContext(connection) as asked:
            people(client, certified="expiring")
        costs.append(len(asked))
    assert len(set(costs)) == 1


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

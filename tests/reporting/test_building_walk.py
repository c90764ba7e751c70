"""Plan → build → accept → hang the sign → operate, by three roles on their pages; 晋中市's figures follow each step."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.actions import add_unit
from accounts.roles import Role
from common.months import Month
from files.models import Attachment
from reporting.compute import compute_month
from reporting.figures import figures_of
from stations.models import Acceptance, Station, StationStatus, StatusSpell
from stations.queries.checklist import checklist
from tests.files.samples import photo
from tests.world import make_user

S = StationStatus
NAME = "东阳镇社工站"
# Each step in a month of its own, so that the month before and the month itself tell what it moved.
STEPS = {
    "placed": date(2024, 1, 15),
    S.BUILDING: date(2024, 2, 15),
    S.COMPLETED: date(2024, 3, 15),
    "failed": date(2024, 4, 15),
    S.ACCEPTED: date(2024, 5, 15),
    S.SIGN_HUNG: date(2024, 6, 15),
    S.OPERATING: date(2024, 7, 15),
}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2024-08-20T10:00:00+08:00", tick=False)


@pytest.fixture
def town(world, rules):
    """东阳镇 of 榆次区, without a station, and its manager."""
    unit = add_unit(parent=world.units["榆次区"], name="东阳镇", code="140702101000")
    world.users["dongyang"] = make_user("dongyang", "高（演示）", (Role.TOWNSHIP_MANAGER, unit))
    return unit


def record(client, station: Station, status: StationStatus, **extra):
    expected = StatusSpell.objects.current().get(station=station).pk
    values = {"status": status, "on": str(STEPS[status]), "expected": expected, **extra}
    return client.post(reverse("station_status", args=[station.pk]), values)


def hold(client, station: Station, on: date, **fields):
    """An acceptance on the page; `fields` beyond the items, all of which are met unless `fields` say otherwise."""
    items = {f"item_{item.key}": "yes" for item in checklist(station.unit.path, on)}
    number = station.acceptances.count() + 1
    values = {"held_on": str(on), "members": "王（演示）", "expected": number, **items, **fields}
    return client.post(reverse("acceptance_record", args=[station.pk]), values)


def walk(world, town, sign_in) -> Station:
    """County places, township builds and completes, county fails and accepts, township hangs the sign and operates."""
    county, township = sign_in(world.county), sign_in(world.dongyang)
    placed = county.post(reverse("station_place"), {"townships": [town.pk], "started_on": str(STEPS["placed"])})
    assert placed.status_code == 302
    station = Station.objects.select_related("unit").get(unit__name=NAME)
    assert record(township, station, S.BUILDING, uploads=[photo()]).status_code == 302
    assert record(township, station, S.COMPLETED).status_code == 302
    wanted = checklist(station.unit.path, STEPS["failed"])
    bad = {f"item_{wanted[0].key}": "no", f"comment_{wanted[0].key}": "没有室外标志（演示）"}
    failed = hold(county, station, STEPS["failed"], passed="no", comments="整改", correct_by="2024-05-10", **bad)
    assert failed.status_code == 302
    assert hold(county, station, STEPS[S.ACCEPTED], passed="yes").status_code == 302
    assert record(township, station, S.SIGN_HUNG).status_code == 302
    assert record(township, station, S.OPERATING).status_code == 302
    return station


def test_three_roles_bring_a_station_from_plan_to_operation_on_their_pages(world, town, sign_in):
    station = walk(world, town, sign_in)
    spells = StatusSpell.objects.filter(station=station).order_by("starts_on")
    told = [(spell.status, spell.starts_on, spell.recorded_by) for spell in spells]
    county, manager = world.county, world.dongyang
    assert told == [
        (S.PLANNED, STEPS["placed"], county),
        (S.BUILDING, STEPS[S.BUILDING], manager),
        (S.COMPLETED, STEPS[S.COMPLETED], manager),
        (S.ACCEPTED, STEPS[S.ACCEPTED], county),
        (S.SIGN_HUNG, STEPS[S.SIGN_HUNG], manager),
        (S.OPERATING, STEPS[S.OPERATING], manager),
    ]
    assert [(row.round, row.passed) for row in Acceptance.objects.filter(station=station)] == [(1, False), (2, True)]
    assert Attachment.objects.get().target == spells[1]
    html = sign_in(world.city).get(reverse("station_detail", args=[station.pk])).content.decode()
    for words in ("验收", "第 1 轮验收不合格", "现场.jpg", "高（演示）"):
        assert words in html


def test_the_figures_of_the_city_move_at_the_date_of_each_step(world, town, sign_in):
    walk(world, town, sign_in)
    city = world.units["晋中市"]
    seen = {}
    for number in range(1, 8):
        month = Month(2024, number)
        compute_month(month)
        figures = figures_of(city, month)
        coverage = figures["coverage"]
        keys = ("stations_completed", "stations_sign_hung", "stations_operating")
        seen[number] = (coverage.numerator, coverage.denominator, *(figures.measures.get(key, 0) for key in keys))
    before = (4, 5, 4, 4, 4)  # four of five townships have a station, all in operation
    assert seen == {
        1: before,
        2: before,
        3: (5, 5, 5, 4, 4),  # completed
        4: (5, 5, 5, 4, 4),  # failed: nothing moves
        5: (5, 5, 5, 4, 4),  # accepted
        6: (5, 5, 5, 5, 4),  # sign hung
        7: (5, 5, 5, 5, 5),  # operating
    }


def test_no_role_takes_the_step_of_another(world, town, sign_in):
    county, township = sign_in(world.county), sign_in(world.dongyang)
    assert township.get(reverse("station_place")).status_code == 403
    county.post(reverse("station_place"), {"townships": [town.pk], "started_on": str(STEPS["placed"])})
    station = Station.objects.get(unit__name=NAME)
    for status in (S.BUILDING, S.COMPLETED):
        record(township, station, status)
    assert township.get(reverse("acceptance_record", args=[station.pk])).status_code == 403
    offered = township.get(reverse("station_status", args=[station.pk]))
    assert list(offered.context["form"].fields["status"].widget.choices) == []
    assert "“验收”由县级民政干部登记；“撤销”由县级民政干部登记" in offered.content.decode()
    assert sign_in(world.city).get(reverse("station_status", args=[station.pk])).status_code == 403


def test_the_sign_waits_for_acceptance_with_the_reason(world, town, sign_in):
    county, township = sign_in(world.county), sign_in(world.dongyang)
    county.post(reverse("station_place"), {"townships": [town.pk], "started_on": str(STEPS["placed"])})
    station = Station.objects.get(unit__name=NAME)
    for status in (S.BUILDING, S.COMPLETED):
        record(township, station, status)
    response = record(township, station, S.SIGN_HUNG)
    assert "“建成”之后只能登记“验收”、“撤销”，不能登记“挂牌”" in response.content.decode()

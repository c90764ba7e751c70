"""Who opens a distinct count sees what: numbers above a township, names at the station."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Category
from reporting.compute import compute_month
from stations.models import SupervisorAssignment
from tests.clients.make import make_client
from tests.reporting.test_people import HERE, MONTH, serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(world, rules):
    """演示甲 (独居) and 演示乙 (低保) were served at 北关街道社工站."""
    station = world.station(HERE)
    clients = [make_client(station, "演示甲", categories=(Category.LIVING_ALONE,)),
               make_client(station, "演示乙", categories=(Category.DIBAO,))]  # fmt: skip
    serve(station, *clients)
    serve(station, clients[0])
    compute_month(MONTH)
    return clients


def page(client, unit, **params):
    return client.get(reverse("people_served"), {"unit": unit.pk, "month": str(MONTH), **params})


@pytest.mark.parametrize(
    ("who", "place"),
    [("county", "榆次区"), ("county", "北关街道"), ("county", HERE), ("city", "晋中市"), ("city", HERE),
     ("province", "山西省"), ("auditor", HERE), ("agency", HERE)],
)  # fmt: skip
def test_officials_see_numbers_and_no_names(world, served, sign_in, who, place):
    answer = page(sign_in(getattr(world, who)), world.units[place])
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "2 人" in text
    assert "演示甲" not in text
    assert "这里只显示人数" in text


@pytest.mark.parametrize(("who", "place"), [("worker", HERE), ("township", "北关街道"), ("township", HERE)])
def test_the_station_and_its_township_see_names(world, served, sign_in, who, place):
    text = page(sign_in(getattr(world, who)), world.units[place]).content.decode()
    assert "演示甲" in text
    assert "演示乙" in text
    assert reverse("client_detail", args=[served[0].pk]) in text


def test_a_focus_group_or_category_narrows_list_and_number_alike(world, served, sign_in):
    client = sign_in(world.worker)
    for params, name in (({"focus": "hardship"}, "演示乙"), ({"category": "LIVING_ALONE"}, "演示甲")):
        answer = page(client, world.units[HERE], **params)
        assert [row["name"] for row in answer.context["people"]] == [name]
        assert answer.context["figure"].text == "1"


def test_files_on_record_and_newly_opened(world, served, sign_in):
    make_client(world.station(HERE), "演示丙", opened_on=date(2026, 9, 2))
    compute_month(MONTH)
    client = sign_in(world.worker)
    assert len(page(client, world.units[HERE], kept="open").context["people"]) == 3
    assert [row["name"] for row in page(client, world.units[HERE], kept="opened").context["people"]] == ["演示丙"]


def test_a_unit_out_of_reach_is_not_found(world, served, sign_in):
    assert page(sign_in(world.outsider), world.units[HERE]).status_code == 404
    assert page(sign_in(world.worker), world.units["榆次区"]).status_code == 404


def test_a_supervisor_of_one_station_sees_no_names_of_the_county(world, served, sign_in):
    SupervisorAssignment.objects.create(
        station=world.station(HERE), user=world.county, lead=True, starts_on=date(2026, 1, 1)
    )
    client = sign_in(world.county)
    assert "演示甲" not in page(client, world.units["榆次区"]).content.decode()
    assert "演示甲" in page(client, world.units[HERE]).content.decode()


def test_two_filters_at_once_are_refused_in_words(world, served, sign_in):
    text = page(sign_in(world.worker), world.units[HERE], focus="elderly", category="DIBAO").content.decode()
    assert "请只选一项" in text


def test_the_page_costs_the_same_for_many_people(world, served, sign_in):
    client = sign_in(world.worker)
    page(client, world.units[HERE])
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(client, world.units[HERE])
    serve(world.station(HERE), *(make_client(world.station(HERE), f"演示{n}") for n in range(20)), contacts=20)
    with CaptureQueriesContext(connection) as many:
        page(client, world.units[HERE])
    assert len(many) == len(few) <= 22

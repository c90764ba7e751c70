"""People of one name in one list are told apart; who stands alone is called by the name alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from clients.queries.namesakes import told_apart
from services.queries.people import choosable
from stations.models import Sex
from tests.clients.make import make_client

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 20)


def test_sex_and_age_tell_namesakes_apart_and_the_number_of_the_file_where_they_do_not(world):
    station = world.station()
    old, young = (make_client(station, "演示甲", sex=Sex.FEMALE, born_on=date(year, 1, 1)) for year in (1950, 2016))
    like = make_client(station, "演示甲", sex=Sex.FEMALE, born_on=date(1950, 6, 1))
    unknown, alone = make_client(station, "演示甲"), make_client(station, "演示乙", sex=Sex.MALE)
    assert told_apart([old, young, unknown, alone, alone], DAY) == {
        old.pk: "演示甲 女76岁", young.pk: "演示甲 女10岁", unknown.pk: "演示甲", alone.pk: "演示乙",
    }  # fmt: skip
    told = told_apart([old, like, young], DAY)
    assert (told[old.pk], told[like.pk]) == (f"演示甲 女76岁 档案{old.pk}", f"演示甲 女76岁 档案{like.pk}")


def test_no_other_query_reads_what_tells_them_apart(world, django_assert_num_queries):
    for _ in range(3):
        make_client(world.station(), "演示甲", sex=Sex.FEMALE, born_on=date(1950, 1, 1))
    clients = choosable(world.worker, world.station())
    with django_assert_num_queries(1):
        assert len(told_apart(list(clients), DAY)) == 3


def test_today_offers_namesakes_told_apart(world, rules, sign_in):
    people = [make_client(world.station(), "演示甲", sex=sex) for sex in (Sex.FEMALE, Sex.MALE)]
    page = sign_in(world.worker).get(reverse("today"))
    assert page.context["people"] == {people[1].pk: "演示甲 男", people[0].pk: "演示甲 女"}

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.actions import add_unit
from accounts.models import FormerCode
from accounts.queries import crumbs, find_units, home_unit


@pytest.fixture
def taigu(world):
    FormerCode.objects.create(unit=world.units["太谷区"], code="140726000000", name="太谷县", changed_on="2019")
    return world.units["太谷区"]


def names(user, q, **options):
    return [hit.name for hit in find_units(user, q, **options)]


@pytest.mark.parametrize(
    "q", ["太谷", "太谷区", "tgq", "TGQ", "tg", "140703", "140703000000", "太谷县", "140726", " 太 谷 "]
)
def test_found_by_name_initials_code_former_name_and_former_code(taigu, world, q):
    assert names(world.city, q)[0] == "太谷区"


def test_a_hit_says_where_it_lies_and_what_it_was_called(taigu, world):
    (hit,) = find_units(world.city, "太谷县")
    assert hit.path == "山西省 › 晋中市 · 原 太谷县 140726"
    assert hit.level == "县"


@pytest.mark.parametrize("q", ["太谷", "tgq", "140703", "140726", "太谷县", "明星镇", "全国", "晋中"])
def test_outside_the_scope_nothing_is_found(taigu, world, q):
    assert names(world.county, q) == []


def test_stations_are_found_as_well(world):
    assert names(world.worker, "bgjd") == ["北关街道社工站"]


@pytest.mark.parametrize("q", ["", "  ", "%", "_", "\x00", "<b>", "'" * 500])
def test_odd_input_finds_nothing(world, q):
    assert names(world.root, q) == []


def test_a_closed_unit_comes_last_and_says_so(world):
    unit = add_unit(parent=world.units["榆次区"], name="北关")
    unit.closed_on = date(2021, 12, 31)
    unit.save()
    hits = find_units(world.county, "北关")
    assert [hit.name for hit in hits][-1] == "北关"
    assert hits[-1].level == "已撤销（2021-12-31）"
    assert "北关" not in names(world.county, "北关", live=True)


def test_the_cost_does_not_grow_with_the_hits(taigu, world, django_assert_num_queries):
    world.root.paths()
    for q in ("太谷", "街道", "14"):
        with django_assert_num_queries(3):
            find_units(world.root, q)


def test_the_page_head_gets_a_list_and_the_browser_a_page(taigu, world, sign_in):
    client = sign_in(world.city)
    url = reverse("unit_search")
    part = client.get(url, {"q": "太谷"}, headers={"HX-Request": "true"}).content.decode()
    assert "太谷区" in part
    assert "<html" not in part
    page = client.get(url, {"q": "太谷"}).content.decode()
    assert "太谷区" in page
    assert "<html" in page
    assert "没有找到" in client.get(url, {"q": "没有的地方"}).content.decode()


def test_the_search_page_costs_a_fixed_number_of_queries(taigu, world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.city)
    client.get(reverse("unit_search"))
    with django_assert_max_num_queries(7):  # session, user, postings, supervising, hits, places, former codes
        client.get(reverse("unit_search"), {"q": "街道"})


def test_crumbs_link_only_what_the_user_may_see(world):
    steps = crumbs(world.county, world.units["北关街道"])
    assert [step["label"] for step in steps] == ["山西省", "晋中市", "榆次区", "北关街道"]
    assert [bool(step["url"]) for step in steps][:2] == [False, False]
    assert crumbs(world.root, world.units["榆次区"])[0]["label"] == "全国"


def test_home_unit_is_that_of_the_highest_posting(world):
    assert home_unit(world.worker).name == "北关街道社工站"
    assert home_unit(world.city).name == "晋中市"

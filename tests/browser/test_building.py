"""A township completes its station, the county accepts it, in two browsers."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from stations.models import StationStatus, StatusSpell

pytestmark = pytest.mark.browser


@pytest.fixture
def building(world, rules):
    """北关街道社工站, under construction since 2024-01-10."""
    station = world.station()
    StatusSpell.objects.filter(station=station).delete()
    StatusSpell.objects.create(station=station, status=StationStatus.BUILDING, starts_on=date(2024, 1, 10))
    type(station).objects.filter(pk=station.pk).update(completed_on=None)
    return station


def test_township_completes_and_county_accepts(building, world, open_as):
    page = open_as(world.township, 390)
    page.goto(reverse("station_status", args=[building.pk]))
    page.get_by_text("建成", exact=True).click()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("body")).to_contain_text("已登记“建成”")

    page = open_as(world.county)
    page.goto(reverse("acceptance_record", args=[building.pk]))
    page.fill("input[name=members]", "王（演示）")
    for choice in page.locator("input[name^=item_][value=yes]").all():
        choice.check(force=True)
    page.locator("input[name=passed][value=yes]").check(force=True)
    page.get_by_role("button", name="登记验收").click()
    expect(page.locator("body")).to_contain_text("已登记第 1 轮验收合格")
    assert StatusSpell.objects.current().get(station=building).status == StationStatus.ACCEPTED


@pytest.mark.parametrize("name", ["building_progress", "plan_list", "milestone_list", "acceptance_list", "title_list"])
def test_the_pages_of_building_do_not_scroll_sideways_on_a_phone(world, rules, open_as, name):
    page = open_as(world.county, 390)
    page.goto(reverse(name))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

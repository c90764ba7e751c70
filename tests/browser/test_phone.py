"""Pages as a phone lays them out: what lies where, what is seen first."""

from itertools import pairwise

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reporting.compute import compute_month
from stations.models import StationPosting, Worker
from tests.clients.make import make_client
from tests.reporting.facts import service
from tests.reporting.test_people import MONTH
from tests.world import STATIONS

pytestmark = pytest.mark.browser

PHONE = 390


@pytest.fixture
def page(world, rules, open_as):
    station = world.station()
    worker = Worker.objects.create(unit=station.unit, name=world.worker.name, user=world.worker)
    StationPosting.objects.create(worker=worker, station=station, starts_on=STATIONS[0][1])
    for number in range(12):
        make_client(station, f"演示{number}")
    return open_as(world.worker, PHONE)


def test_the_entry_form_shows_six_people_until_more_are_asked_for_and_whoever_is_chosen(page):
    page.goto(reverse("service_log"))
    people, more = page.locator("#people .person"), page.get_by_text("更多最近服务的人")
    expect(people.locator("visible=true")).to_have_count(6)
    more.click()
    expect(people.locator("visible=true")).to_have_count(12)
    expect(more).to_be_hidden()
    page.goto(f"{reverse('service_log')}?client={people.last.locator('input').get_attribute('value')}")
    expect(page.locator("#people input:checked")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(people.locator("visible=true")).to_have_count(12)


def test_cards_of_one_column_stand_below_each_other(page, world):
    record = service(world.station(), MONTH.first)
    page.goto(reverse("service_detail", args=[record.pk]))
    for width in (PHONE, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        boxes = [box for card in page.locator(".row-cards .card").all() if (box := card.bounding_box())]
        assert len(boxes) >= 4
        columns = {box["x"] for box in boxes}
        for left in columns:
            column = sorted((box["y"], box["height"]) for box in boxes if box["x"] == left)
            assert all(top + height <= below for (top, height), (below, _) in pairwise(column))


def test_the_months_of_a_figure_open_at_the_newest(page, open_as, world):
    compute_month(MONTH)
    county = open_as(world.county, PHONE)
    county.goto(f"{reverse('figure_trend')}?by=station&month={MONTH}")
    box = county.locator(".table-responsive")
    edge = box.evaluate("box => box.getBoundingClientRect().right")
    months = county.locator("thead th")
    newest, oldest = months.nth(12).bounding_box(), months.nth(1).bounding_box()
    assert newest["x"] + newest["width"] <= edge
    assert oldest["x"] < 0
    first = months.first.bounding_box()
    assert first["x"] >= 0  # the name stays

"""From the today page to a saved visit, every tap and every typed line counted, on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from services.models import ServiceRecord
from stations.models import StationPosting, Worker
from tests.clients.make import make_client
from tests.world import STATIONS

pytestmark = pytest.mark.browser

PHONE = 390
MOST_TAPS = 6
RESULT = "精神状态好，提醒按时服药"


class Hand:
    """Counts what a person does on the page."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.lines = page, 0, 0

    def tap(self, locator) -> None:
        self.taps += 1
        locator.click()

    def type(self, name: str, text: str) -> None:
        self.lines += 1
        self.page.fill(f"[name={name}]", text)


@pytest.fixture
def jia(world):
    return make_client(world.station(), "演示甲", born_on=date(1940, 1, 1), categories=("LIVING_ALONE", "DIBAO"))


@pytest.fixture
def hand(world, rules, jia, open_as) -> Hand:
    station = world.station()
    worker = Worker.objects.create(unit=station.unit, name=world.worker.name, user=world.worker)
    StationPosting.objects.create(worker=worker, station=station, starts_on=STATIONS[0][1])
    page = open_as(world.worker, PHONE)
    page.goto(reverse("today"))
    return Hand(page)


def saved(hand: Hand, jia) -> ServiceRecord:
    expect(hand.page.locator("body")).to_contain_text("按时录入。")
    record = ServiceRecord.objects.get()
    assert (record.result, record.contacts, record.elderly, record.hardship) == (RESULT, 1, 1, 1)
    assert [row.client_id for row in record.service_clients.all()] == [jia.pk]
    assert record.workers.count() == 1
    assert hand.taps <= MOST_TAPS
    assert hand.lines == 1
    return record


def test_a_first_visit_by_method_and_person(hand, jia):
    hand.tap(hand.page.locator(".today-quick").get_by_text("探访", exact=True))
    hand.tap(hand.page.locator(".person").get_by_text("演示甲"))
    expect(hand.page.locator("[name=elderly]")).to_have_attribute("placeholder", "1")
    hand.type("result", RESULT)
    hand.tap(hand.page.get_by_role("button", name="保存"))
    record = saved(hand, jia)
    assert (record.method, record.domain, record.title) == ("VISIT", "ELDERLY_CARE", "老年人入户探访")
    assert hand.taps == 3


def test_the_next_visit_by_the_person_alone(hand, jia):
    """Even a first visit that begins with the person: the method is the one thing still to tap."""
    hand.tap(hand.page.locator(".today-people").get_by_text("演示甲"))
    hand.tap(hand.page.locator("#field-method").get_by_text("探访", exact=True))
    hand.type("result", RESULT)
    hand.tap(hand.page.get_by_role("button", name="保存"))
    saved(hand, jia)
    hand.page.goto(reverse("today"))
    hand.page.locator(".today-people").get_by_text("演示甲").click()
    expect(hand.page.locator("[name=method][value=VISIT]")).to_be_checked()
    expect(hand.page.locator("[name=clients]").first).to_be_checked()


def test_people_are_searched_matched_and_counted_and_a_draft_keeps_keys_only(hand, world, jia):
    for number in range(14):
        make_client(world.station(), f"演示第{number}人", categories=("DIBAO",))
    page = hand.page
    page.goto(reverse("service_log"))
    page.fill("#people-q", "演示甲")
    page.locator("#people-found .person").click()
    expect(page.locator("#people .person").first).to_contain_text("演示甲")
    page.get_by_text("人多、名单").click()
    page.fill("[name=names]", "演示第3人\n演示无档")
    page.get_by_role("button", name="与档案核对").click()
    expect(page.locator("[data-people-count]")).to_have_text("已选 2 人")
    expect(page.locator("[name=names]")).to_have_value("演示无档")
    expect(page.locator("[name=contacts]")).to_have_value("2")
    expect(page.locator("[name=hardship]")).to_have_attribute("placeholder", "2")
    page.wait_for_timeout(800)
    kept = page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert str(jia.pk) in kept
    assert "演示" not in kept
    page.goto(reverse("service_log"))
    expect(page.locator("[data-people-count]")).to_have_text("已选 2 人")
    page.locator("[name=contacts]").fill("9")
    page.locator("#people .person").first.click()
    expect(page.locator("[data-people-count]")).to_have_text("已选 1 人")
    expect(page.locator("[name=contacts]")).to_have_value("9")

"""The walking system: a service logged on a phone counts on every dashboard above it within seconds."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from common.months import Month
from stations.models import StationPosting, Worker
from tests.world import STATIONS

pytestmark = pytest.mark.browser

PHONE = 390


@pytest.fixture
def zhang(world, rules):
    """张 as a worker of the station, so that the form can name who served."""
    station = world.station()
    worker = Worker.objects.create(unit=station.unit, name=world.worker.name, user=world.worker)
    StationPosting.objects.create(worker=worker, station=station, starts_on=STATIONS[0][1])
    return worker


def log_a_service(page, contacts: int) -> None:
    page.goto(reverse("service_log"))
    page.locator("#field-method").get_by_text("探访", exact=True).click()
    page.locator("#field-domain").get_by_text("养老服务", exact=True).click()
    page.fill("input[name=contacts]", str(contacts))
    page.fill("input[name=hours]", "1.5")
    expect(page.locator("#due-panel")).to_contain_text("截止")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("body")).to_contain_text(re.compile("已(保存|登记|记)"))


def test_a_logged_service_counts_up_to_the_province_within_seconds(recounts, world, zhang, open_as):
    phone = open_as(world.worker, PHONE)
    log_a_service(phone, contacts=7)
    month = str(Month.of(timezone.localdate()))
    places = {"township": "北关街道", "county": "榆次区", "city": "晋中市", "province": "山西省"}
    for role, name in places.items():
        page = open_as(world.users[role])
        address = f"{reverse('dashboard', args=[world.units[name].pk])}?month={month}"
        contacts = page.locator(".strip > *", has_text="服务人次")
        for _ in range(30):  # the worker needs seconds, a page load shows what is counted by then
            page.goto(address)
            if "7" in contacts.inner_text():
                break
            page.wait_for_timeout(500)
        expect(contacts).to_contain_text("7")


def test_the_form_does_not_scroll_sideways_on_a_phone(world, zhang, open_as):
    page = open_as(world.worker, PHONE)
    for name in ("today", "service_log", "service_list", "report_list"):
        page.goto(reverse(name))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, name


def test_a_draft_survives_a_closed_page(world, zhang, open_as):
    page = open_as(world.worker, PHONE)
    page.goto(reverse("service_log"))
    page.fill("input[name=place]", "李奶奶家（演示）")
    page.wait_for_timeout(1500)
    page.goto(reverse("today"))
    page.goto(reverse("service_log"))
    restore = page.get_by_role("button", name="恢复草稿")
    if restore.is_visible():
        restore.click()
    expect(page.locator("input[name=place]")).to_have_value("李奶奶家（演示）")


def test_a_repeated_submit_makes_one_record(world, zhang, open_as):
    page = open_as(world.worker, PHONE)
    log_a_service(page, contacts=3)
    page.go_back()
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state()
    assert zhang.services.filter(starts_on__gte=date(2020, 1, 1)).count() == 1

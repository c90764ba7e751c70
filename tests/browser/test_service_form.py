"""The entry form's script: due date as the day changes, steppers, drafts, a line that is down."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from stations.models import StationPosting, Worker
from tests.world import STATIONS

pytestmark = pytest.mark.browser

PHONE = 390


@pytest.fixture
def form(world, rules, open_as):
    station = world.station()
    worker = Worker.objects.create(unit=station.unit, name=world.worker.name, user=world.worker)
    StationPosting.objects.create(worker=worker, station=station, starts_on=STATIONS[0][1])
    page = open_as(world.worker, PHONE)
    page.goto(reverse("service_log"))
    return page


def choose(page, day: date) -> None:
    page.get_by_text("其他日期").click()
    page.fill("input[name=starts_on]", day.isoformat())
    page.locator("input[name=starts_on]").dispatch_event("change")


def test_the_due_date_follows_the_chosen_day(form):
    expect(form.locator("#due-panel")).to_contain_text("按时录入")
    choose(form, timezone.localdate() - timedelta(days=5))
    expect(form.locator("#due-panel")).to_contain_text("将记为迟录（已过 4 天）")
    form.get_by_text("昨天").click()
    expect(form.locator("#due-panel")).to_contain_text("按时录入")


def test_steppers_focus_groups_and_the_suggested_title(form):
    form.get_by_role("button", name="服务人次加").click()
    form.get_by_role("button", name="服务时长（小时）减").click()
    assert form.input_value("input[name=contacts]") == "2"
    assert form.input_value("input[name=hours]") == "0.5"
    form.locator("label[for=id_elderly]").click()
    assert form.input_value("input[name=elderly]") == "2"
    form.locator("label[for=id_elderly]").click()
    assert form.input_value("input[name=elderly]") == ""
    form.get_by_text("小组", exact=True).click()
    form.get_by_text("儿童福利", exact=True).click()
    expect(form.locator("input[name=title]")).to_have_attribute("placeholder", "儿童小组活动")


def test_without_a_line_and_without_a_service_worker_the_entry_waits_as_a_draft(form, world):
    form.evaluate("Object.defineProperty(navigator.serviceWorker, 'controller', { value: null })")
    form.locator(".service-form").get_by_text("探访", exact=True).click()
    form.get_by_text("养老服务", exact=True).click()
    choose(form, timezone.localdate() - timedelta(days=5))
    expect(form.locator("#due-panel")).to_contain_text("迟录")
    form.context.set_offline(True)
    form.get_by_role("button", name="保存").click()
    expect(form.locator("#toasts")).to_contain_text("现在没有网络，内容已存在本机")
    form.context.set_offline(False)
    form.goto(reverse("service_log"))
    expect(form.locator("[data-draft-words]")).to_contain_text("已恢复")
    expect(form.locator("#due-panel")).to_contain_text("迟录")
    form.get_by_role("button", name="保存").click()
    expect(form.locator("body")).to_contain_text("已保存")
    assert form.evaluate("Object.keys(localStorage).length") == 0
    form.goto(reverse("service_log"))
    expect(form.locator("[data-draft-note]")).to_be_hidden()


def test_a_preset_does_not_overwrite_a_draft_nor_the_draft_the_preset(form):
    form.fill("input[name=place]", "李奶奶家（演示）")
    form.wait_for_timeout(800)
    form.goto(f"{reverse('service_log')}?method=GROUP")
    expect(form.locator("input[name=method][value=GROUP]")).to_be_checked()
    expect(form.locator("input[name=place]")).to_have_value("")
    form.get_by_role("button", name="恢复草稿").click()
    expect(form.locator("input[name=place]")).to_have_value("李奶奶家（演示）")


def test_a_dropped_draft_is_gone(form):
    form.fill("input[name=place]", "李奶奶家（演示）")
    form.wait_for_timeout(800)
    form.goto(reverse("service_log"))
    form.get_by_role("button", name="丢弃草稿").click()
    form.wait_for_load_state()
    expect(form.locator("input[name=place]")).to_have_value("")
    expect(form.locator("[data-draft-note]")).to_be_hidden()

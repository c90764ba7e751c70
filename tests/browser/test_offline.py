"""The app on a phone without a connection: what is saved there is sent once, refused with its reason, wiped."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from common.months import Month
from files.models import Attachment
from services.actions import lock_month, unlock_month
from services.models import ServiceRecord
from stations.models import StationPosting, Worker
from tests.browser.conftest import CHROMIUM
from tests.browser.line import Line
from tests.clients.make import make_client
from tests.files.samples import picture
from tests.world import PASSWORD, STATIONS

pytestmark = pytest.mark.browser

LOG, TODAY, WAITING = reverse("service_log"), reverse("today"), reverse("service_waiting")
ROWS = "[data-waiting-rows] > [data-entry]"


def fill_in(page: Page, user: User) -> None:
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("form button[type=submit]")


def again(page: Page, user: User) -> None:
    """Sign in by the link that the queue shows when the session has ended."""
    page.get_by_role("link", name="重新登录").click()
    fill_in(page, user)


class Phone:
    """A browser of 390 px with a memory of its own, which outlives its tabs and the browser itself."""

    def __init__(self, browser, line: Line, folder: Path) -> None:
        self.kind, self.line, self.folder = browser.browser_type, line, folder
        self.errors: list[str] = []
        self.context: BrowserContext = self._start()

    def _start(self, *, offline: bool = False) -> BrowserContext:
        context = self.kind.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, base_url=self.line.url, viewport={"width": 390, "height": 844},
            offline=offline,
            args=["--no-sandbox", "--disable-background-networking"],
        )  # fmt: skip
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        return context

    def tab(self, address: str = TODAY) -> Page:
        page = self.context.new_page()
        page.goto(address)
        return page

    def sign_in(self, user: User) -> Page:
        page = self.tab("/sign-in/")
        fill_in(page, user)
        page.wait_for_url(lambda url: "sign-in" not in url)
        page.goto(TODAY)
        self.ready(page)
        return page

    @staticmethod
    def ready(page: Page) -> None:
        """The pages of the app are kept."""
        expect(page.locator("body[data-offline-ready]")).to_be_attached(timeout=60_000)

    def cut(self) -> None:
        self.line.cut()
        self.context.set_offline(True)

    def restore(self) -> None:
        self.line.mend()
        self.context.set_offline(False)

    def restart(self) -> None:
        """Close the tabs and the browser, and open it again; still without a line when it was."""
        self.context.close()
        self.context = self._start(offline=not self.line.up)


@pytest.fixture
def phone(browser, live_server, world, rules, tmp_path) -> Iterator[Phone]:
    station = world.station()
    worker = Worker.objects.create(unit=station.unit, name=world.worker.name, user=world.worker)
    StationPosting.objects.create(worker=worker, station=station, starts_on=STATIONS[0][1])
    with Line(live_server.url) as line:
        started = Phone(browser, line, tmp_path / "phone")
        yield started
        with contextlib.suppress(Exception):
            started.context.close()
    assert started.errors == []


def choose(page: Page) -> None:
    form = page.locator("[data-offline-form]")
    form.get_by_text("探访", exact=True).click()
    form.get_by_text("养老服务", exact=True).click()


def log(phone: Phone, page: Page, title: str, *, photo: bytes | None = None, result: str = "") -> Page:
    """Fill the form of the page and save it."""
    page.goto(LOG)
    choose(page)
    title_field = page.locator("input[name=title]")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    title_field.fill(title)
    if result:
        page.fill("textarea[name=result]", result)
    if photo:
        page.set_input_files("input[type=file]", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo})
    page.get_by_role("button", name="保存", exact=True).click()
    return page


def row(page: Page, title: str):
    return page.locator(ROWS).filter(has_text=title)


def test_two_services_with_photos_saved_offline_survive_the_browser_and_arrive_once(phone, world):
    phone.sign_in(world.worker)
    phone.cut()
    before = timezone.now()
    page = phone.tab()
    expect(page.locator("body")).to_contain_text("记一次服务")
    log(phone, page, "甲：探访（演示）", photo=picture(size=(2400, 1800), colour="navy"))
    expect(page).to_have_url(re.compile(re.escape(WAITING)))
    expect(row(page, "甲：探访（演示）")).to_contain_text("待发送")
    log(phone, page, "乙：探访（演示）", photo=picture(size=(800, 600), colour="teal"))
    expect(page.locator(ROWS)).to_have_count(2)
    assert ServiceRecord.objects.count() == 0

    phone.restart()
    page = phone.tab()
    expect(page.locator(ROWS)).to_have_count(2)
    expect(row(page, "甲：探访（演示）")).to_contain_text("1 张照片")
    saved = timezone.now()

    phone.restore()
    page.goto(WAITING)
    expect(row(page, "甲：探访（演示）")).to_contain_text("已送达")
    expect(row(page, "乙：探访（演示）")).to_contain_text("已送达")
    page.reload()
    page.wait_for_timeout(500)
    records = list(ServiceRecord.objects.order_by("captured_at"))
    assert [record.title for record in records] == ["甲：探访（演示）", "乙：探访（演示）"]
    for record in records:
        assert before - timedelta(seconds=1) <= record.captured_at <= saved
        assert record.entered_at == record.captured_at < record.received_at
        assert record.starts_on == timezone.localdate(before)
        assert record.on_time
        assert Attachment.objects.filter(target_id=record.pk, slot="photo").count() == 1
    shrunk = Attachment.objects.get(target_id=records[0].pk)
    assert max(shrunk.width, shrunk.height) == 1600
    page.goto(reverse("service_detail", args=[records[0].pk]))
    expect(page.locator("body")).to_contain_text("离线登记，")


def test_a_line_that_is_down_though_the_phone_thinks_otherwise_is_no_loss_either(phone, world):
    page = phone.sign_in(world.worker)
    phone.line.cut()  # the phone still says that it is online
    log(phone, page, "己：探访（演示）")
    expect(row(page, "己：探访（演示）")).to_contain_text("已试 1 次")
    phone.line.mend()
    page.get_by_role("button", name="现在发送").click()
    expect(row(page, "己：探访（演示）")).to_contain_text("已送达")
    assert ServiceRecord.objects.count() == 1


def test_what_is_refused_says_why_keeps_its_text_and_can_be_sent_when_the_reason_is_gone(phone, world):
    page = phone.sign_in(world.worker)
    phone.cut()
    log(phone, page, "丙：探访（演示）", result="老人血压偏高，约好下周陪诊")
    expect(row(page, "丙：探访（演示）")).to_contain_text("待发送")
    month = Month.of(timezone.localdate())
    lock_month(by=None, station=world.station(), month=month, reason="月报已上报")
    phone.restore()
    expect(row(page, "丙：探访（演示）")).to_contain_text("未被接收")
    expect(row(page, "丙：探访（演示）")).to_contain_text("已上报锁定")
    expect(row(page, "丙：探访（演示）")).to_contain_text("老人血压偏高，约好下周陪诊")
    assert ServiceRecord.objects.count() == 0

    row(page, "丙：探访（演示）").get_by_role("link", name="打开修改").click()
    expect(page.locator("[data-entry-note]")).to_contain_text("已上报锁定")
    expect(page.locator("textarea[name=result]")).to_have_value("老人血压偏高，约好下周陪诊")
    unlock_month(by=None, station=world.station(), month=month, reason="退回")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("body")).to_contain_text("已保存")
    page.goto(WAITING)
    expect(page.locator(ROWS)).to_have_count(0)
    assert ServiceRecord.objects.get().result == "老人血压偏高，约好下周陪诊"


def test_a_session_that_ended_loses_nothing(phone, world):
    page = phone.sign_in(world.worker)
    phone.cut()
    log(phone, page, "丁：探访（演示）", photo=picture(colour="olive"))
    expect(row(page, "丁：探访（演示）")).to_contain_text("待发送")
    Session.objects.all().delete()
    phone.restore()
    expect(page.locator("[data-waiting-signin]")).to_be_visible()
    assert ServiceRecord.objects.count() == 0
    again(page, world.worker)
    expect(row(page, "丁：探访（演示）")).to_contain_text("已送达")
    assert Attachment.objects.filter(target_id=ServiceRecord.objects.get().pk).count() == 1


def test_a_form_saved_after_the_session_ended_waits_instead_of_being_lost(phone, world):
    page = phone.sign_in(world.worker)
    page.goto(LOG)
    Session.objects.all().delete()
    choose(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(ROWS)).to_contain_text("待发送")
    expect(page.locator("[data-waiting-signin]")).to_contain_text("请重新登录后发送")
    again(page, world.worker)
    expect(page.locator(ROWS)).to_contain_text("已送达")
    assert ServiceRecord.objects.count() == 1


def kept_on(page: Page) -> dict:
    return page.evaluate(
        """async () => ({
          pages: (await caches.keys()).filter((name) => name.startsWith("shezhan-pages-")),
          storage: Object.keys(localStorage),
          meta: await (await idb.openDB("shezhan-offline", 1)).getAllKeys("meta"),
          entries: (await (await idb.openDB("shezhan-offline", 1)).getAll("entries")).map((entry) => entry.state),
        })"""
    )


def sign_out(page: Page) -> None:
    page.locator(".shell-user").click()
    page.get_by_role("button", name="退出登录").click()


def test_signing_out_wipes_the_phone(phone, world):
    page = phone.sign_in(world.worker)
    page.goto(LOG)
    page.fill("textarea[name=result]", "写到一半")
    page.wait_for_timeout(700)
    assert kept_on(page)["pages"]
    sign_out(page)
    page.wait_for_url("**/sign-in/**")
    page = phone.tab("/sign-in/")
    page.add_script_tag(url="/static/vendor/idb/umd.js")
    assert kept_on(page) == {"pages": [], "storage": [], "meta": [], "entries": []}
    phone.cut()
    page.goto(TODAY)
    expect(page.locator("body")).to_contain_text("没有网络")


def test_what_is_not_sent_is_asked_about_and_stays_sealed_for_its_owner(phone, world):
    page = phone.sign_in(world.worker)
    phone.cut()
    log(phone, page, "戊：探访（演示）", result="张奶奶")
    expect(row(page, "戊：探访（演示）")).to_contain_text("待发送")
    lock_month(by=None, station=world.station(), month=Month.of(timezone.localdate()), reason="月报已上报")
    phone.restore()
    expect(row(page, "戊：探访（演示）")).to_contain_text("未被接收")
    sign_out(page)
    expect(page.locator("#ask-text")).to_contain_text("还有 1 条未发送")
    page.get_by_role("button", name="确定").click()
    page.wait_for_url("**/sign-in/**")

    other = phone.sign_in(world.township)
    other.goto(WAITING)
    expect(other.locator("[data-waiting-none]")).to_be_visible()
    assert kept_on(other)["entries"] == ["refused"]
    sign_out(other)
    other.wait_for_url("**/sign-in/**")

    page = phone.sign_in(world.worker)
    page.goto(WAITING)
    expect(row(page, "戊：探访（演示）")).to_contain_text("张奶奶")
    row(page, "戊：探访（演示）").get_by_role("button", name="丢弃").click()
    page.get_by_role("button", name="确定").click()
    expect(page.locator(ROWS)).to_have_count(0)


def test_what_waits_is_never_replaced_by_the_next_entry(phone, world):
    """Neither by the draft of a form that was opened to change it, nor by that of one that was refused again."""
    page = phone.sign_in(world.worker)
    phone.cut()
    log(phone, page, "甲：探访（演示）", photo=picture(colour="navy"), result="第一条")
    row(page, "甲：探访（演示）").get_by_role("link", name="打开修改").click()
    expect(page.locator("textarea[name=result]")).to_have_value("第一条")
    page.fill("textarea[name=result]", "改了一半")
    page.wait_for_timeout(700)  # a draft is written after 0.4 s
    log(phone, page, "乙：探访（演示）", result="第二条")
    expect(page.locator(ROWS)).to_have_count(2)
    expect(row(page, "甲：探访（演示）")).to_contain_text("第一条")
    expect(row(page, "甲：探访（演示）")).to_contain_text("1 张照片")

    month = Month.of(timezone.localdate())
    lock_month(by=None, station=world.station(), month=month, reason="月报已上报")
    phone.restore()
    expect(row(page, "甲：探访（演示）")).to_contain_text("已上报锁定")
    row(page, "甲：探访（演示）").get_by_role("link", name="打开修改").click()
    expect(page.locator("textarea[name=result]")).to_have_value("第一条")
    page.fill("textarea[name=result]", "第一条，补充")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("body")).to_contain_text("已上报锁定")
    page.wait_for_timeout(700)
    phone.cut()
    log(phone, page, "丙：探访（演示）", result="第三条")
    expect(page.locator(ROWS)).to_have_count(3)
    expect(row(page, "甲：探访（演示）")).to_contain_text("第一条，补充")
    expect(row(page, "甲：探访（演示）")).to_contain_text("1 张照片")

    unlock_month(by=None, station=world.station(), month=month, reason="退回")
    phone.restore()
    for title in ("甲：探访（演示）", "乙：探访（演示）"):
        row(page, title).get_by_role("button", name="再次发送").click()
        expect(row(page, title)).to_contain_text("已送达")
    expect(row(page, "丙：探访（演示）")).to_contain_text("已送达")
    assert sorted(ServiceRecord.objects.values_list("result", flat=True)) == ["第一条，补充", "第三条", "第二条"]
    assert Attachment.objects.count() == 1


def test_signing_out_without_a_line_ends_the_session_at_the_next_contact(phone, world):
    page = phone.sign_in(world.worker)
    phone.cut()
    sign_out(page)
    expect(page.locator("body")).to_contain_text("已在本机退出")
    page.goto(TODAY)
    expect(page.locator("body")).to_contain_text("没有网络")
    assert Session.objects.count() == 1
    phone.restore()
    page.goto(TODAY)
    page.wait_for_url("**/sign-in/**")
    assert not Session.objects.exists()
    fill_in(page, world.worker)
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(TODAY)
    expect(page.locator("body")).to_contain_text("记一次服务")


def test_a_person_whom_today_offers_is_chosen_without_a_line(phone, world):
    station = world.station()
    phone.sign_in(world.worker)
    person = make_client(station, "演示周奶奶", born_on=date(1940, 1, 1))
    page = phone.tab()  # Today offers the person now, the form that was kept does not know them yet
    Phone.ready(page)
    phone.cut()
    page.goto(TODAY)
    page.get_by_role("link", name="演示周奶奶").click()
    expect(page.locator(f"input[name=clients][value='{person.pk}']")).to_be_checked()
    choose(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(ROWS)).to_contain_text("待发送")
    phone.restore()
    expect(page.locator(ROWS)).to_contain_text("已送达")
    assert [named.client_id for named in ServiceRecord.objects.get().service_clients.all()] == [person.pk]


def test_going_back_to_a_form_that_waits_opens_a_fresh_one(phone, world):
    page = phone.sign_in(world.worker)
    phone.cut()
    log(phone, page, "甲：探访（演示）", result="第一条")
    expect(page.locator(ROWS)).to_have_count(1)
    page.go_back()
    expect(page.locator("textarea[name=result]")).to_have_value("")
    log(phone, page, "乙：探访（演示）", result="第二条")
    expect(page.locator(ROWS)).to_have_count(2)
    expect(row(page, "甲：探访（演示）")).to_contain_text("第一条")


def test_an_entry_is_not_sent_while_it_is_being_changed(phone, world):
    page = phone.sign_in(world.worker)
    phone.cut()
    log(phone, page, "甲：探访（演示）", result="原来写的")
    row(page, "甲：探访（演示）").get_by_role("link", name="打开修改").click()
    expect(page.locator("textarea[name=result]")).to_have_value("原来写的")
    phone.restore()
    other = phone.tab()  # sends what waits
    expect(row(other, "甲：探访（演示）")).to_contain_text("待发送")
    other.wait_for_timeout(3000)
    assert ServiceRecord.objects.count() == 0
    page.fill("textarea[name=result]", "改好的")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("body")).to_contain_text("已保存")
    page.goto(WAITING)
    expect(page.locator(ROWS)).to_have_count(0)
    assert ServiceRecord.objects.get().result == "改好的"

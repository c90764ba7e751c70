"""The list that figures open, a record's page, correcting and voiding on them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from common.months import Month
from services.actions import correct_service, lock_month, void_service
from services.models import Method, ServiceRecord
from services.queries import listing
from tests.services.conftest import NOW, TODAY, hire
from tests.world import make_station

LIST = reverse("service_list")


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(world, team, sign_in):
    return sign_in(world.worker)


def titles(response) -> list[str]:
    assert response.status_code == 200
    return [row.title for row in response.context["page"].rows]


def days_ago(days: int) -> dict:
    day = TODAY - timedelta(days=days)
    return {"starts_on": day, "ends_on": day}


# ---- filters -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["今天", "家访", "小组", "办证", "九月"]),
        ("month=2026-09", ["九月"]),
        ("domain=CHILD_WELFARE", ["小组"]),
        ("method=GROUP", ["小组"]),
        ("nature=administrative", ["办证"]),
        ("nature=professional&month=2026-10", ["今天", "家访", "小组"]),
        ("focus=children", ["小组"]),
        ("on_time=no", ["小组", "九月"]),
        ("on_time=yes&nature=professional", ["今天", "家访"]),
        ("volunteers=yes", ["小组"]),
        ("state=void", ["家访"]),
        ("state=valid&month=2026-10", ["今天", "小组", "办证"]),
        ("q=小", ["小组"]),
        ("q=活动室", ["今天"]),
        ("q=%25", []),
        ("sort=starts_on", ["九月", "办证", "小组", "家访", "今天"]),
    ],
)
def test_each_filter_of_a_figure_finds_its_records(page, world, log, query, found):
    log(title="九月", starts_on=date(2026, 9, 10), ends_on=date(2026, 9, 10), now=NOW)
    log(title="办证", method=Method.CLERICAL, domain="RELIEF", **days_ago(3), now=NOW - timedelta(days=2))
    log(title="小组", method="GROUP", domain="CHILD_WELFARE", children=2, elderly=0, volunteers=2, **days_ago(2))
    voided = log(title="家访", **days_ago(1))
    log(title="今天", place="社区活动室")
    void_service(by=world.worker, record=voided, reason="重复登记")
    assert titles(page.get(f"{LIST}?{query}")) == found


def test_the_worker_filter_is_named_and_can_be_dropped(page, team, log):
    log(title="张的")
    log(title="刘的", workers=[team.liu])
    response = page.get(f"{LIST}?worker={team.liu.pk}")
    assert titles(response) == ["刘的"]
    assert "刘（演示）" in response.content.decode()


def test_a_unit_narrows_to_its_subtree(sign_in, world, team, log):
    log(title="北关")
    log(title="锦纶", station=world.station("锦纶街道社工站"), workers=[team.chen])
    wang = sign_in(world.county)
    assert titles(wang.get(LIST)) == ["锦纶", "北关"]
    assert titles(wang.get(f"{LIST}?unit={world.units['锦纶街道'].pk}")) == ["锦纶"]


@pytest.mark.parametrize(
    "query",
    [
        "month=2023-13",
        "domain=X",
        "method=X",
        "nature=X",
        "focus=X",
        "on_time=maybe",
        "state=X",
        "unit=abc",
        "worker=x",
        "sort=title",
        "q=" + "长" * 41,
        "after=rubbish",
        "before=2026-10-20",
        "after=9999-99-99_1",
        "q=%00",
        "unit=" + "9" * 30,
    ],
)
def test_a_bad_filter_gets_a_message(page, query, log):
    log()
    response = page.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert response.context["form"].errors
    assert "请修改上面标出的条件" in response.content.decode()


@pytest.mark.parametrize("query", ["unit={outside}", "unit=999999", "worker={worker}", "worker=999999"])
def test_a_unit_or_worker_out_of_reach_is_404(sign_in, world, team, query):
    asked = query.format(outside=world.units["太谷区"].pk, worker=team.chen.pk)
    assert sign_in(world.worker).get(f"{LIST}?{asked}").status_code == 404


def test_an_outsider_sees_no_record(sign_in, world, log):
    record = log()
    sun = sign_in(world.outsider)
    assert titles(sun.get(LIST)) == []
    for name in ("service_detail", "service_correct", "service_void"):
        assert sun.get(reverse(name, args=[record.pk])).status_code == 404
        assert sun.post(reverse(name, args=[record.pk])).status_code in (404, 405)


def test_an_administrator_reads_no_records(sign_in, world, log):
    record = log()
    zhou = sign_in(world.administrator)
    assert zhou.get(LIST).status_code == 403
    assert zhou.get(reverse("service_detail", args=[record.pk])).status_code == 403


# ---- totals -----------------------------------------------------------------------------


def test_the_totals_count_what_is_valid_over_all_pages(page, world, log):
    for number in range(60):
        log(title=f"探访 {number}", contacts=2, elderly=0, hours="0.5")
    void_service(by=world.worker, record=log(title="作废"), reason="重复登记")
    response = page.get(f"{LIST}?month=2026-10")
    assert response.context["totals"] == listing.Totals(60, 120, Decimal("30"), 1)
    html = response.content.decode()
    assert "另有 1 条已作废，不计入" in html
    assert 'class="voided"' in html


def test_a_figure_of_a_group_or_of_volunteers_finds_its_number_on_the_list(page, log):
    log(contacts=9, elderly=4, volunteers=3, volunteer_hours="4.5")
    log(contacts=5, elderly=0)
    assert "其中老年人 <b>4</b> 人次" in page.get(f"{LIST}?focus=elderly").content.decode()
    assert "志愿者 <b>3</b> 人次，<b>4.5</b> 小时" in page.get(f"{LIST}?volunteers=yes").content.decode()


def test_a_wide_list_fetches_its_totals_afterwards_and_asks_for_a_month(sign_in, world, log, monkeypatch):
    monkeypatch.setattr(listing, "NARROW", 1)
    log()
    wang = sign_in(world.county)
    assert "part=totals" not in wang.get(LIST).content.decode()
    assert "part=totals" in wang.get(f"{LIST}?month=2026-10").content.decode()
    assert "有效 <b>1</b> 条" in wang.get(f"{LIST}?month=2026-10&part=totals").content.decode()
    assert "请同时选择月份" in wang.get(f"{LIST}?q=探访").content.decode()
    assert titles(wang.get(f"{LIST}?q=探访&month=2026-10")) == ["探访独居老人"]
    assert titles(wang.get(f"{LIST}?unit={world.units['锦纶街道'].pk}&q=探访")) == []


# ---- paging -----------------------------------------------------------------------------


@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("sort", ["-starts_on", "starts_on"])
def test_pages_forth_and_back_show_every_record_once_in_order(sign_in, world, log, monkeypatch, narrow, sort):
    monkeypatch.setattr(listing, "NARROW", 100 if narrow else 0)
    monkeypatch.setattr(listing, "PAGE", 4)
    records = [log(title=str(number), **days_ago(number // 5)) for number in range(14)]
    wang = sign_in(world.county)
    expected = [r.title for r in sorted(records, key=lambda r: (r.starts_on, r.pk), reverse=sort == "-starts_on")]
    seen, pages, query = [], [], f"sort={sort}"
    while query:
        response = wang.get(f"{LIST}?{query}")
        pages.append(titles(response))
        seen += pages[-1]
        cursor = response.context["page"].next_cursor
        query = f"sort={sort}&after={cursor}" if cursor else ""
    assert seen == expected
    assert [len(rows) for rows in pages] == [4, 4, 4, 2]
    for earlier in reversed(pages[:-1]):
        response = wang.get(f"{LIST}?sort={sort}&before={response.context['page'].previous_cursor}")
        assert titles(response) == earlier
    assert not response.context["page"].previous_cursor


def test_the_list_takes_a_fixed_number_of_queries(sign_in, world, team, log, django_assert_max_num_queries):
    for number in range(55):
        log(title=str(number), workers=[team.zhang, team.liu])
    wang = sign_in(world.county)
    wang.get(LIST)
    with django_assert_max_num_queries(13):
        assert len(titles(wang.get(f"{LIST}?month=2026-10"))) == 50


def test_an_empty_list_says_what_to_do(page):
    assert "登记第一条服务" in page.get(LIST).content.decode()
    assert "没有符合条件的服务记录" in page.get(f"{LIST}?month=2026-09").content.decode()


# ---- the record's page -----------------------------------------------------------------------------


def test_a_record_shows_its_facts_judgement_and_history(page, world, log):
    record = log(hardship=1, place="社区活动室", result="<b>情绪稳定</b>", **days_ago(2))
    corrected = correct_service(by=world.worker, record=record, reason="人次写错", contacts=5, method="GROUP", now=NOW)
    html = page.get(reverse("service_detail", args=[corrected.pk])).content.decode()
    for words in (
        "探访独居老人",
        "困难群众 1",
        "社区活动室",
        "&lt;b&gt;情绪稳定",
        "迟录 1 天",
        "二(三)",
        "更正服务",
        "理由：人次写错",
    ):
        assert words in html
    assert "服务人次：<s>3</s> → 5" in html
    assert "方法：<s>探访</s> → 小组" in html


def test_the_history_names_workers_and_months_in_words(page, world, team, log):
    record = log(workers=[team.zhang], **days_ago(2))
    correct_service(by=world.worker, record=record, reason="补一名社工", workers=[team.zhang, team.liu], now=NOW)
    html = page.get(reverse("service_detail", args=[record.pk])).content.decode()
    assert f"社工：<s>{team.zhang.name}</s> → {team.zhang.name}、{team.liu.name}" in html


def test_changes_are_offered_only_where_they_are_possible(page, sign_in, world, log):
    record = log()
    detail, correct = reverse("service_detail", args=[record.pk]), reverse("service_correct", args=[record.pk])
    assert correct in page.get(detail).content.decode()
    assert correct not in sign_in(world.county).get(detail).content.decode()
    lock_month(by=None, station=record.station, month=Month(2026, 10), reason="月报已上报")
    html = page.get(detail).content.decode()
    assert correct not in html
    assert "2026年10月已上报锁定" in html


def test_correcting_on_the_page(page, team, log):
    record = log(place="社区活动室")
    url = reverse("service_correct", args=[record.pk])
    response = page.get(url)
    form = response.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data["starts_on"], data["ends_on"] = TODAY.isoformat(), TODAY.isoformat()
    response = page.post(url, data)
    assert "请填写理由" in response.content.decode()
    response = page.post(url, {**data, "reason": "核对"})
    assert "没有任何改动" in response.content.decode()
    response = page.post(
        url, {**data, "reason": "补一名社工", "workers": [team.zhang.pk, team.liu.pk], "contacts": "4"}
    )
    assert response.url == reverse("service_detail", args=[record.pk])
    record.refresh_from_db()
    assert (record.contacts, record.place, record.workers.count()) == (4, "社区活动室", 2)


def test_a_worker_who_left_stays_a_choice_when_an_old_record_is_corrected(page, world, log):
    left = hire(world, "周（演示）", world.station(), since=date(2024, 1, 1), until=date(2025, 1, 1))
    record = log(starts_on=date(2024, 12, 30), ends_on=date(2024, 12, 30), workers=[left], now=NOW)
    form = page.get(reverse("service_correct", args=[record.pk])).context["form"]
    assert left in form.fields["workers"].queryset


def test_voiding_on_the_page(page, log):
    record = log()
    url = reverse("service_void", args=[record.pk])
    assert "请填写理由" in page.post(url, {"reason": ""}).content.decode()
    html = page.post(url, {"reason": "重复登记"}, follow=True).content.decode()
    assert "<s>探访独居老人</s>" in html
    assert "理由：重复登记" in html
    record.refresh_from_db()
    assert record.voided_at


def test_what_is_closed_sends_back_with_the_reason(page, world, log):
    record, voided = log(), log()
    void_service(by=world.worker, record=voided, reason="重复登记")
    lock_month(by=None, station=record.station, month=Month(2026, 10), reason="月报已上报")
    for name in ("service_correct", "service_void"):
        locked = page.post(reverse(name, args=[record.pk]), {"reason": "更正"}, follow=True)
        assert "已上报锁定" in locked.content.decode()
        gone = page.get(reverse(name, args=[voided.pk]), follow=True)
        assert "已作废的记录不能再修改" in gone.content.decode()
    assert ServiceRecord.objects.filter(voided_at=None).get() == record


def test_a_locked_month_that_locks_meanwhile_is_told_on_the_form(page, world, log, monkeypatch):
    record = log()
    monkeypatch.setattr("services.views.record.is_locked", lambda *_: False)
    lock_month(by=None, station=record.station, month=Month(2026, 10), reason="月报已上报")
    html = page.post(reverse("service_void", args=[record.pk]), {"reason": "重复"}).content.decode()
    assert "2026年10月已上报锁定" in html


def test_a_room_of_the_township_is_within_reach_of_its_manager(sign_in, world, team, log):
    room = make_station(world.units["北关街道"], date(2024, 1, 1), name="文化社区社工室")
    he = hire(world, "何（演示）", room, since=date(2024, 1, 1))
    log(station=room, workers=[he], title="社工室的")
    assert titles(sign_in(world.township).get(LIST)) == ["社工室的"]
    assert titles(sign_in(world.worker).get(LIST)) == []


def test_the_record_page_takes_a_fixed_number_of_queries(page, world, log, django_assert_max_num_queries):
    record = log()
    for number in range(10):
        record = correct_service(by=world.worker, record=record, reason="更正", contacts=4 + number, now=NOW)
    url = reverse("service_detail", args=[record.pk])
    page.get(url)
    with django_assert_max_num_queries(22):
        page.get(url)

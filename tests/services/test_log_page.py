"""The entry form, with and without scripts."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Posting
from accounts.roles import Role
from common.months import Month
from services.actions import lock_month, void_service
from services.models import Method, ServiceRecord
from stations.models import StationPosting
from tests.services.conftest import NOW, TODAY, hire
from tests.world import make_station

YESTERDAY = TODAY - timedelta(days=1)
LOG = reverse("service_log")


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(world, team, sign_in):
    return sign_in(world.worker)


def typed(world, team, **changes) -> dict:
    """What a browser sends for a visit of today; None leaves a field out."""
    data = {
        "station_id": world.station().pk,
        "client_id": str(uuid.uuid4()),
        "when": TODAY.isoformat(),
        "judged_for": TODAY.isoformat(),
        "method": "VISIT",
        "domain": "ELDERLY_CARE",
        "contacts": "3",
        "elderly": "3",
        "hours": "1.5",
        "workers": [team.zhang.pk],
        "title": "探访独居老人",
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def test_the_form_opens_for_today_with_the_worker_ticked_and_the_due_date_shown(page, team):
    response = page.get(LOG)
    form = response.context["form"]
    assert form.initial["workers"] == [team.zhang.pk]
    html = response.content.decode()
    assert "现在保存为按时录入" in html
    assert "10月21日" in html
    assert "二(三)" in html


def test_saving_goes_to_the_record_and_offers_the_next(page, world, team):
    response = page.post(LOG, typed(world, team), follow=True)
    record = ServiceRecord.objects.get()
    assert response.redirect_chain == [(f"/services/{record.pk}/?saved=1", 302)]
    html = response.content.decode()
    assert "已保存“探访独居老人”，按时录入。" in html
    assert "再记一条" in html
    assert f"?copy={record.pk}" in html
    assert list(record.workers.all()) == [team.zhang]


def test_the_same_page_sent_twice_makes_one_record_and_says_so(page, world, team):
    data = typed(world, team)
    page.post(LOG, data)
    response = page.post(LOG, data, follow=True)
    assert ServiceRecord.objects.count() == 1
    assert "没有重复登记" in response.content.decode()


def test_a_page_sent_again_with_bad_content_is_told_what_is_wrong(page, world, team):
    data = typed(world, team)
    page.post(LOG, data)
    assert "服务人次不能是负数" in page.post(LOG, {**data, "contacts": "-1"}).content.decode()


@pytest.mark.parametrize("change", [{"contacts": "9"}, {"workers": "liu"}, {"result": "情绪稳定"}])
def test_a_page_sent_again_with_other_content_loses_nothing(page, world, team, change):
    data = typed(world, team)
    page.post(LOG, data)
    change = {"workers": [team.liu.pk]} if "workers" in change else change
    response = page.post(LOG, {**data, **change})
    assert "还没有保存" in response.content.decode()
    assert ServiceRecord.objects.count() == 1
    fresh = response.context["form"]["client_id"].value()
    assert fresh != data["client_id"]
    page.post(LOG, {**data, **change, "client_id": fresh})
    assert ServiceRecord.objects.count() == 2


def test_a_title_left_blank_follows_from_domain_and_method(page, world, team):
    page.post(LOG, typed(world, team, title=""))
    assert ServiceRecord.objects.get().title == "老年人入户探访"


def test_another_day_is_typed_in(page, world, team):
    start = (TODAY - timedelta(days=2)).isoformat()
    page.post(LOG, typed(world, team, when="other", starts_on=start, ends_on=YESTERDAY.isoformat()))
    record = ServiceRecord.objects.get()
    assert (record.starts_on.isoformat(), record.ends_on, record.on_time) == (start, YESTERDAY, True)


def test_what_stands_in_the_folded_dates_does_not_matter(page, world, team):
    page.post(LOG, typed(world, team, starts_on="rubbish", ends_on="2020-01-01"))
    assert ServiceRecord.objects.get().starts_on == TODAY


def test_a_late_entry_whose_due_date_was_not_on_the_page_is_confirmed_first(page, world, team):
    day = (TODAY - timedelta(days=3)).isoformat()
    data = typed(world, team, when="other", starts_on=day, ends_on="")
    response = page.post(LOG, data)
    html = response.content.decode()
    assert not ServiceRecord.objects.exists()
    assert "再按一次“保存”确认" in html
    assert "现在保存将记为迟录（已过 2 天）" in html
    assert f'name="judged_for" value="{day}"' in html
    page.post(LOG, {**data, "judged_for": day})
    assert not ServiceRecord.objects.get().on_time


def test_days_in_the_wrong_order_are_told_at_once_and_not_confirmed_as_late(page, world, team):
    days = {"when": "other", "starts_on": "2026-10-16", "ends_on": "2026-10-14", "judged_for": None}
    html = page.post(LOG, typed(world, team, **days)).content.decode()
    assert "结束日期不能早于开始日期" in html
    assert "再按一次“保存”确认" not in html
    assert not ServiceRecord.objects.exists()


def test_an_entry_in_time_needs_no_second_look(page, world, team):
    page.post(LOG, typed(world, team, when=YESTERDAY.isoformat(), judged_for=TODAY.isoformat()))
    assert ServiceRecord.objects.get().on_time


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"when": "2026-10-21"}, "不能登记今天以后的服务"),
        ({"when": "other", "starts_on": "2026-10-20", "ends_on": "2026-10-19"}, "结束日期不能早于开始日期"),
        ({"when": "rubbish"}, "请重新选择服务日期"),
        ({"when": "other", "starts_on": "", "judged_for": ""}, "请填写开始日期"),
        ({"when": "other", "starts_on": "2026-13-01"}, "输入一个有效的日期"),
        ({"contacts": "-1"}, "服务人次不能是负数"),
        ({"contacts": ""}, "请填写服务人次"),
        ({"contacts": "9" * 5000}, "输入整数"),
        ({"elderly": "4"}, "老年人人次不能超过服务人次 3"),
        ({"hours": "0"}, "服务时长应大于 0"),
        ({"hours": "1.25"}, "服务时长最多一位小数"),
        ({"workers": None}, "请至少选择一名社工"),
        ({"workers": ["999999"]}, "选择一个有效的选项"),
        ({"method": None}, "请选择方法"),
        ({"domain": "COOKING"}, "选择一个有效的选项"),
        ({"title": "<script>alert(1)</script>"}, "服务内容不能包含"),
        ({"result": "长" * (10 * 2**20 // 3)}, "服务结果最多 2000 个字"),
        ({"result": "王奶奶 110101199003077715"}, "不能填写身份证号"),
        ({"volunteer_hours": "2"}, "请填写志愿者人数"),
        ({"client_id": "abc"}, "提交编号无效"),
        ({"client_id": None}, "提交编号无效"),
    ],
)
def test_bad_input_gets_a_clear_message_and_saves_nothing(page, world, team, changes, words):
    response = page.post(LOG, typed(world, team, **changes))
    assert response.status_code == 200
    html = response.content.decode()
    assert words in html
    assert "<script>alert" not in html
    assert not ServiceRecord.objects.exists()


def test_a_locked_month_is_told_before_and_at_saving(page, world, team):
    lock_month(by=None, station=world.station(), month=Month(2026, 10), reason="月报已上报")
    words = "2026年10月已上报锁定，如需修改请联系县级民政部门退回月报"
    assert words in page.get(LOG).content.decode()
    assert words in page.post(LOG, typed(world, team)).content.decode()
    assert not ServiceRecord.objects.exists()


def test_presets_and_copies_fill_the_form(page, log):
    record = log(place="社区活动室", result="情绪稳定", hardship=2)
    assert page.get(f"{LOG}?method=GROUP&domain=NONSENSE").context["form"].initial["method"] == Method.GROUP
    for key in (record.pk, "last"):
        initial = page.get(f"{LOG}?copy={key}").context["form"].initial
        assert (initial["place"], initial["hardship"], initial["when"]) == ("社区活动室", 2, TODAY.isoformat())
        assert "result" not in initial
        assert initial["client_id"] != record.client_id


def test_copying_the_last_leaves_voided_ones_aside(page, log, world):
    kept, voided = log(title="留下的"), log(title="作废的")
    void_service(by=world.worker, record=voided, reason="重复登记")
    assert page.get(f"{LOG}?copy=last").context["form"].initial["title"] == kept.title


@pytest.mark.parametrize(
    "query", ["copy=999999", "copy=abc", "copy=-1", "station=999999", "station=abc", "station=" + "9" * 30]
)
def test_what_is_not_there_to_copy_or_log_at_is_404(page, query):
    assert page.get(f"{LOG}?{query}").status_code == 404


def test_another_station_is_neither_shown_nor_written(page, world, team, log):
    jinlun = world.station("锦纶街道社工站")
    record = log(station=jinlun, workers=[team.chen], by=world.city)
    assert page.get(f"{LOG}?station={jinlun.pk}").status_code == 404
    assert page.get(f"{LOG}?copy={record.pk}").status_code == 404
    assert page.post(LOG, typed(world, team, station_id=jinlun.pk)).status_code == 404
    assert ServiceRecord.objects.count() == 1


def test_who_may_not_log_is_refused(sign_in, world, team):
    for user in (world.county, world.auditor, world.agency, world.administrator):
        assert sign_in(user).get(LOG).status_code == 403
        assert sign_in(user).post(LOG, typed(world, team)).status_code == 403
    assert not ServiceRecord.objects.exists()


def test_a_township_manager_chooses_among_station_and_rooms(sign_in, world, team):
    room = make_station(world.units["北关街道"], date(2024, 1, 1), name="文化社区社工室")
    li = sign_in(world.township)
    response = li.get(LOG)
    assert [station.pk for station in response.context["stations"]] == [world.station().pk, room.pk]
    he = hire(world, "何（演示）", room, since=date(2024, 1, 1))
    response = li.get(f"{LOG}?station={room.pk}")
    assert response.context["form"].initial["workers"] == [he.pk]
    li.post(LOG, typed(world, team, station_id=room.pk, workers=[he.pk]))
    assert ServiceRecord.objects.get().station == room


def test_a_user_with_two_stations_lands_where_they_are_posted_or_logged_last(sign_in, world, team, log):
    jinlun = world.units["锦纶街道社工站"]
    Posting.objects.create(user=world.worker, role=Role.STATION_WORKER, unit=jinlun, starts_on=date(2026, 1, 1))
    assert sign_in(world.worker).get(LOG).context["station"].pk == world.station().pk
    StationPosting.objects.filter(worker=team.zhang).update(ends_on=date(2026, 10, 1))
    log(station=jinlun.station, workers=[team.chen])
    assert sign_in(world.worker).get(LOG).context["station"].pk == jinlun.pk


def test_without_a_completed_station_the_page_says_what_to_do(sign_in, world, team):
    world.station().spells.all().delete()
    station = world.station()
    station.completed_on = None
    station.save()
    assert "还没有建成的站点" in sign_in(world.worker).get(LOG).content.decode()


# ---- the due panel -----------------------------------------------------------------------------


def due(page, world, **query) -> str:
    response = page.get(reverse("service_due"), {"station_id": world.station().pk, **query})
    assert response.status_code == 200
    return response.content.decode()


def test_the_panel_answers_for_the_chosen_day(page, world):
    assert "按时" in due(page, world, when=YESTERDAY.isoformat())
    late = due(page, world, when="other", starts_on="2026-10-16", ends_on="2026-10-17")
    assert "已过 2 天" in late
    assert 'value="2026-10-17"' in late


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "选好服务日期后"),
        ({"when": "other", "starts_on": "2026-13-01"}, "选好服务日期后"),
        ({"when": "other", "starts_on": "9999-12-31"}, "选好服务日期后"),
        ({"when": "2026-10-21"}, "不能登记今天以后的服务"),
        ({"when": "other", "starts_on": "2026-10-20", "ends_on": "2026-10-18"}, "结束日期不能早于开始日期"),
    ],
)
def test_the_panel_says_what_is_wrong_with_a_day(page, world, query, words):
    assert words in due(page, world, **query)


def test_the_panel_of_another_station_is_404(page, world):
    outside = world.station("明星镇社工站").pk
    assert page.get(reverse("service_due"), {"station_id": outside, "when": TODAY.isoformat()}).status_code == 404


# ---- cost -----------------------------------------------------------------------------


def test_opening_and_saving_take_a_fixed_number_of_queries(page, world, team, log, django_assert_max_num_queries):
    for number in range(20):
        log(title=f"探访 {number}")
        hire(world, f"社工{number}", world.station(), since=date(2024, 1, 1))
    page.get(LOG)
    with django_assert_max_num_queries(26):
        page.get(LOG)
    with django_assert_max_num_queries(38):
        page.post(LOG, typed(world, team))

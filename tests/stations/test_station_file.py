"""Cards and events that rooms add to a station's page, and the station's file."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Permission
from stations import panels, timeline
from stations.actions import end_posting, post_worker
from stations.models import Dimension, Station
from stations.panels import panels_of
from stations.timeline import Event, events_of, years_of
from tests.dimensions import record_dimension


@pytest.fixture
def card(monkeypatch, own_cards_only):
    """`card(order=…, permission=…)` declares the card “probe”, which uses the template of the statuses."""

    def declare(content, **said):
        said = {"order": 99, "title": "别的房间", **said}
        panels.panel(key="probe", template="stations/panels/statuses.html", **said)(lambda user, station: content)

    return declare


def html_of(client, station, name="station_detail", **query):
    response = client.get(reverse(name, args=[station.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


# ---- cards


def test_another_room_adds_a_card_where_its_order_says(world, operating, card, sign_in):
    card({"rows": [], "note": "两份", "late": "一份到期", "links": [{"label": "全部合同", "url": "/x/"}]}, order=25)
    html = html_of(sign_in(world.county), operating)
    assert '<a href="#panel-probe">别的房间</a>' in html
    assert '<a class="panel-link" href="/x/">全部合同</a>' in html
    assert '<span class="late">一份到期</span>' in html
    assert html.index('id="panel-basics"') < html.index('id="panel-probe"') < html.index('id="panel-workers"')


def test_a_card_without_content_is_left_out(world, operating, card, sign_in):
    card(None)
    assert "panel-probe" not in html_of(sign_in(world.county), operating)


def test_a_card_is_built_only_for_who_holds_its_permission_at_the_station(world, operating, card):
    card({"rows": []}, permission=Permission.VIEW_FUNDS)
    assert "probe" in [built.panel.key for built in panels_of(world.county, operating)]
    assert "probe" not in [built.panel.key for built in panels_of(world.administrator, operating)]
    assert panels_of(world.outsider, operating) == []


def test_a_half_card_alone_takes_the_whole_width(world, operating, card):
    card({"rows": []}, order=35, half=True)
    halves = {built.panel.key: built.half for built in panels_of(world.county, operating)}
    assert halves == {"basics": False, "workers": False, "probe": False, "statuses": False}


def test_two_half_cards_in_a_row_stand_beside_each_other(world, operating, card):
    card({"rows": []}, order=25, half=True)
    halves = {built.panel.key: built.half for built in panels_of(world.county, operating)}
    assert halves == {"basics": True, "probe": True, "workers": False, "statuses": False}


def test_a_card_is_declared_once(card):
    card({"rows": []})
    with pytest.raises(ValueError):
        card({"rows": []})


# ---- events


def test_events_come_by_date_and_those_of_one_day_in_the_order_of_their_sources(world, operating, own_cards_only):
    titles = [(event.on.isoformat(), event.title) for event in events_of(world.county, operating)]
    assert titles == [
        ("2023-06-01", "登记“筹建”"),
        ("2023-07-01", "登记“建设中”"),
        ("2023-10-02", "登记“建成”"),
        ("2023-10-06", "登记“验收”"),
        ("2023-10-09", "登记“挂牌”"),
        ("2023-10-09", "登记“运营”"),
    ]


def test_a_worker_comes_and_goes_in_the_timeline_of_who_may_see_workers(world, operating, worker, own_cards_only):
    posting = post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    end_posting(by=None, posting=posting, on=date(2023, 11, 1), note="调回")
    told = [event.title for event in events_of(world.county, operating)]
    assert told[-2:] == ["张伟（演示） 驻站", "张伟（演示） 离站"]
    assert not [event for event in events_of(world.administrator, operating) if "张伟" in event.title]


def test_late_basics_are_told_with_their_due_date(world, operating, own_cards_only):
    Station.objects.filter(pk=operating.pk).update(basics_entered_on=date(2023, 11, 20))
    operating.refresh_from_db()
    event = next(event for event in events_of(world.county, operating) if event.title == "基础信息录入齐全")
    assert event.detail == f"期限 {operating.due_on}，逾期录入"


def test_another_room_adds_events_for_who_holds_the_permission(world, operating, monkeypatch):
    monkeypatch.setattr(timeline, "SOURCES", [])
    timeline.timeline(permission=Permission.VIEW_CONTRACTS)(lambda user, station: [Event(date(2023, 1, 1), "合同")])
    assert [event.title for event in events_of(world.county, operating)] == ["合同"]
    assert events_of(world.worker, operating) == []


def test_events_stand_by_year():
    events = [Event(date(2024, 1, 2), "三"), Event(date(2023, 5, 1), "二"), Event(date(2023, 1, 1), "一")]
    assert [(year, [event.title for event in group]) for year, group in years_of(events)] == [
        (2024, ["三"]),
        (2023, ["二", "一"]),
    ]


def test_the_page_tells_the_latest_events_and_how_many_there_are(world, operating, monkeypatch, sign_in):
    many = [Event(date(2023, 1, day), f"第{day}件") for day in range(1, 21)]
    monkeypatch.setattr(timeline, "SOURCES", [(Permission.VIEW, lambda user, station: many)])
    html = html_of(sign_in(world.county), operating)
    assert "最近 12 件，共 20 件" in html
    assert "第20件" in html
    assert "第8件" not in html


# ---- the file


def test_the_file_is_a_paper_with_every_card_and_every_event(world, operating, worker, sign_in):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    html = html_of(sign_in(world.county), operating, "station_file")
    for words in (
        "东阳镇社工站档案",
        "填报单位",
        "基础信息",
        "驻站社工",
        "状态记录",
        "大事记",
        "张伟（演示） 驻站",
        "山西省 › 晋中市",
    ):
        assert words in html
    assert html.index("登记“筹建”") < html.index("登记“运营”")


def test_the_file_may_begin_with_the_latest_event(world, operating, sign_in):
    html = html_of(sign_in(world.county), operating, "station_file", order="newest")
    assert html.index("登记“筹建”") > html.index("登记“运营”")


def test_a_card_may_stay_out_of_the_file_or_print_otherwise(world, operating, card, sign_in):
    card({"rows": []}, paper="")
    client = sign_in(world.county)
    assert "别的房间" in html_of(client, operating)
    assert "别的房间" not in html_of(client, operating, "station_file")


@pytest.mark.parametrize("history", [1, 6])
def test_the_file_costs_the_same_whatever_the_history(
    world, operating, sign_in, history, own_cards_only, django_assert_num_queries
):
    for _ in range(history):
        record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 11, 20))
    client = sign_in(world.county)
    html_of(client, operating, "station_file")
    with django_assert_num_queries(16):
        html_of(client, operating, "station_file")

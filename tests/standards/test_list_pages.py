"""Lists across stations, pages of the registers, and what pages cost."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from standards.actions import Found, add_holding
from standards.models import Asset, CheckKind, Institution, Sign
from stations.timeline import events_of
from tests.files.samples import photo
from tests.standards.conftest import PLATE, check, page, post, square_metres
from tests.standards.test_holdings import ASSET
from tests.world import make_station

FIRST, D = date(2026, 1, 10), date(2026, 3, 1)


# ---- the list of scores ---------------------------------------------------------------------------------------------


@pytest.fixture
def listed(sign_in):
    def get(user, **query):
        response = sign_in(user).get(reverse("check_list"), query)
        assert response.status_code == 200
        return [row.name for row in response.context["rows"]]

    return get


def test_the_worst_stand_first_and_the_unchecked_last(world, station, listed):
    check(world.station(), FIRST, AREA=square_metres(50))
    check(world.station("明星镇社工站"), FIRST, AREA=square_metres(10), PLATE=Found(yes=False))
    rows = listed(world.city)
    assert rows[:2] == ["明星镇社工站", "北关街道社工站"]
    assert set(rows[2:]) == {"锦纶街道社工站", "北坛街道社工站"}
    assert listed(world.city, sort="-score")[:2] == ["北关街道社工站", "明星镇社工站"]
    assert listed(world.city, sort="-failing")[0] == "明星镇社工站"
    assert len(listed(world.city, sort="-checked_on")) == 4


def test_filters_of_the_list(world, station, listed):
    check(world.station(), FIRST, AREA=square_metres(10))
    check(world.station("锦纶街道社工站"), FIRST, kind=CheckKind.SELF)
    assert listed(world.county, checked="yes") == ["北关街道社工站"]
    assert listed(world.county, checked="no") == ["锦纶街道社工站"]
    assert listed(world.county, checked="self") == ["锦纶街道社工站"]
    assert listed(world.county, dimension="HARDWARE") == ["北关街道社工站"]
    assert listed(world.county, dimension="SIGNAGE") == []
    assert listed(world.county, item="AREA") == ["北关街道社工站"]
    assert listed(world.county, checked="yes", month="2025-12") == []
    assert listed(world.county, q="jlj") == ["锦纶街道社工站"]


@pytest.mark.parametrize("query", [{"item": "x"}, {"dimension": "x"}, {"month": "2026-13"}, {"checked": "x"}])
def test_a_wrong_filter_is_explained(world, station, sign_in, query):
    response = sign_in(world.county).get(reverse("check_list"), query)
    assert response.context["rows"] == []
    assert "筛选条件有误" in response.content.decode()


# ---- registers ------------------------------------------------------------------------------------------------------


def test_a_worker_enters_corrects_and_ends_equipment(world, station, sign_in):
    client = sign_in(world.worker)
    assert "登记设备" in page(client, "asset_list")
    sent = {key: str(value) for key, value in ASSET.items()}
    assert post(client, "asset_add", station.pk, **sent, photo=photo()).status_code == 302
    asset = Asset.objects.get()
    assert "现场.jpg" in page(client, "asset_detail", asset.pk)
    assert post(client, "asset_edit", asset.pk, **sent | {"state": "IDLE"}).status_code == 302
    assert post(client, "asset_end", asset.pk, on="2026-10-01", reason="报废").status_code == 302
    assert "还没有登记" in page(client, "asset_list")
    assert "笔记本电脑" in page(client, "asset_list", ended="yes")
    assert "停用设备" in page(client, "asset_history", asset.pk)


def test_a_county_reads_the_registers_and_changes_nothing(world, station, sign_in):
    asset = add_holding(by=None, model=Asset, station=station, **ASSET)
    client = sign_in(world.county)
    assert "4,999.00" in page(client, "asset_list")
    assert "更正" not in page(client, "asset_detail", asset.pk)
    assert client.get(reverse("asset_edit", args=[asset.pk])).status_code == 403


def test_wrong_equipment_comes_back_with_its_errors(world, station, sign_in):
    sent = {key: str(value) for key, value in ASSET.items()} | {
        "quantity": "0",
        "price": "-1",
        "starts_on": "2026-10-21",
    }
    response = post(sign_in(world.worker), "asset_add", station.pk, **sent)
    assert response.status_code == 400
    assert not Asset.objects.exists()


def test_institutions_and_signs_have_the_same_pages(world, station, sign_in):
    client = sign_in(world.township)
    common = {"starts_on": "2026-03-01", "note": ""}
    assert (
        post(client, "institution_add", station.pk, name="值班办法", kind="DUTIES", on_wall="on", **common).status_code
        == 302
    )
    assert post(client, "sign_add", station.pk, name="站牌", kind="PLATE", state="GOOD", **common).status_code == 302
    assert "已上墙" in page(client, "institution_list", on_wall="yes")
    assert "值班办法" not in page(client, "institution_list", on_wall="no")
    assert "完好" in page(client, "sign_list")
    assert page(client, "institution_detail", Institution.objects.get().pk)
    assert page(client, "sign_edit", Sign.objects.get().pk)


def test_the_stations_page_and_its_timeline_tell_of_checks_and_registers(world, station, sign_in):
    check(station, D, AREA=square_metres(10))
    add_holding(by=None, model=Asset, station=station, **ASSET)
    html = page(sign_in(world.county), "station_detail", station.pk)
    assert "建设标准得分" in html
    assert "服务场地面积：10 平方米，少于 40 平方米" in html
    assert "2 件，在用 2" in html


def test_a_check_and_what_followed_from_it_are_one_event(world, station):
    made = check(station, D, AREA=square_metres(10))
    told = [event for event in events_of(world.county, station) if event.title.startswith("建设标准")]
    assert [(event.on, event.title) for event in told] == [(made.checked_on, "建设标准检查")]
    assert "硬件设置未达标（未达标：服务场地面积）" in told[0].detail


# ---- cost -----------------------------------------------------------------------------------------------------------


def more_stations(world, station, count):
    """As many more stations of 榆次区, each with a check and equipment."""
    for number in range(count):
        new = make_station(world.units["锦纶街道"], date(2024, 1, 1), f"第{number}站{count}")
        check(new, FIRST, AREA=square_metres(10 + number))
        add_holding(by=None, model=Asset, station=new, **ASSET)


@pytest.mark.parametrize(("name", "most"), [("check_list", 14), ("asset_list", 14), ("standard_list", 12)])
def test_lists_cost_the_same_however_long_they_are(world, station, sign_in, name, most, django_assert_max_num_queries):
    client = sign_in(world.county)
    counts = []
    for count in (2, 6):
        more_stations(world, station, count)
        client.get(reverse(name))
        with django_assert_max_num_queries(most) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_stations_pages_cost_the_same_whatever_its_history(world, station, sign_in, django_assert_max_num_queries):
    client = sign_in(world.county)
    counts = []
    for days in ([FIRST], [date(2026, 2, 1), D, date(2026, 4, 1)]):
        for day in days:
            last = check(station, day, AREA=square_metres(30))
        here = []
        for name, key in (("station_standard", station.pk), ("check_county", station.pk), ("check_detail", last.pk)):
            client.get(reverse(name, args=[key]))
            with django_assert_max_num_queries(16) as queries:
                assert client.get(reverse(name, args=[key])).status_code == 200
            here.append(len(queries))
        counts.append(here)
    assert counts[0] == counts[1]


def test_the_effective_standard_costs_the_same_however_many_items(world, issue, sign_in, django_assert_max_num_queries):
    client = sign_in(world.county)
    url = reverse("unit_standard", args=[world.units["榆次区"].pk])
    counts = []
    for number in (1, 20):
        issue("晋中市", *[replace(PLATE, code=f"X_{number}_{n}", name=f"项{n}") for n in range(number)])
        with django_assert_max_num_queries(10) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]

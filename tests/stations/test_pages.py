"""Pages of a station, through the browser's eyes."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from stations.actions import assign_supervisor, create_worker, end_posting, leave, post_worker
from stations.models import (
    Dimension,
    Hosting,
    LeavingReason,
    Station,
    StationStatus,
    StatusSpell,
)
from tests.dimensions import record_dimension
from tests.stations.test_station_actions import ALL_FOUR

S = StationStatus
HTML = "<script>alert(1)</script>"
HUGE = "长" * 3_400_000  # 10 MB


def page(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def current(station):
    return StatusSpell.objects.current().get(station=station)


def post(client, url_name, /, *args, **data):
    return client.post(reverse(url_name, args=args), data)


# ---- a station ------------------------------------------------------------------------------------------------------


def test_a_station_shows_its_due_date_with_document_and_clause(world, operating, sign_in):
    html = page(sign_in(world.county), "station_detail", operating.pk)
    assert "已逾期 57 天" in html
    assert "市民函〔2023〕28号 二(三)" in html
    assert "10月9日截止" in html
    assert "还缺：地址、联系人、联系电话、运营方式" in html


def test_entered_basics_are_shown_as_on_time_or_late(world, operating, sign_in):
    client = sign_in(world.county)
    response = post(client, "station_edit", operating.pk, name=operating.unit.name, **ALL_FOUR)
    assert response.status_code == 302
    assert "逾期 57 天录入" in page(client, "station_detail", operating.pk)
    Station.objects.filter(pk=operating.pk).update(basics_entered_on=date(2023, 10, 9))
    assert "按时录入" in page(client, "station_detail", operating.pk)


def test_a_station_shows_statuses_checks_and_workers(world, operating, worker, sign_in):
    record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=False, on=date(2023, 10, 20))
    record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 11, 20))
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    context = sign_in(world.county).get(reverse("station_detail", args=[operating.pk])).context
    cards = {built.panel.key: built.content for built in context["panels"]}
    assert [row.status for row in cards["statuses"]["rows"]] == ["运营", "挂牌", "验收", "建成", "建设中", "筹建"]
    signage = cards["standard"]["rows"][3]
    assert (signage.mark.tone, signage.on, len(signage.before)) == ("ok", date(2023, 11, 20), 1)
    assert [row.name for row in cards["workers"]["here"]] == ["张伟（演示）"]
    assert cards["workers"]["late"] == "1 人未持证，按规定缺 1 人"
    assert cards["workers"]["staffing"]["source"]["label"] == "缺省（无文件） 人员配备"


def test_a_station_shows_its_supervisors_and_why_people_left(world, operating, worker, sign_in):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    assign_supervisor(by=None, stations=[operating], user=world.county, lead=True, on=date(2023, 10, 10))
    leave(by=None, worker=worker, on=date(2023, 11, 1), reason=LeavingReason.OTHER, note="随家属外迁")
    html = page(sign_in(world.county), "station_detail", operating.pk)
    assert "督导：王（演示）（主责）" in html
    assert html.count("其他：随家属外迁") == 2  # on the card and in the timeline


def test_who_may_not_change_a_station_sees_no_buttons(world, sign_in):
    station = world.station()
    html = page(sign_in(world.city), "station_detail", station.pk)
    for name in ("station_edit", "station_status", "station_status_withdraw"):
        assert reverse(name, args=[station.pk]) not in html
    assert reverse("station_status", args=[station.pk]) in page(sign_in(world.county), "station_detail", station.pk)
    assert reverse("station_edit", args=[station.pk]) in page(sign_in(world.worker), "station_detail", station.pk)


def test_an_administrator_sees_the_station_but_not_its_workers(world, worker, sign_in):
    station = world.station()
    post_worker(by=None, worker=worker, station=station, on=date(2023, 9, 5))
    assert "张伟" not in page(sign_in(world.administrator), "station_detail", station.pk)


@pytest.mark.parametrize("history", [1, 6])
def test_the_page_of_a_station_costs_the_same_whatever_its_history(
    world, operating, sign_in, history, own_cards_only, django_assert_num_queries
):
    for number in range(history):
        worker = create_worker(by=None, unit=world.units["榆次区"], name=f"第{number}人")
        posting = post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
        if number % 2:
            end_posting(by=None, posting=posting, on=date(2023, 11, 1))
        record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 11, 20))
    client = sign_in(world.county)
    page(client, "station_detail", operating.pk)
    with django_assert_num_queries(18):
        page(client, "station_detail", operating.pk)


def create(client, place, **fields):
    values = {"township": place.pk, "kind": "STATION", "name": "东阳镇社工站", "started_on": "2023-06-01", **fields}
    return post(client, "station_create", **values)


def test_a_county_official_creates_a_station(world, township, sign_in):
    response = create(sign_in(world.county), township, area_square_metres="80.5", hosting=Hosting.AGENCY)
    station = Station.objects.get(unit__name="东阳镇社工站")
    assert response.url == reverse("station_detail", args=[station.pk])
    assert (station.unit.parent, str(station.area_square_metres)) == (township, "80.5")


def test_a_standing_station_is_created_with_its_dates(world, rules, township, sign_in):
    create(sign_in(world.county), township, building_on="2023-07-01", completed_on="2023-08-01")
    station = Station.objects.get(unit__name="东阳镇社工站")
    assert (current(station).status, station.due_on) == (S.COMPLETED, date(2023, 8, 8))


def test_a_wrong_date_is_told_at_its_field(world, rules, township, sign_in):
    response = create(sign_in(world.county), township, building_on="2023-07-01", completed_on="2023-06-30")
    assert "不能早于" in response.context["form"].errors["completed_on"][0]
    assert not Station.objects.filter(unit__parent=township).exists()


def test_a_township_of_another_county_cannot_be_chosen(world, sign_in):
    response = create(sign_in(world.county), world.units["明星镇"], name="越界站")
    assert "township" in response.context["form"].errors
    assert not Station.objects.filter(unit__name="越界站").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", HTML),
        ("name", HUGE),
        ("name", ""),
        ("address", HUGE),
        ("contact_name", HTML),
        ("area_square_metres", "-5"),
        ("area_square_metres", "NaN"),
        ("started_on", "2024-01-01"),
        ("started_on", "2023-13-01"),
        ("kind", "COUNTY_HUB"),
        ("township", "999999"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_saved(world, township, sign_in, field, value):
    response = create(sign_in(world.county), township, **{field: value})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert HTML not in response.content.decode()
    assert not Station.objects.filter(unit__parent=township).exists()


def test_a_station_worker_enters_basics_but_does_not_rename(world, sign_in):
    station = world.station()
    post(sign_in(world.worker), "station_edit", station.pk, name="我的站", **ALL_FOUR)
    station.refresh_from_db()
    assert station.basics_entered_on == date(2023, 12, 5)
    assert station.unit.name == "北关街道社工站"


def status(client, station, new, on="2023-11-20", **extra):
    values = {"status": new, "on": on, "expected": current(station).pk, **extra}
    return post(client, "station_status", station.pk, **values)


def test_a_status_is_recorded(world, operating, sign_in):
    response = status(sign_in(world.county), operating, "SUSPENDED", note="装修（演示）")
    assert response.status_code == 302
    assert (current(operating).status, current(operating).note) == (S.SUSPENDED, "装修（演示）")


def test_only_what_may_follow_is_offered(world, operating, sign_in):
    form = sign_in(world.county).get(reverse("station_status", args=[operating.pk])).context["form"]
    assert [value for value, _ in form.fields["status"].widget.choices] == ["SUSPENDED", "CLOSED"]


def test_after_a_mistake_still_only_what_may_follow_is_offered(world, operating, sign_in):
    form = status(sign_in(world.county), operating, "SUSPENDED", on="2999-01-01").context["form"]
    assert "on" in form.errors
    assert [value for value, _ in form.fields["status"].widget.choices] == ["SUSPENDED", "CLOSED"]


def test_a_wrong_order_is_refused_with_the_reason(world, operating, sign_in):
    response = status(sign_in(world.county), operating, "COMPLETED")
    assert "“运营”之后只能登记“停运”、“撤销”" in response.context["form"].errors["status"][0]


def test_the_second_of_two_people_gets_a_clear_message(world, operating, sign_in):
    client, seen = sign_in(world.county), current(operating).pk
    status(client, operating, "SUSPENDED")
    response = status(client, operating, "CLOSED", expected=seen)
    assert "他人刚刚把站点状态登记为“停运”" in response.content.decode()
    assert current(operating).status == S.SUSPENDED


def test_a_status_is_withdrawn_with_a_reason(world, operating, sign_in):
    client = sign_in(world.county)
    status(client, operating, "CLOSED")
    assert page(client, "station_status", operating.pk).count("站点已撤销") == 1
    expected = current(operating).pk
    assert post(client, "station_status_withdraw", operating.pk, expected=expected).status_code == 200
    post(client, "station_status_withdraw", operating.pk, expected=expected, reason="点错了（演示）")
    assert current(operating).status == S.OPERATING


def test_the_history_tells_who_changed_what(world, operating, sign_in):
    html = page(sign_in(world.county), "station_history", operating.pk)
    assert "新建站点" in html
    assert "王（演示）" in html
    assert "建设中 → 建成" in html
    assert "市民函〔2023〕28号 二(三)" in html


# ---- everything is a write with a trail -----------------------------------------------------------------------------


def test_writes_take_post_and_reads_leave_no_event(world, operating, worker, sign_in):
    client = sign_in(world.county)
    count = AuditEvent.objects.count()
    for name, key in [
        ("station_edit", operating.pk),
        ("station_status", operating.pk),
        ("station_status_withdraw", operating.pk),
    ]:
        assert client.get(reverse(name, args=[key])).status_code == 200
        assert client.put(reverse(name, args=[key])).status_code == 405
    assert AuditEvent.objects.count() == count

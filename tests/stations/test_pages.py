"""Pages of a station and of a worker, through the browser's eyes."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from stations.actions import add_certificate, create_worker, employ, end_posting, post_worker, record_dimension
from stations.models import (
    Certificate,
    CertificateLevel,
    Dimension,
    DimensionState,
    EmployerKind,
    Employment,
    Hosting,
    Station,
    StationPosting,
    StationStatus,
    StatusSpell,
    Worker,
)
from tests.stations.conftest import ID_NUMBER, OTHER_ID_NUMBER
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
    signage = cards["dimensions"]["rows"][3]
    assert (signage.mark.tone, signage.on, len(signage.before)) == ("ok", date(2023, 11, 20), 1)
    assert [row.name for row in cards["workers"]["here"]] == ["张伟（演示）"]
    assert cards["workers"]["late"] == "1 人未持证"


def test_who_may_not_change_a_station_sees_no_buttons(world, sign_in):
    station = world.station()
    html = page(sign_in(world.city), "station_detail", station.pk)
    for name in ("station_edit", "station_status", "station_dimension", "station_status_withdraw"):
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
    with django_assert_num_queries(16):
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
    assert [value for value, _ in form.fields["status"].choices] == ["SUSPENDED", "CLOSED"]


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


def test_a_check_is_recorded(world, sign_in):
    station, client = world.station(), sign_in(world.county)
    assert page(client, "station_dimension", station.pk, dimension="STAFFING").count(" checked") == 1
    assert page(client, "station_dimension", station.pk, dimension="nonsense").count(" checked") == 0
    post(client, "station_dimension", station.pk, dimension="STAFFING", met="no", on="2023-11-01")
    assert DimensionState.objects.get(station=station).met is False


def test_the_history_tells_who_changed_what(world, operating, sign_in):
    html = page(sign_in(world.county), "station_history", operating.pk)
    assert "新建站点" in html
    assert "王（演示）" in html
    assert "建设中 → 建成" in html
    assert "市民函〔2023〕28号 二(三)" in html


# ---- a worker -------------------------------------------------------------------------------------------------------


def test_a_worker_shows_a_masked_number_only(world, worker, sign_in):
    for name in ("worker_detail", "worker_edit", "worker_history"):
        assert ID_NUMBER not in page(sign_in(world.county), name, worker.pk)
    assert "140*************16" in page(sign_in(world.county), "worker_detail", worker.pk)


def test_a_worker_without_certificate_is_shown_with_the_rule(world, rules, worker, sign_in):
    html = page(sign_in(world.county), "worker_detail", worker.pk)
    assert "未持证" in html
    assert "市民函〔2023〕28号 二(二)" in html


def test_a_worker_is_created_and_led_on(world, sign_in):
    response = post(
        sign_in(world.township),
        "worker_create",
        name="李娜（演示）",
        id_number=ID_NUMBER,
        unit=world.units["北关街道"].pk,
    )
    created = Worker.objects.get()
    assert response.url == reverse("worker_detail", args=[created.pk])
    assert (created.unit, created.id_number) == (world.units["北关街道"], ID_NUMBER)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", HTML),
        ("name", HUGE),
        ("id_number", "123"),
        ("id_number", "1" * 10_000_000),
        ("phone", HTML),
        ("unit", "0"),
    ],
)
def test_bad_input_about_a_worker_saves_nothing(world, sign_in, field, value):
    data = {"name": "李娜（演示）", "unit": world.units["榆次区"].pk, field: value}
    response = post(sign_in(world.county), "worker_create", **data)
    assert field in response.context["form"].errors
    assert not Worker.objects.exists()


def test_a_file_cannot_be_kept_outside_the_scope(world, sign_in):
    response = post(sign_in(world.county), "worker_create", name="李娜（演示）", unit=world.units["太谷区"].pk)
    assert "unit" in response.context["form"].errors


def test_a_known_number_outside_the_scope_gives_away_nothing(world, worker, sign_in):
    response = post(
        sign_in(world.outsider), "worker_create", name="某人", id_number=ID_NUMBER, unit=world.units["太谷区"].pk
    )
    html = response.content.decode()
    assert "管辖范围之外" in html
    assert "张伟" not in html


def test_an_edit_with_an_empty_number_keeps_it(world, worker, sign_in):
    client = sign_in(world.county)
    post(client, "worker_edit", worker.pk, name="张伟（演示）", unit=worker.unit_id, phone="0354-0001234")
    worker.refresh_from_db()
    assert (worker.phone, worker.id_number) == ("0354-0001234", ID_NUMBER)
    post(client, "worker_edit", worker.pk, name="张伟（演示）", unit=worker.unit_id, id_number=OTHER_ID_NUMBER)
    worker.refresh_from_db()
    assert worker.id_number == OTHER_ID_NUMBER


def test_an_account_of_the_scope_is_joined_to_the_worker(world, worker, sign_in):
    client = sign_in(world.county)
    form = client.get(reverse("worker_edit", args=[worker.pk])).context["form"]
    assert list(form.fields["user"].queryset) == [world.worker]
    post(client, "worker_edit", worker.pk, name=worker.name, unit=worker.unit_id, user=world.worker.pk)
    worker.refresh_from_db()
    assert worker.user == world.worker


def test_a_career_is_recorded_step_by_step(world, worker, sign_in):
    client, station = sign_in(world.county), world.station()
    post(client, "worker_certificate", worker.pk, level="ASSISTANT", number="SW2022000001", issued_on="2022-09-01")
    post(
        client,
        "worker_employ",
        worker.pk,
        employer_kind="AGENCY",
        employer_name="阳光社工（演示）",
        full_time="yes",
        on="2023-09-05",
    )
    post(client, "worker_post", worker.pk, station=station.pk, on="2023-09-05")
    assert Certificate.objects.filter(worker=worker).count() == 1
    assert Employment.objects.get(worker=worker).full_time is True
    post(client, "worker_post", worker.pk, station=world.station("锦纶街道社工站").pk, on="2023-10-09")
    post(client, "worker_posting_end", worker.pk, on="2023-11-01", note="离职（演示）")
    post(client, "worker_employment_end", worker.pk, on="2023-11-01")
    assert StationPosting.objects.filter(worker=worker, ends_on=None).count() == 0
    context = client.get(reverse("worker_detail", args=[worker.pk])).context
    assert [step.what for step in context["timeline"]] == ["聘用结束", "离站", "驻站", "聘用", "驻站", "取得证书"]


def test_an_end_before_the_start_is_refused(world, worker, sign_in):
    client = sign_in(world.county)
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    response = post(client, "worker_posting_end", worker.pk, on="2023-09-04")
    assert "不能早于驻站起始日期（2023-09-05）" in response.context["form"].errors["on"][0]


def test_a_worker_is_posted_within_the_scope_only(world, worker, sign_in):
    response = post(
        sign_in(world.county), "worker_post", worker.pk, station=world.station("明星镇社工站").pk, on="2023-11-02"
    )
    assert "station" in response.context["form"].errors


def test_nothing_to_end_leads_back(world, worker, sign_in):
    client = sign_in(world.county)
    for name in ("worker_posting_end", "worker_employment_end"):
        assert client.get(reverse(name, args=[worker.pk])).url == reverse("worker_detail", args=[worker.pk])


def test_who_had_the_worker_before_sees_but_no_longer_changes(world, worker, sign_in):
    """李 manages 北关街道; the file is kept by 榆次区."""
    client, detail = sign_in(world.township), reverse("worker_detail", args=[worker.pk])
    assert client.get(detail).status_code == 404
    posting = post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    assert client.get(detail).status_code == 200
    assert client.get(reverse("worker_edit", args=[worker.pk])).status_code == 200
    end_posting(by=None, posting=posting, on=date(2023, 11, 1))
    assert client.get(detail).status_code == 200
    assert client.get(reverse("worker_edit", args=[worker.pk])).status_code == 403
    assert reverse("worker_edit", args=[worker.pk]) not in client.get(detail).content.decode()


def test_a_manager_of_the_posting_does_not_move_a_file_kept_above(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    form = sign_in(world.township).get(reverse("worker_edit", args=[worker.pk])).context["form"]
    assert "unit" not in form.fields


def test_where_a_worker_went_outside_the_scope_is_not_named(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    post_worker(by=None, worker=worker, station=world.station("明星镇社工站"), on=date(2023, 11, 1), note="支援明星镇")
    html = page(sign_in(world.county), "worker_detail", worker.pk)
    assert "管辖范围以外" in html
    assert "明星镇" not in html


@pytest.mark.parametrize("history", [1, 5])
def test_the_page_of_a_worker_costs_the_same_whatever_the_history(
    world, rules, worker, sign_in, history, django_assert_num_queries
):
    stations = [world.station(), world.station("锦纶街道社工站")]
    for number in range(history):
        day = date(2023, 10, 9 + number)
        post_worker(by=None, worker=worker, station=stations[number % 2], on=day)
        employ(
            by=None, worker=worker, employer_kind=EmployerKind.AGENCY, employer_name="某社工", full_time=True, on=day
        )
        number_text = f"SW20220000{number:02d}"
        add_certificate(
            by=None, worker=worker, level=CertificateLevel.ASSISTANT, number=number_text, issued_on=date(2022, 9, 1)
        )
    client = sign_in(world.county)
    page(client, "worker_detail", worker.pk)
    with django_assert_num_queries(13):
        page(client, "worker_detail", worker.pk)


# ---- everything is a write with a trail -----------------------------------------------------------------------------


def test_writes_take_post_and_reads_leave_no_event(world, operating, worker, sign_in):
    client = sign_in(world.county)
    count = AuditEvent.objects.count()
    for name, key in [
        ("station_edit", operating.pk),
        ("station_status", operating.pk),
        ("station_status_withdraw", operating.pk),
        ("station_dimension", operating.pk),
        ("worker_edit", worker.pk),
        ("worker_certificate", worker.pk),
        ("worker_employ", worker.pk),
        ("worker_post", worker.pk),
    ]:
        assert client.get(reverse(name, args=[key])).status_code == 200
        assert client.put(reverse(name, args=[key])).status_code == 405
    assert AuditEvent.objects.count() == count

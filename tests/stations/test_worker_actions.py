"""Workers, their certificates, employment and postings (R4, R17)."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from accounts.models import AuditEvent
from common.months import Month
from stations.actions import (
    add_certificate,
    create_worker,
    edit_worker,
    employ,
    end_employment,
    end_posting,
    post_worker,
    record_status,
)
from stations.models import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    StaleMonth,
    StationPosting,
    StationStatus,
    Worker,
)
from tests.stations.conftest import ID_NUMBER, OTHER_ID_NUMBER, errors_of


def stale_months(station):
    return list(StaleMonth.objects.filter(unit_id=station.pk).order_by("month").values_list("month", flat=True))


def employ_full_time(worker, on=date(2023, 10, 1), **fields):
    values = {"employer_kind": EmployerKind.AGENCY, "employer_name": "阳光社工（演示）", "full_time": True, **fields}
    return employ(by=None, worker=worker, on=on, **values)


def certify(worker, number="SW2022000001", issued_on=date(2022, 9, 1), by=None):
    return add_certificate(by=by, worker=worker, level=CertificateLevel.ASSISTANT, number=number, issued_on=issued_on)


# ---- files ----------------------------------------------------------------------------------------------------------


def test_an_identity_number_is_encrypted_and_read_back(worker):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, id_number_index FROM stations_worker WHERE id = %s", [worker.pk])
        stored = cursor.fetchone()
    assert ID_NUMBER not in "".join(stored)
    assert Worker.objects.get(pk=worker.pk).id_number == ID_NUMBER
    assert worker.masked_id_number == "140*************16"


def test_no_identity_number_stands_in_the_trail(world, worker):
    edit_worker(by=world.county, worker=worker, id_number=OTHER_ID_NUMBER)
    events = json.dumps(list(AuditEvent.objects.values("changes", "reason", "target_label")), ensure_ascii=False)
    assert ID_NUMBER not in events
    assert OTHER_ID_NUMBER not in events
    assert AuditEvent.objects.first().changes == {
        "id_number": ["已填写", "已更改"],
        "sex": ["MALE", "FEMALE"],
    }


@pytest.mark.parametrize("number", ["123", "140702199003070017", "140702199013070016", "1" * 10_000_000])
def test_a_wrong_identity_number_is_refused(world, number):
    with pytest.raises(ValidationError) as caught:
        create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）", id_number=number)
    assert "身份证号" in errors_of(caught)["id_number"][0]
    assert not Worker.objects.exists()


def test_a_known_number_within_scope_says_whose_it_is(world, worker):
    with pytest.raises(ValidationError) as caught:
        create_worker(by=world.county, unit=world.units["北关街道"], name="张伟（演示）", id_number=ID_NUMBER)
    assert "张伟（演示）" in errors_of(caught)["id_number"][0]


def test_a_known_number_outside_scope_does_not_say_whose_it_is(world, worker):
    with pytest.raises(ValidationError) as caught:
        create_worker(by=world.outsider, unit=world.units["太谷区"], name="某人", id_number=ID_NUMBER)
    (message,) = errors_of(caught)["id_number"]
    assert "管辖范围之外" in message
    assert "张伟" not in message
    assert "榆次" not in message


def test_a_number_is_known_in_small_letters_too(world):
    number = "11010519491231002X"
    create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）", id_number=number)
    with pytest.raises(ValidationError):
        create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）", id_number=number.lower())


def test_the_database_refuses_an_equal_number(worker):
    with pytest.raises(IntegrityError):
        Worker.objects.create(unit=worker.unit, name="李娜（演示）", id_number_index=worker.id_number_index)


def test_workers_without_a_number_do_not_collide(world):
    for name in ("李娜（演示）", "王芳（演示）"):
        create_worker(by=None, unit=world.units["榆次区"], name=name)
    assert Worker.objects.filter(id_number_index=None).count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "<b>张</b>"), ("name", "张" * 10_000_000), ("phone", "abc"), ("phone", "1" * 10_000_000)],
)
def test_bad_input_about_a_worker_is_refused(world, field, value):
    fields = {"name": "李娜（演示）", field: value}
    with pytest.raises(ValidationError) as caught:
        create_worker(by=None, unit=world.units["榆次区"], **fields)
    assert field in errors_of(caught)
    assert not Worker.objects.exists()


def test_a_file_is_not_kept_above_the_county(world):
    with pytest.raises(ValidationError) as caught:
        create_worker(by=None, unit=world.units["晋中市"], name="李娜（演示）")
    assert "unit" in errors_of(caught)


def test_an_edit_without_a_number_keeps_the_number(worker):
    edit_worker(by=None, worker=worker, phone="0354-0001234")
    worker.refresh_from_db()
    assert (worker.phone, worker.id_number) == ("0354-0001234", ID_NUMBER)


def test_one_account_belongs_to_one_worker(world, worker):
    edit_worker(by=None, worker=worker, user=world.worker)
    other = create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")
    with pytest.raises(ValidationError) as caught:
        edit_worker(by=None, worker=other, user=world.worker)
    assert "user" in errors_of(caught)


# ---- certificates ---------------------------------------------------------------------------------------------------


def test_a_certificate_counts_from_its_issue_date(worker):
    certify(worker, issued_on=date(2023, 9, 15))
    assert not Worker.objects.certified(date(2023, 9, 14)).exists()
    assert Worker.objects.certified(date(2023, 9, 15)).get() == worker


def test_a_certificate_number_is_registered_once(world, worker):
    certify(worker, number="sw2022000001")
    other = create_worker(by=None, unit=world.units["太谷区"], name="李娜（演示）")
    with pytest.raises(ValidationError) as caught:
        certify(other, number="SW 2022000001")
    assert errors_of(caught) == {"number": ["该证书编号已登记，请核对编号"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("issued_on", date(2023, 12, 6)), ("number", ""), ("number", "<b>123456</b>"), ("number", "1" * 10_000_000)],
)
def test_a_wrong_certificate_is_refused(worker, field, value):
    with pytest.raises(ValidationError) as caught:
        certify(worker, **{field: value})
    assert field in errors_of(caught)
    assert not Certificate.objects.exists()


def test_an_unknown_level_is_refused(worker):
    with pytest.raises(ValidationError) as caught:
        add_certificate(by=None, worker=worker, level="MASTER", number="SW2022000001", issued_on=date(2022, 9, 1))
    assert errors_of(caught) == {"level": ["请选择证书级别"]}


def test_a_certificate_marks_the_stations_where_the_worker_was_posted(world, operating, worker):
    first = world.station()
    post_worker(by=None, worker=worker, station=first, on=date(2023, 9, 5))
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 11, 1))
    StaleMonth.objects.all().delete()
    certify(worker, issued_on=date(2023, 10, 1))
    assert stale_months(first) == [Month(2023, 10), Month(2023, 11)]
    assert stale_months(operating) == [Month(2023, 11), Month(2023, 12)]


# ---- employment -----------------------------------------------------------------------------------------------------


def test_a_new_employment_ends_the_one_before(worker):
    employ_full_time(worker, date(2023, 1, 1))
    employ_full_time(worker, date(2023, 6, 1), full_time=False, employer_kind=EmployerKind.TOWNSHIP)
    rows = Employment.objects.filter(worker=worker).values_list("full_time", "starts_on", "ends_on")
    assert list(rows) == [(True, date(2023, 1, 1), date(2023, 6, 1)), (False, date(2023, 6, 1), None)]


def test_full_time_is_as_of_the_day(worker):
    employ_full_time(worker, date(2023, 1, 1))
    employ_full_time(worker, date(2023, 6, 1), full_time=False)
    assert Worker.objects.full_time(date(2023, 5, 31)).exists()
    assert not Worker.objects.full_time(date(2023, 6, 1)).exists()
    assert Worker.objects.full_time(date(2023, 6, 1), yes=False).exists()


def test_employments_do_not_overlap(worker):
    employment = employ_full_time(worker, date(2023, 3, 1))
    end_employment(by=None, employment=employment, on=date(2023, 6, 1))
    with pytest.raises(ValidationError) as caught:
        employ_full_time(worker, date(2023, 5, 31))
    assert "不能早于上一段聘用的日期（2023-06-01）" in errors_of(caught)["on"][0]


def test_an_employment_does_not_end_before_it_began(worker):
    employment = employ_full_time(worker, date(2023, 3, 1))
    with pytest.raises(ValidationError) as caught:
        end_employment(by=None, employment=employment, on=date(2023, 2, 28))
    assert "on" in errors_of(caught)


def test_an_employment_marks_the_station_of_the_posting(operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    StaleMonth.objects.all().delete()
    employ_full_time(worker, date(2023, 11, 15))
    assert stale_months(operating) == [Month(2023, 11), Month(2023, 12)]


# ---- postings -------------------------------------------------------------------------------------------------------


def test_a_worker_is_posted_from_a_day_on(operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    assert not Worker.objects.posted_at(date(2023, 10, 8)).exists()
    assert Worker.objects.posted_at(date(2023, 10, 9)).get() == worker


def test_a_transfer_ends_the_posting_elsewhere_on_the_same_day(world, operating, worker):
    first = world.station()
    post_worker(by=None, worker=worker, station=first, on=date(2023, 9, 5))
    StaleMonth.objects.all().delete()
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 11, 1))
    assert list(StationPosting.objects.at(date(2023, 11, 1)).filter(worker=worker)) == [
        StationPosting.objects.get(worker=worker, station=operating)
    ]
    assert stale_months(first) == stale_months(operating) == [Month(2023, 11), Month(2023, 12)]


def test_postings_do_not_overlap(operating, worker):
    posting = post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    end_posting(by=None, posting=posting, on=date(2023, 11, 1))
    with pytest.raises(ValidationError) as caught:
        post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 31))
    assert "不能早于上一段驻站的日期（2023-11-01）" in errors_of(caught)["on"][0]


def test_nobody_is_posted_twice_to_one_station(operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    with pytest.raises(ValidationError) as caught:
        post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 10))
    assert "已在东阳镇社工站驻站" in errors_of(caught)["station"][0]


def test_nobody_is_posted_to_a_station_that_is_only_planned(planned, worker):
    with pytest.raises(ValidationError) as caught:
        post_worker(by=None, worker=worker, station=planned, on=date(2023, 7, 1))
    assert "建设开始后" in errors_of(caught)["station"][0]


def test_a_station_being_built_takes_workers(planned, worker):
    record_status(by=None, station=planned, status=StationStatus.BUILDING, on=date(2023, 7, 1))
    post_worker(by=None, worker=worker, station=planned, on=date(2023, 7, 1))
    assert StationPosting.objects.filter(station=planned).count() == 1


def test_nobody_is_posted_to_a_closed_station(operating, worker):
    record_status(by=None, station=operating, status=StationStatus.CLOSED, on=date(2023, 11, 1))
    with pytest.raises(ValidationError) as caught:
        post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 15))
    assert "撤销" in errors_of(caught)["station"][0]


@pytest.mark.parametrize("day", [date(2023, 12, 6), date(2023, 10, 8)])
def test_a_posting_does_not_end_in_the_future_or_before_it_began(operating, worker, day):
    posting = post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    with pytest.raises(ValidationError) as caught:
        end_posting(by=None, posting=posting, on=day)
    assert "on" in errors_of(caught)


def test_a_posting_ends_once(operating, worker):
    posting = post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    end_posting(by=None, posting=posting, on=date(2023, 11, 1), note="离职（演示）")
    with pytest.raises(ValidationError, match="已于 2023-11-01 结束"):
        end_posting(by=None, posting=posting, on=date(2023, 11, 2))
    assert AuditEvent.objects.first().reason == "离职（演示）"


def test_the_database_allows_one_open_posting(world, operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    with pytest.raises(IntegrityError):
        StationPosting.objects.create(worker=worker, station=world.station(), starts_on=date(2023, 11, 1))

"""Taking back what was recorded by mistake, and taking over a file."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEvent
from common.months import Month
from stations.actions import (
    add_certificate,
    employ,
    end_posting,
    post_worker,
    record_status,
    take_over_worker,
    withdraw_certificate,
    withdraw_employment,
    withdraw_posting,
)
from stations.models import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    StaleMonth,
    StationPosting,
    StationStatus,
)
from tests.stations.conftest import ID_NUMBER, OTHER_ID_NUMBER, errors_of

REASON = "登记错误（演示）"


def test_a_withdrawn_certificate_frees_its_number(world, worker):
    fields = {"level": CertificateLevel.ASSISTANT, "number": "SW2022000001", "issued_on": date(2022, 9, 1)}
    add_certificate(by=None, worker=worker, **fields)
    withdraw_certificate(by=world.county, worker=worker, reason=REASON)
    assert not Certificate.objects.exists()
    event = AuditEvent.objects.first()
    assert (event.verb, event.reason) == ("撤回资格证书", REASON)
    assert event.changes["登记"] == ["助理社会工作师 SW2022000001", None]
    add_certificate(by=None, worker=worker, **fields)


def test_a_withdrawn_employment_lets_the_one_before_go_on(worker):
    for name, day in [("甲", date(2023, 1, 1)), ("乙", date(2023, 6, 1))]:
        employ(by=None, worker=worker, employer_kind=EmployerKind.AGENCY, employer_name=name, full_time=True, on=day)
    withdraw_employment(by=None, worker=worker, reason=REASON)
    left = Employment.objects.get(worker=worker)
    assert (left.employer_name, left.ends_on) == ("甲", None)


def test_a_withdrawn_posting_lets_the_one_before_go_on_and_marks_both(world, operating, worker):
    first = world.station()
    post_worker(by=None, worker=worker, station=first, on=date(2023, 9, 5))
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 11, 1))
    StaleMonth.objects.all().delete()
    withdraw_posting(by=None, worker=worker, reason=REASON)
    left = StationPosting.objects.get(worker=worker)
    assert (left.station, left.ends_on) == (first, None)
    marked = set(StaleMonth.objects.values_list("unit_id", "month"))
    assert marked == {(s.pk, m) for s in (first, operating) for m in (Month(2023, 11), Month(2023, 12))}


def test_a_posting_to_a_station_that_closed_does_not_come_back(world, operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 11, 1))
    record_status(by=None, station=operating, status=StationStatus.CLOSED, on=date(2023, 11, 5))
    withdraw_posting(by=None, worker=worker, reason=REASON)
    assert not StationPosting.objects.current().filter(worker=worker).exists()


@pytest.mark.parametrize("withdraw", [withdraw_certificate, withdraw_employment, withdraw_posting])
def test_there_must_be_something_to_withdraw(worker, withdraw):
    with pytest.raises(ValidationError, match="没有可以撤回的登记"):
        withdraw(by=None, worker=worker, reason=REASON)


def test_withdrawing_needs_a_reason_and_the_record_that_was_seen(world, worker):
    first = post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 11, 1))
    with pytest.raises(ValidationError, match="请填写撤回理由"):
        withdraw_posting(by=None, worker=worker, reason=" ")
    post_worker(by=None, worker=worker, station=world.station("锦纶街道社工站"), on=date(2023, 11, 2))
    with pytest.raises(ValidationError, match="他人刚刚作了新的登记"):
        withdraw_posting(by=None, worker=worker, reason=REASON, expected=first.pk)
    assert StationPosting.objects.count() == 2


PAGES = ["worker_certificate_withdraw", "worker_employment_withdraw", "worker_posting_withdraw"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_nothing_to_withdraw_leads_back(world, worker, sign_in, name):
    response = sign_in(world.county).get(reverse(name, args=[worker.pk]))
    assert response.url == reverse("worker_detail", args=[worker.pk])


def test_a_posting_is_withdrawn_on_its_page(world, worker, sign_in):
    posting = post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    client, url = sign_in(world.county), reverse("worker_posting_withdraw", args=[worker.pk])
    assert "北关街道社工站" in client.get(url).content.decode()
    assert "reason" in client.post(url, {"expected": posting.pk}).context["form"].errors
    assert client.post(url, {"expected": posting.pk, "reason": REASON}).status_code == 302
    assert not StationPosting.objects.exists()


# ---- taking over a file ---------------------------------------------------------------------------------------------


def take_over(world, worker, **fields):
    values = {"unit": world.units["太谷区"], "name": worker.name, "id_number": ID_NUMBER, **fields}
    return take_over_worker(by=world.outsider, **values)


def test_a_worker_who_left_is_taken_over_by_name_and_number(world, worker):
    assert take_over(world, worker).unit == world.units["太谷区"]
    paths = set(AuditEvent.objects.filter(verb__endswith="入社工档案").values_list("path", flat=True))
    paths |= set(AuditEvent.objects.filter(verb__endswith="出社工档案").values_list("path", flat=True))
    assert paths == {world.units["太谷区"].path, world.units["榆次区"].path}


@pytest.mark.parametrize("fields", [{"name": "李娜（演示）"}, {"id_number": OTHER_ID_NUMBER}, {"id_number": ""}])
def test_name_and_number_must_both_be_right(world, worker, fields):
    with pytest.raises(ValidationError) as caught:
        take_over(world, worker, **fields)
    assert "都相符" in errors_of(caught)["id_number"][0]


def test_a_worker_who_is_still_posted_is_not_taken_over(world, worker):
    posting = post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    with pytest.raises(ValidationError, match="仍有驻站"):
        take_over(world, worker)
    end_posting(by=None, posting=posting, on=date(2023, 11, 1))
    take_over(world, worker)


def test_a_file_is_taken_over_on_its_page(world, worker, sign_in):
    client = sign_in(world.outsider)
    data = {"name": worker.name, "id_number": ID_NUMBER, "unit": world.units["太谷区"].pk}
    assert client.get(reverse("worker_detail", args=[worker.pk])).status_code == 404
    response = client.post(reverse("worker_take_over"), data)
    assert response.url == reverse("worker_detail", args=[worker.pk])
    assert client.get(response.url).status_code == 200
    assert client.post(reverse("worker_take_over"), data | {"unit": world.units["榆次区"].pk}).status_code == 200

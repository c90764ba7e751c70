"""Certificates with their registration (R4): what counts on a day, renewals, running out."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import AuditEvent
from common.months import Month
from stations.actions import (
    add_certificate,
    create_worker,
    post_worker,
    renew_certificate,
    withdraw_renewal,
)
from stations.models import Certificate, CertificateLevel, Renewal, StaleMonth, StationPosting, Worker
from tests.stations.conftest import errors_of

ISSUED, UNTIL = date(2020, 9, 1), date(2023, 8, 31)


def certify(worker, number="SW2020000001", issued_on=ISSUED, valid_until=UNTIL, **fields):
    return add_certificate(
        by=None, worker=worker, level=CertificateLevel.ASSISTANT, number=number, issued_on=issued_on,
        valid_until=valid_until, **fields,
    )  # fmt: skip


def renew(certificate, registered_on=date(2023, 11, 1), valid_until=date(2026, 10, 31), expected=UNTIL):
    return renew_certificate(
        by=None, certificate=certificate, registered_on=registered_on, valid_until=valid_until, expected=expected
    )


def counts(worker, *days):
    return [Worker.objects.certified(day).filter(pk=worker.pk).exists() for day in days]


def stale_months(station):
    return list(StaleMonth.objects.filter(unit_id=station.pk).order_by("month").values_list("month", flat=True))


def test_a_certificate_counts_from_its_issue_to_the_last_day_of_its_registration(worker):
    certify(worker)
    days = (date(2020, 8, 31), ISSUED, UNTIL, date(2023, 9, 1))
    assert counts(worker, *days) == [False, True, True, False]


def test_a_certificate_without_a_recorded_end_goes_on(worker):
    certify(worker, valid_until=None)
    assert counts(worker, date(2099, 1, 1)) == [True]


def test_a_late_renewal_leaves_its_gap(worker):
    renew(certify(worker))
    days = (UNTIL, date(2023, 10, 31), date(2023, 11, 1), date(2026, 10, 31), date(2026, 11, 1))
    assert counts(worker, *days) == [True, False, True, True, False]


def test_the_queryset_of_certificates_and_the_list_of_workers_agree(worker):
    renew(certify(worker))
    for day in (date(2020, 8, 31), ISSUED, UNTIL, date(2023, 9, 1), date(2023, 11, 1), date(2026, 11, 1)):
        assert Certificate.objects.valid(day).exists() is counts(worker, day)[0]


def test_a_renewal_marks_the_months_from_its_day_on(world, worker):
    certificate = certify(worker)
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    StaleMonth.objects.all().delete()
    renew(certificate)
    assert stale_months(world.station()) == [Month(2023, 11), Month(2023, 12)]


def test_a_renewal_of_a_certificate_without_an_end_records_its_first_registration(worker):
    certificate = certify(worker, valid_until=None)
    renew(certificate, registered_on=date(2020, 10, 1), valid_until=UNTIL, expected=None)
    certificate.refresh_from_db()
    assert (certificate.registered_on, certificate.valid_until) == (date(2020, 10, 1), UNTIL)
    assert not Renewal.objects.exists()
    assert counts(worker, date(2023, 9, 1)) == [False]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"valid_until": UNTIL}, "valid_until"),
        ({"valid_until": date(2023, 10, 31)}, "valid_until"),
        ({"valid_until": date(2053, 10, 31)}, "valid_until"),
        ({"registered_on": date(2023, 12, 6)}, "registered_on"),
        ({"registered_on": date(2020, 8, 31)}, "registered_on"),
    ],
)
def test_a_wrong_renewal_is_refused(worker, fields, field):
    certificate = certify(worker)
    with pytest.raises(ValidationError) as caught:
        renew(certificate, **fields)
    assert field in errors_of(caught)
    assert not Renewal.objects.exists()


def test_of_two_renewals_at_once_the_second_is_told(worker):
    certificate = certify(worker)
    renew(certificate)
    with pytest.raises(ValidationError, match="他人刚刚"):
        renew(certificate, valid_until=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"valid_until": date(2020, 8, 31)}, "valid_until"),
        ({"valid_until": date(2040, 8, 31)}, "valid_until"),
        ({"registered_on": date(2020, 8, 31)}, "registered_on"),
        ({"registered_on": date(2020, 10, 1), "valid_until": None}, "valid_until"),
    ],
)
def test_dates_of_a_certificate_out_of_order_are_refused(worker, fields, field):
    with pytest.raises(ValidationError) as caught:
        certify(worker, **fields)
    assert field in errors_of(caught)
    assert not Certificate.objects.exists()


def test_an_expired_certificate_is_entered_only_knowingly(worker):
    with pytest.raises(ValidationError) as caught:
        certify(worker, accept_expired=False)
    assert "已于 2023-08-31 届满" in errors_of(caught)["valid_until"][0]
    assert not Certificate.objects.exists()
    certify(worker, accept_expired=True)
    assert Certificate.objects.count() == 1


def test_who_holds_only_an_expired_certificate_is_posted_only_knowingly(world, rules, worker):
    certify(worker)
    with pytest.raises(ValidationError) as caught:
        post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 11, 1), accept_uncertified=False)
    (message,) = errors_of(caught)["accept_uncertified"]
    assert "已于 2023-08-31 届满" in message
    assert "市民函〔2023〕28号 二(二)" in message
    assert not StationPosting.objects.exists()


def test_a_certificate_that_counts_on_the_day_is_enough(world, rules, worker):
    renew(certify(worker))
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 11, 1), accept_uncertified=False)
    assert StationPosting.objects.count() == 1


def test_certificates_that_run_out_within_some_days(worker, world):
    other = create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")
    certify(worker, valid_until=date(2024, 3, 4))  # 90 days after 2023-12-05
    certify(other, number="SW2020000002", valid_until=date(2024, 3, 5))
    today = date(2023, 12, 5)
    assert list(Worker.objects.expiring(today, 90)) == [worker]
    assert set(Worker.objects.expiring(today, 91)) == {worker, other}


def test_a_certificate_renewed_beforehand_does_not_run_out(worker):
    certificate = certify(worker, valid_until=date(2024, 1, 31))
    renew(certificate, valid_until=date(2027, 1, 31), expected=date(2024, 1, 31))
    assert not Worker.objects.expiring(date(2023, 12, 5), 90).exists()
    assert Worker.objects.expiring(date(2023, 10, 31), 92).exists()  # as was known that day


def test_a_second_certificate_that_lasts_keeps_a_worker_off_the_list(worker):
    certify(worker, valid_until=date(2024, 1, 31))
    certify(worker, number="SW2020000002", valid_until=date(2026, 1, 31))
    assert not Worker.objects.expiring(date(2023, 12, 5), 90).exists()


def test_expired_are_those_who_held_one_and_hold_none(worker, world):
    create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")
    certify(worker)
    assert list(Worker.objects.expired(date(2023, 9, 1))) == [worker]
    assert not Worker.objects.expired(UNTIL).exists()


def test_the_level_is_that_of_certificates_that_count(worker):
    certify(worker)
    add_certificate(
        by=None, worker=worker, level=CertificateLevel.SOCIAL_WORKER, number="SW2020000009", issued_on=ISSUED,
        valid_until=date(2022, 8, 31),
    )  # fmt: skip
    assert Worker.objects.holding(CertificateLevel.SOCIAL_WORKER, date(2022, 8, 31)).exists()
    assert Worker.objects.holding(CertificateLevel.ASSISTANT, date(2022, 9, 1)).exists()
    assert not Worker.objects.holding(CertificateLevel.ASSISTANT, date(2023, 9, 1)).exists()


def test_a_renewal_is_taken_back_with_a_reason(world, worker):
    renew(certify(worker))
    withdraw_renewal(by=world.county, worker=worker, reason="日期填错")
    assert counts(worker, date(2023, 11, 1)) == [False]
    assert AuditEvent.objects.first().reason == "日期填错"


def test_the_database_keeps_the_dates_in_order(worker):
    with pytest.raises(IntegrityError):
        Certificate.objects.create(
            worker=worker, level=CertificateLevel.ASSISTANT, number="SW2020000001", issued_on=ISSUED,
            valid_until=date(2020, 8, 31),
        )  # fmt: skip

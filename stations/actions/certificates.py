"""Certificates and their registration (R4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from common import checks
from files.actions import attach
from files.checks import CheckedFile
from stations import checks as station_checks
from stations.actions.careers import mark_where_posted
from stations.actions.locks import locked_worker
from stations.models import Certificate, CertificateLevel, Renewal, Worker

LONGEST = 10  # years that a registration may run; national ones run three


def _end(value: date | None, *, since: date, since_label: str) -> date | None:
    """The last day of a registration."""
    if value is None:
        return None
    if value < since:
        raise ValidationError({"valid_until": f"登记有效期不能早于{since_label}（{since}）"})
    if value.year > since.year + LONGEST:
        raise ValidationError({"valid_until": f"登记有效期不能超过 {LONGEST} 年，请核对年份"})
    return value


def _registered(value: date | None, issued_on: date) -> date | None:
    if value is None:
        return None
    return checks.past_day(value, field="registered_on", label="登记日期", since=issued_on, since_label="发证日期")


@transaction.atomic
def add_certificate(
    *,
    by: User | None,
    worker: Worker,
    level: str,
    number: str,
    issued_on: date,
    registered_on: date | None = None,
    valid_until: date | None = None,
    accept_expired: bool = True,
    scans: Sequence[CheckedFile] = (),
) -> Certificate:
    """A certificate that the worker holds from its issue date on; it counts until `valid_until` where that is given.

    Raises ValidationError: a future issue date, a number that is registered already, dates out of order; with
    `accept_expired=False` also a registration that has run out.
    """
    worker = locked_worker(worker)
    clean = checks.all_of(
        level=lambda: checks.member(level, CertificateLevel, field="level", label="证书级别"),
        number=lambda: station_checks.certificate_number(number, field="number"),
        issued_on=lambda: checks.past_day(issued_on, field="issued_on", label="发证日期"),
    )
    issued = clean["issued_on"]
    clean |= checks.all_of(
        registered_on=lambda: _registered(registered_on, issued),
        valid_until=lambda: _end(valid_until, since=registered_on or issued, since_label="登记（发证）日期"),
    )
    if registered_on and not valid_until:
        raise ValidationError({"valid_until": "填写了登记日期，请同时填写登记有效期"})
    if not accept_expired and valid_until and valid_until < timezone.localdate():
        raise ValidationError(
            {
                "valid_until": f"证书登记有效期已于 {valid_until} 届满，到期后不计入持证；"
                "已再登记的请填写新的有效期，确实过期的请勾选“仍然登记”"
            }
        )
    taken = ValidationError({"number": "该证书编号已登记，请核对编号"})
    if Certificate.objects.filter(number=clean["number"]).exists():
        raise taken
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(worker=worker, **clean)
    except IntegrityError:  # entered by someone else since the look
        raise taken from None
    changes = {
        "级别": [None, certificate.get_level_display()],
        "证书编号": [None, certificate.number],
        "发证日期": [None, str(certificate.issued_on)],
    }
    if certificate.valid_until:
        changes["登记有效期至"] = [None, str(certificate.valid_until)]
    audit.record(by=by, verb="登记资格证书", target=worker, unit=worker.unit, changes=changes)
    attach(by=by, target=certificate, unit=worker.unit, files=scans, slot="scan", field="scans")
    mark_where_posted(worker, certificate.issued_on)
    return certificate


@transaction.atomic
def renew_certificate(
    *,
    by: User | None,
    certificate: Certificate,
    registered_on: date,
    valid_until: date,
    expected: date | None = None,
    scans: Sequence[CheckedFile] = (),
) -> Certificate:
    """Register a certificate again. Of one without a recorded end, this records the first registration.

    It counts from `registered_on`: a gap after the registration before stays a gap. `expected` is the end that the user
    saw. Raises ValidationError: dates out of order, an end that is not later than the one before.
    """
    worker = locked_worker(certificate.worker)
    certificate = Certificate.objects.get(pk=certificate.pk)
    before: date | None = (
        Certificate.objects.with_end(date.max).values_list("runs_to", flat=True).get(pk=certificate.pk)
    )
    if expected != before:
        raise ValidationError(f"他人刚刚登记了有效期（至 {before or '未登记'}），请核对后重新登记")
    registered = checks.past_day(
        registered_on, field="registered_on", label="登记日期", since=certificate.issued_on, since_label="发证日期"
    )
    if valid_until is None:
        raise ValidationError({"valid_until": "请填写登记有效期"})
    _end(valid_until, since=registered, since_label="登记日期")
    if before is None:
        certificate.registered_on, certificate.valid_until = registered, valid_until
        certificate.save(update_fields=["registered_on", "valid_until"])
        since = certificate.issued_on
    else:
        if valid_until <= before:
            raise ValidationError({"valid_until": f"新的有效期应晚于原有效期（{before}）"})
        Renewal.objects.create(certificate=certificate, registered_on=registered, valid_until=valid_until)
        since = registered
    changes = {
        "证书": [None, str(certificate)],
        "登记日期": [None, str(registered)],
        "登记有效期至": [str(before) if before else None, str(valid_until)],
    }
    audit.record(by=by, verb="登记证书有效期", target=worker, unit=worker.unit, changes=changes)
    attach(by=by, target=certificate, unit=worker.unit, files=scans, slot="scan", field="scans")
    mark_where_posted(worker, since)
    return certificate

"""Consent 知情同意: given with its paper, withdrawn with a day. After the consent to service was withdrawn nothing new
is recorded of the person (Client.refuses_use)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from accounts import audit
from accounts.models import User
from clients.actions import trail
from clients.actions.locks import changeable
from clients.attachables import SCAN
from clients.models import Client, Consent, ConsentKind
from clients.signals import consent_changed
from clients.vocabulary import age_on
from common import checks
from files.actions import attach
from files.checks import CheckedFile

GUARDIAN_BELOW = 14  # 个人信息保护法 第三十一条


@transaction.atomic
def give_consent(
    *,
    by: User | None,
    client: Client,
    kind: str,
    given_on: date,
    given_by: str = "",
    files: Sequence[File | CheckedFile] = (),
) -> Consent:
    """The person, or `given_by` (a guardian) for them, agreed to `kind` (ConsentKind) on that day; `files`: the scan.

    Raises ValidationError by field: one that stands already, a day before the last withdrawal, a child under 14 without
    who signed for them.
    """
    client = changeable(client)
    fields = checks.all_of(
        kind=lambda: checks.member(kind, ConsentKind, field="kind", label="同意内容"),
        given_on=lambda: checks.past_day(given_on, field="given_on", label="签署日期"),
        given_by=lambda: checks.optional_name(given_by, field="given_by", label="签署人", max_length=40),
    )
    label = ConsentKind(fields["kind"]).label
    age = age_on(client.born_on, fields["given_on"])
    if age is not None and age < GUARDIAN_BELOW and not fields["given_by"]:
        why = f"签署时未满 {GUARDIAN_BELOW} 周岁，应由监护人同意（个人信息保护法第三十一条）"
        raise ValidationError({"given_by": f"{why}，请填写监护人姓名"})
    last = client.consents.filter(kind=fields["kind"]).order_by("-given_on", "-pk").first()
    if last is not None and last.withdrawn_on is None:
        raise ValidationError({"kind": f"“{label}”已于 {last.given_on} 签署，仍然有效"})
    if last is not None and fields["given_on"] < last.withdrawn_on:  # type: ignore[operator]
        raise ValidationError({"given_on": f"“{label}”已于 {last.withdrawn_on} 撤回，再次签署不能早于该日"})
    row = Consent.objects.create(client=client, entered_by=by, **fields)
    trail.record(by=by, verb="登记知情同意", client=client, changes=trail.rows_changes({}, row))
    if files:
        attach(by=by, target=row, unit=client.station.unit, files=files, slot=SCAN, is_demo=client.is_demo)
    consent_changed.send(sender=Consent, client=client)
    return row


@transaction.atomic
def withdraw_consent(*, by: User | None, consent: Consent, withdrawn_on: date, reason: str = "") -> Consent:
    """The consent holds no more from that day on. Raises ValidationError by field: withdrawn already, a wrong day."""
    client = changeable(consent.client)
    row = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if row.withdrawn_on:
        raise ValidationError(f"“{row}”已于 {row.withdrawn_on} 撤回")
    before = audit.state(row)
    fields = checks.all_of(
        withdrawn_on=lambda: checks.past_day(
            withdrawn_on, field="withdrawn_on", label="撤回日期", since=row.given_on, since_label="签署日期"
        ),
        withdrawal_reason=lambda: checks.note(reason),
    )
    for field, value in fields.items():
        setattr(row, field, value)
    row.save(update_fields=["withdrawn_on", "withdrawal_reason"])
    changes = {"同意内容": [None, row.get_kind_display()], **trail.rows_changes(before, row)}
    trail.record(by=by, verb="撤回知情同意", client=client, changes=changes)
    consent_changed.send(sender=Consent, client=client)
    return row

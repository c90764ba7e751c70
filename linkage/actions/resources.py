"""Charity resources: receiving a donation, handing out of it, taking back what was entered by mistake.

Every write locks the donation's row first; what is left stands there and never falls below nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from accounts import audit
from accounts.models import OrgUnit, User
from clients.models import Client, FileSpell
from common import checks, money
from common.paths import within
from common.text import plain_name
from files.actions import attach
from files.checks import CheckedFile
from linkage.actions.shared import held_unit, once, quantity, withdraw
from linkage.models import Donation, DonorKind, Handout, Organisation, RecipientKind, ResourceForm
from linkage.rules import value_of_part
from services.models import ServiceRecord
from stations import stale
from stations.models import Station

Evidence = Sequence[File | CheckedFile]
MONEY_ITEM, MONEY_MEASURE = "款项", "元"
MOST_PEOPLE = 99_999


@transaction.atomic
def receive_donation(
    *,
    by: User | None,
    unit: OrgUnit,
    token: uuid.UUID | str,
    evidence: Evidence = (),
    is_demo: bool = False,
    **facts: Any,
) -> Donation:
    """`facts`: donor_kind, donor, form, item, quantity, measure, value (yuan), purpose, received_on, note.

    Money needs only its value. Of a repeated submit (`token`) the first one's row comes back. Raises ValidationError.
    """
    unit = held_unit(by, unit)
    clean = _facts(facts)

    def make(token: uuid.UUID) -> Donation:
        left = {"left": clean["quantity"], "left_value": clean["value"]}
        return Donation.objects.create(token=token, unit=unit, created_by=by, is_demo=is_demo, **clean, **left)

    donation = once(token, Donation, "created_by", by, make)
    if donation.fresh:  # type: ignore[attr-defined]
        audit.record(by=by, verb="登记慈善资源", target=donation, unit=unit, changes=audit.first(donation))
        attach(by=by, target=donation, unit=unit, files=evidence, slot="evidence", field="evidence")
        stale.mark(unit.pk, stale.months_since(donation.received_on))
    return donation


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    def text(name: str, label: str, length: int) -> str:
        return plain_name(facts.get(name) or "", field=name, label=label, max_length=length)

    clean = checks.all_of(
        donor_kind=lambda: checks.member(
            facts.get("donor_kind") or "", DonorKind, field="donor_kind", label="捐赠方类型"
        ),
        form=lambda: checks.member(facts.get("form") or "", ResourceForm, field="form", label="形式"),
        value=lambda: money.amount(facts.get("value"), field="value", label="价值"),
        received_on=lambda: checks.past_day(facts.get("received_on"), field="received_on", label="接收日期"),
        purpose=lambda: checks.optional_name(facts.get("purpose") or "", field="purpose", label="用途", max_length=200),
        note=lambda: checks.note(facts.get("note") or ""),
    )
    anonymous, goods = clean["donor_kind"] == DonorKind.ANONYMOUS, clean["form"] == ResourceForm.GOODS
    if anonymous and (facts.get("donor") or "").strip():
        raise ValidationError({"donor": "匿名捐赠不登记名称"})
    return clean | checks.all_of(
        donor=lambda: "" if anonymous else text("donor", "捐赠方名称", 60),
        item=lambda: text("item", "物资名称", 40) if goods else MONEY_ITEM,
        measure=lambda: text("measure", "计量单位", 8) if goods else MONEY_MEASURE,
        quantity=lambda: quantity(facts.get("quantity")) if goods else clean["value"],
    )


@transaction.atomic
def hand_out(
    *,
    by: User | None,
    donation: Donation,
    token: uuid.UUID | str,
    given_on: date,
    amount: object,
    to_kind: str,
    client: Client | None = None,
    service: ServiceRecord | None = None,
    organisation: Organisation | None = None,
    recipients: str = "",
    people: int | None = None,
    note: str = "",
    receipt: Evidence = (),
    is_demo: bool = False,
) -> Handout:
    """Give `amount` (of the donation's measure; yuan of money) to one recipient of `to_kind`; the value follows.

    Raises ValidationError by field: more than is left, a person without an open file below the donation's unit or who
    withdrew their consent, a day before the donation. A repeated submit (`token`) gives the first one's row.
    """
    donation = _locked(by, donation)
    key = checks.uuid_or_none(token)
    if first := Handout.objects.filter(token=key).first() if key else None:
        return once(token, Handout, "given_by", by, lambda _: first)
    if donation.withdrawn_at:
        raise ValidationError("这笔资源已经撤回，不能发放")
    clean = checks.all_of(
        given_on=lambda: checks.past_day(
            given_on, field="given_on", label="发放日期", since=donation.received_on, since_label="接收日期"
        ),
        quantity=lambda: _amount(donation, amount),
        to_kind=lambda: checks.member(to_kind, RecipientKind, field="to_kind", label="发放给"),
        note=lambda: checks.note(note),
    )
    whom = _recipient(donation, clean["to_kind"], clean["given_on"], client, service, organisation, recipients, people)
    part = clean["quantity"]
    value = value_of_part(part, donation.left, donation.left_value)

    def make(token: uuid.UUID) -> Handout:
        return Handout.objects.create(
            token=token, donation=donation, value=value, given_by=by, is_demo=is_demo, **clean, **whom
        )

    handout = once(token, Handout, "given_by", by, make)
    if handout.fresh:  # type: ignore[attr-defined]
        _move(donation, -part, -value)
        told = {
            "资源": [None, donation.item],
            "数量": [None, f"{shown(part)} {donation.measure}"],
            "价值": [None, str(value)],
            "发放给": [None, f"档案 {handout.client_id}" if handout.client_id else handout.get_to_kind_display()],
        }
        audit.record(by=by, verb="发放慈善资源", target=handout, unit=donation.unit, changes=told)
        attach(by=by, target=handout, unit=donation.unit, files=receipt, slot="receipt", field="receipt")
        stale.mark(donation.unit_id, stale.months_since(handout.given_on))
    return handout


def _amount(donation: Donation, typed: object) -> Decimal:
    is_money = donation.form == ResourceForm.MONEY
    part = money.amount(typed, field="amount") if is_money else quantity(typed, field="amount")
    if part > donation.left:
        raise ValidationError({"amount": f"结存只有 {shown(donation.left)} {donation.measure}，不能发放 {shown(part)}"})
    return part


def shown(number: Decimal) -> str:
    """A quantity without needless zeros: 12.50 → “12.5”, 30.00 → “30”."""
    return f"{number.normalize():,f}"


def _recipient(
    donation: Donation,
    kind: str,
    day: date,
    client: Client | None,
    service: ServiceRecord | None,
    organisation: Organisation | None,
    recipients: str,
    people: int | None,
) -> dict[str, Any]:
    """The columns of the recipient; what belongs to another kind is left out."""
    match RecipientKind(kind):
        case RecipientKind.CLIENT:
            station = _keeper(donation, client, day)
            return {"client": client, "station": station, "people": 1}
        case RecipientKind.SERVICE:
            if service is None or not within(service.station.unit.path, donation.unit.path) or service.voided_at:
                raise ValidationError({"service": "请选择本单位的一次有效服务"})
            return {"service": service, "station": service.station, "people": service.contacts}
        case RecipientKind.ORGANISATION:
            if organisation is None:
                raise ValidationError({"organisation": "请选择社会组织"})
            return {"organisation": organisation, "people": _people(people, least=0)}
        case _:
            words = plain_name(recipients, field="recipients", label="发放对象", max_length=100)
            return {"recipients": words, "people": _people(people, least=1)}


def _keeper(donation: Donation, client: Client | None, day: date) -> Station:
    """The station below the donation's unit that keeps the file open on the day."""
    if client is None:
        raise ValidationError({"client": "请选择服务对象"})
    spell = FileSpell.objects.at(day).filter(client=client).select_related("station__unit").first()
    if spell is None or not within(spell.station.unit.path, donation.unit.path) or client.person_id != client.pk:
        raise ValidationError({"client": "该服务对象在发放日期没有本单位在档的档案"})
    if client.refuses_use():
        raise ValidationError({"client": "该服务对象已撤回服务同意，不能再登记；可改为“其他人员（按人数）”"})
    return spell.station


def _people(value: int | None, *, least: int) -> int:
    number = value or 0
    if not least <= number <= MOST_PEOPLE:
        raise ValidationError({"people": f"受益人数应在 {least} 至 {MOST_PEOPLE} 之间"})
    return number


@transaction.atomic
def withdraw_handout(*, by: User | None, handout: Handout, reason: str) -> Handout:
    """It was not given: what it took is there again."""
    donation = _locked(by, handout.donation)
    handout = Handout.objects.select_for_update(of=("self",)).select_related("client").get(pk=handout.pk)
    reason = withdraw(handout, reason, *([handout.client.name] if handout.client else []))
    _move(donation, handout.quantity, handout.value)
    told = {"数量": [f"{shown(handout.quantity)} {donation.measure}", None]}
    audit.record(by=by, verb="撤回资源发放", target=handout, unit=donation.unit, changes=told, reason=reason)
    stale.mark(donation.unit_id, stale.months_since(handout.given_on))
    return handout


@transaction.atomic
def withdraw_donation(*, by: User | None, donation: Donation, reason: str) -> Donation:
    """It was entered by mistake. Raises ValidationError while something of it is handed out."""
    donation = _locked(by, donation)
    if donation.handouts.standing().exists():  # type: ignore[attr-defined]
        raise ValidationError("已有发放记录，请先撤回发放，再撤回这笔资源")
    names = [donation.donor] if donation.donor_kind == DonorKind.PERSON else []
    reason = withdraw(donation, reason, *names)
    told = {"资源": [f"{donation.item} {shown(donation.quantity)} {donation.measure}", None]}
    audit.record(by=by, verb="撤回慈善资源", target=donation, unit=donation.unit, changes=told, reason=reason)
    stale.mark(donation.unit_id, stale.months_since(donation.received_on))
    return donation


def _locked(by: User | None, donation: Donation) -> Donation:
    held_unit(by, donation.unit)
    return Donation.objects.select_for_update(of=("self",)).select_related("unit").get(pk=donation.pk)


def _move(donation: Donation, part: Decimal, value: Decimal) -> None:
    donation.left += part
    donation.left_value += value
    donation.save(update_fields=["left", "left_value"])

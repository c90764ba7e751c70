"""Referral and resource link: opened, stepped on, taken back. Every write locks the referral's row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients.models import Client, FileSpell
from common import checks
from common.text import long_text
from files.actions import attach
from files.checks import CheckedFile
from linkage import rules
from linkage.actions.shared import once, tell_change, withdraw
from linkage.models import Referral, ReferralKind, ReferralState, ReferralStep, ToKind, Urgency
from linkage.queries.consent import refusal
from policies.models import ProvisionKind
from policies.queries import RuleBook
from stations import stale
from stations.actions.locks import locked_station
from stations.models import Station

S = ReferralState
NEED, NOTE = 500, 500
GONE = "这条登记已经撤回"
SHARES = (S.CONTACTED, S.REFERRED)  # with these steps somebody outside learns of the person
NEEDS_NOTE = {
    S.CONTACTED: "核实和联系情况",
    S.FAILED: "失败原因",
    S.FOLLOWED_UP: "回访情况",
    S.TO_VERIFY: "重新开始的理由",
}
Evidence = Sequence[File | CheckedFile]


@transaction.atomic
def open_referral(
    *,
    by: User | None,
    station: Station,
    token: uuid.UUID | str,
    client: Client | None,
    opened_on: date,
    note: str = "",
    is_demo: bool = False,
    **facts: Any,
) -> Referral:
    """`facts`: kind, need, urgency, to_kind, to_name, to_contact, to_phone. A referral is of a person with a file that
    the station keeps open on that day; a resource link may be without. A repeated submit gives the first one's row.

    Raises ValidationError by field, also when the person withdrew their consent to service or to sharing.
    """
    station = locked_station(station)
    _require(by, station)
    clean = _facts(facts) | checks.all_of(
        opened_on=lambda: checks.past_day(opened_on, field="opened_on", label="登记日期"),
        note=lambda: long_text(note, field="note", label="说明", max_length=NOTE),
    )
    said = clean.pop("note")
    if client is None and clean["kind"] == ReferralKind.REFERRAL:
        raise ValidationError({"client": "转介应选择服务对象；没有档案的需求，可登记为“资源链接”"})
    if client is not None:
        _of_station(client, station, clean["opened_on"])
        _refuse_withdrawn(client, "client")

    def make(token: uuid.UUID) -> Referral:
        return Referral.objects.create(
            token=token, station=station, client=client, created_by=by, is_demo=is_demo, **clean
        )

    referral = once(token, Referral, "created_by", by, make)
    if referral.fresh:  # type: ignore[attr-defined]
        _add_step(by, referral, S.TO_VERIFY, referral.opened_on, said)
        told = audit.first(referral) | {"client": [None, f"档案 {client.pk}"] if client else [None, None]}
        audit.record(by=by, verb=f"登记{referral.get_kind_display()}", target=referral, unit=station.unit, changes=told)
        stale.mark(station.unit_id, stale.months_since(referral.opened_on))
    return referral


@transaction.atomic
def edit_referral(*, by: User | None, referral: Referral, **facts: Any) -> Referral:
    """Change need, urgency and to whom while it runs; whose it is stays."""
    referral = _locked(by, referral)
    _refuse(refuses_edit(referral))
    before = audit.told(referral)
    clean = _facts(facts | {"kind": referral.kind})
    if referral.state != S.TO_VERIFY and not clean["to_name"]:
        raise ValidationError({"to_name": "已经联系，请填写接收单位"})
    for name, value in clean.items():
        setattr(referral, name, value)
    referral.save()
    tell_change(by, f"修改{referral.get_kind_display()}", referral, before, unit=referral.station.unit)
    return referral


@transaction.atomic
def take_step(
    *,
    by: User | None,
    referral: Referral,
    to: str,
    on: date,
    note: str = "",
    expected: int,
    evidence: Evidence = (),
    **whom: str,
) -> Referral:
    """One step on the way. `expected`: the key of the last step that the user saw; `whom`: to_name, to_contact,
    to_phone, settled at the contact. Raises ValidationError with the reason when it would leave a hole."""
    referral = _locked(by, referral)
    to = S(checks.member(to, S, field="to", label="步骤"))
    steps = _seen(referral, expected)
    outcome = S(referral.outcome) if referral.outcome else None
    if why := rules.refusal(S(referral.state), outcome, to):
        raise ValidationError(why)
    for name in ("to_name", "to_contact", "to_phone"):
        if name in whom:
            setattr(referral, name, _whom(name, whom[name]))
    clean = checks.all_of(
        to_name=lambda: _named(referral, to),
        on=lambda: checks.past_day(
            on, field="on", label="日期", since=steps[-1].on, since_label=f"“{steps[-1].get_state_display()}”的日期"
        ),
        note=lambda: _note(note, to),
    )
    if referral.client and _uses(to):
        _refuse_withdrawn(referral.client, "to")
    step = _add_step(by, referral, to, clean["on"], clean["note"])
    _settle(referral, [*steps, step])
    told = {"状态": [steps[-1].get_state_display(), to.label], "日期": [None, str(step.on)]}
    verb = f"{referral.get_kind_display()}{rules.STEP_WORDS[to]}"
    audit.record(by=by, verb=verb, target=referral, unit=referral.station.unit, changes=told)
    attach(by=by, target=referral, unit=referral.station.unit, files=evidence, slot="evidence", field="evidence")
    stale.mark(referral.station.unit_id, stale.months_since(step.on))
    return referral


@transaction.atomic
def take_back_step(*, by: User | None, referral: Referral, reason: str, expected: int) -> Referral:
    """The last step was entered by mistake: the referral stands as before it. The opening itself is withdrawn."""
    referral = _locked(by, referral)
    steps = _seen(referral, expected)
    _refuse(refuses_take_back(referral))
    reason = checks.without_names(checks.withdrawal_reason(reason), _names(referral))
    last = steps.pop()
    ReferralStep.objects.filter(pk=last.pk).delete()
    _settle(referral, steps)
    told = {"状态": [last.get_state_display(), steps[-1].get_state_display()], "日期": [str(last.on), None]}
    verb = f"撤回{referral.get_kind_display()}步骤"
    audit.record(by=by, verb=verb, target=referral, unit=referral.station.unit, changes=told, reason=reason)
    stale.mark(referral.station.unit_id, stale.months_since(last.on))
    return referral


@transaction.atomic
def withdraw_referral(*, by: User | None, referral: Referral, reason: str) -> Referral:
    """The whole was entered by mistake. Raises ValidationError once a step was taken or a service belongs to it."""
    referral = _locked(by, referral)
    _refuse(refuses_withdrawal(referral))
    reason = withdraw(referral, reason, *_names(referral))
    verb = f"撤回{referral.get_kind_display()}"
    audit.record(by=by, verb=verb, target=referral, unit=referral.station.unit, reason=reason)
    stale.mark(referral.station.unit_id, stale.months_since(referral.opened_on))
    return referral


def last_step(referral: Referral) -> int:
    """The key of the last step: what a form carries as `expected`."""
    return ReferralStep.objects.filter(referral=referral).order_by("-pk").values_list("pk", flat=True)[0]


# ---- why not, in words; "" when it may be done -----------------------------------------------------------------------


def refuses_edit(referral: Referral) -> str:
    if referral.withdrawn_at:
        return GONE
    return "已有结果，不能再修改；失败的可以重新开始" if referral.outcome else ""


def refuses_steps(referral: Referral, open_steps: Sequence[ReferralState]) -> str:
    """Why none of the steps that are next can be taken."""
    if referral.withdrawn_at:
        return GONE
    if not open_steps:
        return "已经办结，没有下一步"
    if referral.client and all(_uses(step) for step in open_steps):
        return refusal(referral.client)
    return ""


def refuses_take_back(referral: Referral) -> str:
    if referral.withdrawn_at:
        return GONE
    return "" if referral.steps.count() > 1 else "还没有登记任何步骤；整条登记错了，请撤回登记"


def refuses_withdrawal(referral: Referral) -> str:
    if referral.withdrawn_at:
        return GONE
    if referral.steps.count() > 1:
        return "已有办理步骤，不能撤回登记；可以逐步撤回，或登记失败"
    if referral.referral_services.filter(service__voided_at=None).exists():
        return "已有服务记录属于它，不能撤回；请先作废服务记录"
    return ""


# ---- pieces ---------------------------------------------------------------------------------------------------------


def _require(by: User | None, station: Station) -> None:
    if by is not None and not may(by, Permission.EDIT_LINKAGE, station.unit.path):
        raise ValidationError({"station": f"您没有在{station}登记转介的权限"})


def _locked(by: User | None, referral: Referral) -> Referral:
    """Station first, then the referral. Raises ValidationError for one that was withdrawn."""
    _require(by, locked_station(referral.station))
    rows = Referral.objects.select_for_update(of=("self",)).select_related("station__unit", "client")
    referral = rows.get(pk=referral.pk)
    _refuse(GONE if referral.withdrawn_at else "")
    return referral


def _seen(referral: Referral, expected: int) -> list[ReferralStep]:
    """All steps in their order. Raises ValidationError when somebody took one since the user looked."""
    steps = list(ReferralStep.objects.filter(referral=referral).order_by("pk"))
    if steps[-1].pk != expected:
        raise ValidationError(f"他人刚刚登记了“{steps[-1].get_state_display()}”（{steps[-1].on}），请核对后重新办理")
    return steps


def _settle(referral: Referral, steps: Sequence[ReferralStep]) -> None:
    """Write what the steps come to, and when a success is to be followed up (a document may say)."""
    come = rules.standing([rules.Step(S(step.state), step.on) for step in steps])
    referral.state, referral.attempt = come.state, come.attempt
    referral.outcome = come.outcome or ""
    referral.ended_on, referral.followed_up_on = come.ended_on, come.followed_up_on
    if come.outcome != S.SUCCEEDED:
        referral.due_on, referral.due_reason, referral.due_provision = None, "", None
        referral.due_provisional = False
    elif referral.due_on is None and come.ended_on:
        path = referral.station.unit.path
        referral.judge_by(RuleBook.load([path]).due(ProvisionKind.REFERRAL_FOLLOW_UP, path, come.ended_on))
    referral.save()


def _add_step(by: User | None, referral: Referral, state: ReferralState, on: date, note: str) -> ReferralStep:
    return ReferralStep.objects.create(referral=referral, state=state, on=on, note=note, by=by, at=timezone.now())


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return checks.all_of(
        kind=lambda: checks.member(facts.get("kind") or "", ReferralKind, field="kind", label="类型"),
        need=lambda: checks.required_text(facts.get("need") or "", field="need", label="需求", max_length=NEED),
        urgency=lambda: checks.member(facts.get("urgency") or "", Urgency, field="urgency", label="紧急程度"),
        to_kind=lambda: checks.member(facts.get("to_kind") or "", ToKind, field="to_kind", label="接收单位类型"),
        to_name=lambda: _whom("to_name", facts.get("to_name") or ""),
        to_contact=lambda: _whom("to_contact", facts.get("to_contact") or ""),
        to_phone=lambda: _whom("to_phone", facts.get("to_phone") or ""),
    )


def _whom(name: str, value: str) -> str:
    if name == "to_phone":
        return checks.phone(value, field=name)
    label, length = {"to_name": ("接收单位", 60), "to_contact": ("联系人", 40)}[name]
    return checks.optional_name(value, field=name, label=label, max_length=length)


def _named(referral: Referral, to: ReferralState) -> str:
    if to == S.CONTACTED and not referral.to_name:
        raise ValidationError({"to_name": "请填写联系了哪个单位"})
    return referral.to_name


def _note(text: str, to: ReferralState) -> str:
    if to in NEEDS_NOTE:
        return checks.required_text(text, field="note", label=NEEDS_NOTE[to], max_length=NOTE)
    return long_text(text, field="note", label="情况", max_length=NOTE)


def _of_station(client: Client, station: Station, day: date) -> None:
    kept = FileSpell.objects.at(day).filter(client=client, station=station).exists()
    if not kept or client.person_id != client.pk or client.anonymised_at:
        raise ValidationError({"client": "该服务对象在登记日期没有本站在档的档案"})


def _refuse(why: str) -> None:
    if why:
        raise ValidationError(why)


def _uses(step: ReferralState) -> bool:
    """Does the step take the person's consent?"""
    return step in SHARES or step == S.TO_VERIFY


def _refuse_withdrawn(client: Client, field: str) -> None:
    if why := refusal(client):
        raise ValidationError({field: why})


def _names(referral: Referral) -> list[str]:
    return [referral.client.name] if referral.client else []

"""Registering community organisations, and their end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import OrgUnit, User
from common import checks
from common.text import plain_name
from linkage.actions.shared import held_unit, tell_change
from linkage.models import Filing, Organisation, OrganisationKind
from stations import stale

MOST_MEMBERS = 99_999


@transaction.atomic
def register_organisation(*, by: User | None, unit: OrgUnit, is_demo: bool = False, **facts: Any) -> Organisation:
    """`facts`: name, kind, filing, filing_number, leader, members, phone, starts_on, note. One active organisation of a
    name at a unit, so that a repeated submit makes no second one."""
    unit = held_unit(by, unit)
    clean = _facts(facts)
    _refuse_same(unit, clean["name"])
    organisation = Organisation.objects.create(unit=unit, created_by=by, is_demo=is_demo, **clean)
    audit.record(by=by, verb="登记社会组织", target=organisation, unit=unit, changes=audit.first(organisation))
    stale.mark(unit.pk, stale.months_since(organisation.starts_on))
    return organisation


@transaction.atomic
def edit_organisation(*, by: User | None, organisation: Organisation, **facts: Any) -> Organisation:
    organisation, unit = _locked(by, organisation)
    if organisation.ends_on:
        raise ValidationError(f"该组织已于 {organisation.ends_on} 停止活动，不能再修改")
    before, old_start = audit.told(organisation), organisation.starts_on
    clean = _facts(facts)
    _refuse_same(unit, clean["name"], but=organisation.pk)
    first = organisation.services.valid().order_by("service__starts_on").values_list("service__ends_on", flat=True)
    if (day := first.first()) is not None and day < clean["starts_on"]:
        raise ValidationError({"starts_on": f"{day} 已有其参与的服务，开始日期不能晚于这一天"})
    for name, value in clean.items():
        setattr(organisation, name, value)
    organisation.save()
    if tell_change(by, "修改社会组织", organisation, before, unit=unit) and old_start != organisation.starts_on:
        stale.mark(unit.pk, stale.months_since(min(old_start, organisation.starts_on)))
    return organisation


@transaction.atomic
def end_organisation(*, by: User | None, organisation: Organisation, ends_on: date, reason: str) -> Organisation:
    """Not active from that day on. Raises ValidationError: ended already, a day before a service it took part in."""
    organisation, unit = _locked(by, organisation)
    if organisation.ends_on:
        raise ValidationError(f"该组织已于 {organisation.ends_on} 停止活动")
    clean = checks.all_of(
        ends_on=lambda: checks.past_day(
            ends_on, field="ends_on", label="停止日期", since=organisation.starts_on, since_label="开始活动日期"
        ),
        reason=lambda: checks.required_text(reason, field="reason", label="停止原因"),
    )
    days = organisation.services.valid().order_by("-service__ends_on").values_list("service__ends_on", flat=True)
    if (last := days.first()) is not None and last >= clean["ends_on"]:
        raise ValidationError({"ends_on": f"{last} 还有其参与的服务，停止日期应晚于这一天"})
    before = audit.told(organisation)
    organisation.ends_on, organisation.end_reason = clean["ends_on"], clean["reason"]
    organisation.save(update_fields=["ends_on", "end_reason"])
    tell_change(by, "社会组织停止活动", organisation, before, unit=unit)
    stale.mark(unit.pk, stale.months_since(organisation.ends_on))
    return organisation


def _locked(by: User | None, organisation: Organisation) -> tuple[Organisation, OrgUnit]:
    unit = held_unit(by, organisation.unit)
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk), unit


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    def text(name: str, label: str, length: int) -> str:
        return checks.optional_name(facts.get(name) or "", field=name, label=label, max_length=length)

    clean = checks.all_of(
        name=lambda: plain_name(facts.get("name") or "", field="name", label="名称", max_length=60),
        kind=lambda: checks.member(facts.get("kind") or "", OrganisationKind, field="kind", label="类型"),
        filing=lambda: checks.member(facts.get("filing") or "", Filing, field="filing", label="登记备案"),
        filing_number=lambda: text("filing_number", "登记或备案编号", 40),
        leader=lambda: text("leader", "负责人", 40),
        members=lambda: _members(facts.get("members")),
        phone=lambda: checks.phone(facts.get("phone") or "", field="phone"),
        starts_on=lambda: checks.past_day(facts.get("starts_on"), field="starts_on", label="开始活动日期"),
        note=lambda: checks.note(facts.get("note") or ""),
    )
    if clean["filing"] == Filing.NONE and clean["filing_number"]:
        raise ValidationError({"filing_number": "未登记备案的组织没有编号"})
    return clean


def _members(value: int | None) -> int | None:
    if value is not None and not 0 <= value <= MOST_MEMBERS:
        raise ValidationError({"members": f"成员人数应在 0 至 {MOST_MEMBERS} 之间"})
    return value


def _refuse_same(unit: OrgUnit, name: str, but: int = 0) -> None:
    if Organisation.objects.filter(unit=unit, name=name, ends_on=None).exclude(pk=but).exists():
        raise ValidationError({"name": f"{unit}已有同名的社会组织"})

"""Registering volunteers, and their leaving."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.initials import initials_of
from accounts.models import OrgUnit, User
from common import checks
from common.text import plain_name
from linkage.actions.shared import held_unit, tell_change
from linkage.models import Organisation, Volunteer
from linkage.models.volunteers import EARLIEST_YEAR
from stations.models import Sex

YOUNGEST = 6  # a child that helps with the family; younger is a slip of the pen


@transaction.atomic
def register_volunteer(
    *, by: User | None, unit: OrgUnit, registered_on: date, is_demo: bool = False, **facts: Any
) -> Volunteer:
    """`facts`: name, sex, birth_year, phone, skills, organisation, registered_number, note. One that stands already
    with this name and telephone is refused, so that a repeated submit makes no second one."""
    unit = held_unit(by, unit)
    clean = _facts(unit, facts) | checks.all_of(
        registered_on=lambda: checks.past_day(registered_on, field="registered_on", label="登记日期")
    )
    _refuse_same(unit, clean)
    volunteer = Volunteer(unit=unit, created_by=by, is_demo=is_demo, **clean)
    _save(volunteer)
    audit.record(by=by, verb="登记志愿者", target=volunteer, unit=unit, changes=audit.first(volunteer))
    return volunteer


@transaction.atomic
def edit_volunteer(*, by: User | None, volunteer: Volunteer, **facts: Any) -> Volunteer:
    """Change what is known of the volunteer; where and when they registered stays."""
    volunteer, unit = _locked(by, volunteer)
    before = audit.told(volunteer)
    clean = _facts(unit, facts, kept=volunteer.organisation_id)
    _refuse_same(unit, clean, but=volunteer.pk)
    for name, value in clean.items():
        setattr(volunteer, name, value)
    _save(volunteer)
    tell_change(by, "修改志愿者", volunteer, before, unit=unit)
    return volunteer


@transaction.atomic
def leave_volunteer(*, by: User | None, volunteer: Volunteer, left_on: date, reason: str) -> Volunteer:
    """No volunteer here from that day on. Raises ValidationError: left already, a day before a service of theirs."""
    volunteer, unit = _locked(by, volunteer)
    if volunteer.left_on:
        raise ValidationError(f"已于 {volunteer.left_on} 退出")
    clean = checks.all_of(
        left_on=lambda: checks.past_day(
            left_on, field="left_on", label="退出日期", since=volunteer.registered_on, since_label="登记日期"
        ),
        reason=lambda: checks.required_text(reason, field="reason", label="退出原因"),
    )
    last = volunteer.services.valid().order_by("-service__ends_on").values_list("service__ends_on", flat=True).first()
    if last is not None and last >= clean["left_on"]:
        raise ValidationError({"left_on": f"{last} 还有其志愿服务，退出日期应晚于这一天"})
    before = audit.told(volunteer)
    volunteer.left_on, volunteer.leave_reason = clean["left_on"], clean["reason"]
    volunteer.save(update_fields=["left_on", "leave_reason"])
    tell_change(by, "志愿者退出", volunteer, before, unit=unit)
    return volunteer


@transaction.atomic
def return_volunteer(*, by: User | None, volunteer: Volunteer) -> Volunteer:
    """The leaving was a mistake, or they go on: as if they had not left."""
    volunteer, unit = _locked(by, volunteer)
    if volunteer.left_on is None:
        raise ValidationError("该志愿者没有退出")
    _refuse_same(unit, {"name": volunteer.name, "phone": volunteer.phone}, but=volunteer.pk)
    before = audit.told(volunteer)
    volunteer.left_on, volunteer.leave_reason = None, ""
    _save(volunteer)
    tell_change(by, "恢复志愿者", volunteer, before, unit=unit)
    return volunteer


def _locked(by: User | None, volunteer: Volunteer) -> tuple[Volunteer, OrgUnit]:
    unit = held_unit(by, volunteer.unit)
    volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    if volunteer.anonymised:
        raise ValidationError("该志愿者已匿名化，不能再修改或恢复")
    return volunteer, unit


def _facts(unit: OrgUnit, facts: dict[str, Any], kept: int | None = None) -> dict[str, Any]:
    def text(name: str, label: str, length: int) -> str:
        return checks.optional_name(facts.get(name) or "", field=name, label=label, max_length=length)

    clean = checks.all_of(
        name=lambda: plain_name(facts.get("name") or "", field="name", label="姓名", max_length=40),
        sex=lambda: checks.member(facts.get("sex") or "", Sex, field="sex", label="性别", blank=True),
        birth_year=lambda: _birth_year(facts.get("birth_year")),
        phone=lambda: checks.phone(facts.get("phone") or "", field="phone"),
        skills=lambda: text("skills", "技能特长", 100),
        registered_number=lambda: text("registered_number", "志愿服务系统编号", 30),
        organisation=lambda: _organisation(unit, facts.get("organisation"), kept),
        note=lambda: checks.note(facts.get("note") or ""),
    )
    return clean | {"initials": initials_of(clean["name"])[:80]}


def _birth_year(value: int | None) -> int | None:
    this_year = timezone.localdate().year
    if value is not None and not EARLIEST_YEAR <= value <= this_year - YOUNGEST:
        raise ValidationError({"birth_year": f"出生年份应在 {EARLIEST_YEAR} 至 {this_year - YOUNGEST} 之间"})
    return value


def _organisation(unit: OrgUnit, chosen: Organisation | None, kept: int | None) -> Organisation | None:
    """One that this unit or its township knows, active still (or the one that stood there)."""
    if chosen is None or chosen.pk == kept:
        return chosen
    if not unit.path.startswith(chosen.unit.path) or chosen.ends_on:
        raise ValidationError({"organisation": "请选择本单位或本乡镇（街道）正在活动的社会组织"})
    return chosen


def _refuse_same(unit: OrgUnit, clean: dict[str, Any], but: int = 0) -> None:
    here = Volunteer.objects.filter(unit=unit, left_on=None).exclude(pk=but)
    if here.filter(name=clean["name"], phone=clean["phone"]).exists():
        raise ValidationError({"name": "本单位已有同名、同电话的志愿者；确为两人的，请填写不同的电话"})
    number = clean.get("registered_number")
    if number and here.filter(registered_number=number).exists():
        raise ValidationError({"registered_number": "本单位已有志愿者使用这个编号"})


def _save(volunteer: Volunteer) -> None:
    try:
        with transaction.atomic():
            volunteer.save()
    except IntegrityError:  # by somebody else since the look
        raise ValidationError({"name": "他人刚刚登记了同名、同电话或同编号的志愿者，请核对"}) from None

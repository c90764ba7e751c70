"""Writes on agencies: their file, grades, blacklisting (R15)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from agencies import checks as own_checks
from agencies.actions.locks import locked
from agencies.models import Agency, AgencyGrade, AgencyKind, Blacklisting, Grade
from common import checks
from common.credit_codes import credit_code
from common.text import plain_name


class AgencyFields(TypedDict, total=False):
    """What the file holds."""

    credit_code: str
    name: str
    kind: str
    legal_person: str
    phone: str
    address: str
    registered_on: date | None


def _clean(fields: AgencyFields) -> dict[str, Any]:
    if unknown := fields.keys() - AgencyFields.__annotations__.keys():
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    cleaners = {
        "credit_code": lambda: credit_code(fields["credit_code"], field="credit_code"),
        "name": lambda: plain_name(fields["name"], field="name", label="机构名称", max_length=80),
        "kind": lambda: checks.member(fields["kind"], AgencyKind, field="kind", label="机构性质"),
        "legal_person": lambda: plain_name(
            fields["legal_person"], field="legal_person", label="法定代表人", max_length=40
        ),
        "phone": lambda: checks.phone(fields["phone"], field="phone"),
        "address": lambda: checks.optional_name(fields["address"], field="address", label="地址", max_length=200),
        "registered_on": lambda: checks.optional_past_day(
            fields["registered_on"], field="registered_on", label="登记日期"
        ),
    }
    return checks.all_of(**{name: cleaners[name] for name in fields})


def _save(agency: Agency, by: User | None) -> None:
    """Raises ValidationError when the code is registered already, and by whom as far as the user may know."""
    other = Agency.objects.filter(credit_code=agency.credit_code).exclude(pk=agency.pk).first()
    if other is None:
        try:
            with transaction.atomic():
                agency.save()
            return
        except IntegrityError:  # entered by someone else since the look
            other = Agency.objects.get(credit_code=agency.credit_code)
    seen = by is None or Agency.objects.visible_to(by).filter(pk=other.pk).exists()
    where = f"“{other.name}”（由{other.unit}建档）" if seen else "，由其他地区建档；签订合同时直接填写代码即可选用"
    raise ValidationError({"credit_code": f"该统一社会信用代码已登记{where}，不能重复建档"})


@transaction.atomic
def create_agency(*, by: User | None, unit: OrgUnit, is_demo: bool = False, **fields: Unpack[AgencyFields]) -> Agency:
    """A new file, kept at `unit` (a county or city).

    Raises ValidationError: a wrong credit code (length, characters, check digit), one that is registered already.
    """
    if unit.level not in (Level.CITY, Level.COUNTY):
        raise ValidationError({"unit": f"机构档案由县或市建立，{unit}是{unit.get_level_display()}"})
    given: Any = {"credit_code": "", "name": "", "legal_person": "", **fields}
    agency = Agency(unit=unit, is_demo=is_demo, **_clean(given))
    _save(agency, by)
    audit.record(by=by, verb="新建机构档案", target=agency, unit=unit, changes=audit.first(agency))
    return agency


@transaction.atomic
def edit_agency(*, by: User | None, agency: Agency, **fields: Unpack[AgencyFields]) -> Agency:
    """Change the file. Raises ValidationError like `create_agency`."""
    agency = locked(agency, "unit")
    before = audit.state(agency)
    for name, value in _clean(fields).items():
        setattr(agency, name, value)
    changes = audit.changes(before, audit.state(agency))
    if changes:
        _save(agency, by)
        audit.record(by=by, verb="修改机构档案", target=agency, unit=agency.unit, changes=changes)
    return agency


@transaction.atomic
def grant_grade(*, by: User | None, agency: Agency, grade: str, granted_on: date, valid_until: date) -> AgencyGrade:
    """A grade from the day it was granted; `valid_until` is its last day. A grade before it ends that day.

    Raises ValidationError: a future grant, one before the last grant, an end before the grant.
    """
    agency = locked(agency, "unit")
    last = agency.grades.order_by("-starts_on").first()
    clean = checks.all_of(
        grade=lambda: checks.member(grade, Grade, field="grade", label="等级"),
        granted_on=lambda: checks.past_day(
            granted_on,
            field="granted_on",
            label="授予日期",
            since=last.starts_on + timedelta(days=1) if last else None,
            since_label="上一次授予的次日",
        ),
        valid_until=lambda: own_checks.day(
            valid_until, field="valid_until", label="有效期止", since=granted_on, since_label="授予日期"
        ),
    )
    if last and last.ends_on > clean["granted_on"]:
        last.ends_on = clean["granted_on"]
        last.save(update_fields=["ends_on"])
    made = AgencyGrade.objects.create(
        agency=agency,
        grade=clean["grade"],
        starts_on=clean["granted_on"],
        ends_on=clean["valid_until"] + timedelta(days=1),
    )
    changes = {
        "等级": [last.grade if last else None, made.grade],
        "授予日期": [None, made.starts_on],
        "有效期止": [None, clean["valid_until"]],
    }
    audit.record(by=by, verb="登记机构等级", target=agency, unit=agency.unit, changes=changes)
    return made


@transaction.atomic
def withdraw_grade(*, by: User | None, agency: Agency, reason: str, expected: int | None = None) -> Agency:
    """Take back the grade entered last, by mistake. What it ended stays ended: grant that one again if need be.

    Raises ValidationError when there is none, or another than the user saw.
    """
    agency = locked(agency, "unit")
    last = agency.grades.order_by("-starts_on").first()
    if last is None or (expected is not None and last.pk != expected):
        raise ValidationError("等级登记已有变化，请核对后再撤回")
    reason = checks.withdrawal_reason(reason)
    changes = {"等级": [last.grade, None], "授予日期": [last.starts_on, None]}
    last.delete()
    audit.record(by=by, verb="撤回机构等级", target=agency, unit=agency.unit, changes=changes, reason=reason)
    return agency


@transaction.atomic
def blacklist(*, by: User | None, agency: Agency, on: date, reason: str, document: str) -> Blacklisting:
    """Put the agency on the blacklist from `on`: it gets no new contract. Running contracts go on.

    Raises ValidationError: listed already, a future day, no reason or no document.
    """
    agency = locked(agency, "unit")
    if agency.blacklistings.filter(ends_on=None).exists():
        raise ValidationError("该机构已在黑名单中")
    last = agency.blacklistings.order_by("-ends_on").first()
    clean = checks.all_of(
        starts_on=lambda: checks.past_day(
            on, field="on", label="列入日期", since=last.ends_on if last else None, since_label="上次移出日期"
        ),
        reason=lambda: checks.required_text(reason, field="reason", label="列入理由"),
        document=lambda: plain_name(document, field="document", label="依据文件", max_length=100),
    )
    listed = Blacklisting.objects.create(agency=agency, **clean)
    audit.record(
        by=by, verb="列入黑名单", target=agency, unit=agency.unit, reason=listed.reason,
        changes={"列入日期": [None, listed.starts_on], "依据文件": [None, listed.document]},
    )  # fmt: skip
    return listed


@transaction.atomic
def lift_blacklisting(*, by: User | None, agency: Agency, on: date, reason: str) -> Blacklisting:
    """Take the agency off the blacklist: from `on` it may get contracts again."""
    agency = locked(agency, "unit")
    listed = agency.blacklistings.filter(ends_on=None).first()
    if listed is None:
        raise ValidationError("该机构不在黑名单中")
    clean = checks.all_of(
        ends_on=lambda: checks.past_day(
            on, field="on", label="移出日期", since=listed.starts_on, since_label="列入日期"
        ),
        lift_reason=lambda: checks.required_text(reason, field="reason", label="移出理由"),
    )
    listed.ends_on, listed.lift_reason = clean["ends_on"], clean["lift_reason"]
    listed.save(update_fields=["ends_on", "lift_reason"])
    audit.record(
        by=by, verb="移出黑名单", target=agency, unit=agency.unit, reason=listed.lift_reason,
        changes={"移出日期": [None, listed.ends_on]},
    )  # fmt: skip
    return listed

"""Workers: their files. Identity numbers are encrypted, unique, and never written to the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks
from common.citizen_numbers import born_on, is_male, problem
from common.encrypted import blind_index
from common.text import long_text, plain_name
from stations.actions.locks import locked_worker
from stations.models import Education, Language, Sex, Worker, WorkerLanguage

NAME_LENGTH = 40
YOUNGEST, OLDEST = 16, 100  # years of age, to find slips of the pen


def _id_number(value: str) -> str:
    number = value.strip().upper()
    if number and (why := problem(number[:30])):
        raise ValidationError({"id_number": why})
    return number


def _duplicate(number: str, by: User | None, worker: Worker | None = None) -> None:
    """Raises ValidationError when another worker has the number; says who only to those who may see that worker."""
    if not number:
        return
    others = Worker.objects.filter(id_number_index=blind_index(number))
    if worker:
        others = others.exclude(pk=worker.pk)
    other = others.select_related("unit").first()
    if other is None:
        return
    seen = by is None or Worker.objects.visible_to(by, Permission.VIEW_WORKERS).filter(pk=other.pk).exists()
    if seen:
        raise ValidationError({"id_number": f"该身份证号已属于社工“{other}”（{other.unit}建档），不能重复建档"})
    raise ValidationError(
        {"id_number": "该身份证号已在您的管辖范围之外建档，不能重复建档；已经离站的社工请用“转入档案”"}
    )


def _save(worker: Worker, by: User | None) -> None:
    """Save; two people who enter the same number at once meet at the unique constraint."""
    try:
        with transaction.atomic():
            worker.save()
    except IntegrityError:
        _duplicate(worker.id_number, by, worker)
        raise


def _unit(unit: OrgUnit) -> OrgUnit:
    if unit.level < Level.COUNTY:
        raise ValidationError({"unit": "建档单位应为县（市、区）、乡镇（街道）或站点"})
    if unit.closed_on:
        raise ValidationError({"unit": f"{unit}已撤销，不能作为建档单位"})
    return unit


def _birth(value: date | None) -> date | None:
    if value is None:
        return None
    today = timezone.localdate()
    age = today.year - value.year - ((today.month, today.day) < (value.month, value.day))
    if not YOUNGEST <= age <= OLDEST:
        raise ValidationError({"born_on": f"出生日期有误：按 {value} 出生计算为 {age} 岁，请核对"})
    return value


def _languages(chosen: Iterable[str], other: str) -> dict[str, str]:
    """Language → its name where it is an other one, in the order of the enumeration."""
    chosen = set(chosen)
    if unknown := chosen - set(Language.values):
        raise ValidationError({"languages": f"没有这种语言：{sorted(unknown)[0][:20]}"})
    if Language.OTHER in chosen:
        name = plain_name(other, field="other_language", label="其他语言的名称", max_length=20)
    elif other.strip():
        raise ValidationError({"other_language": "填写了其他语言的名称，请同时勾选“其他”"})
    else:
        name = ""
    return {value: name if value == Language.OTHER else "" for value in Language.values if value in chosen}


class MoreFields(TypedDict, total=False):
    """What a new file may hold besides name and unit. `languages` are values of Language; `other_language` names the
    one that is OTHER."""

    id_number: str
    sex: str
    born_on: date | None
    education: str
    major: str
    languages: Iterable[str]
    other_language: str
    phone: str


class WorkerFields(MoreFields, total=False):
    """What may be changed of a worker's file. Those that are left out stay as they are."""

    unit: OrgUnit
    name: str
    user: User | None


def _clean(fields: WorkerFields) -> dict[str, Any]:
    if unknown := fields.keys() - WorkerFields.__annotations__.keys():
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    cleaners = {
        "unit": lambda: _unit(fields["unit"]),
        "name": lambda: plain_name(fields["name"], field="name", label="姓名", max_length=NAME_LENGTH),
        "id_number": lambda: _id_number(fields["id_number"]),
        "sex": lambda: checks.member(fields["sex"], Sex, field="sex", label="性别", blank=True),
        "born_on": lambda: _birth(fields["born_on"]),
        "education": lambda: checks.member(fields["education"], Education, field="education", label="学历", blank=True),
        "major": lambda: checks.optional_name(fields["major"], field="major", label="所学专业", max_length=40),
        "languages": lambda: _languages(fields["languages"], fields.get("other_language", "")),
        "phone": lambda: checks.phone(fields["phone"], field="phone"),
        "user": lambda: fields["user"],
    }
    return checks.all_of(**{name: cleaners[name] for name in fields if name != "other_language"})


def _agree(worker: Worker, given: dict[str, Any]) -> None:
    """Sex and date of birth follow from the number. Raises ValidationError where something else was given."""
    if not worker.id_number:
        return
    birth, sex = born_on(worker.id_number), Sex.MALE if is_male(worker.id_number) else Sex.FEMALE
    try:
        _birth(birth)
    except ValidationError as error:
        raise ValidationError({"id_number": error.messages}) from None
    errors = {}
    if given.get("born_on") and given["born_on"] != birth:
        errors["born_on"] = f"出生日期与身份证号不一致：身份证号中是 {birth}"
    if given.get("sex") and given["sex"] != sex:
        errors["sex"] = f"性别与身份证号不一致：身份证号中是“{sex.label}”"
    if errors:
        raise ValidationError(errors)
    worker.born_on, worker.sex = birth, sex


def _speak(worker: Worker, languages: dict[str, str]) -> dict[str, list[Any]]:
    """Put the worker's languages as chosen; what changed, in words."""
    before = {row.language: row.name for row in worker.languages.all()}
    if before == languages:
        return {}
    worker.languages.all().delete()
    WorkerLanguage.objects.bulk_create(
        WorkerLanguage(worker=worker, language=value, name=name) for value, name in languages.items()
    )
    return {"服务语言": [_spoken(before), _spoken(languages)]}


def _spoken(languages: dict[str, str]) -> str | None:
    names = [languages[value] or Language(value).label for value in Language.values if value in languages]
    return "、".join(names) or None


@transaction.atomic
def create_worker(
    *, by: User | None, unit: OrgUnit, name: str, is_demo: bool = False, **fields: Unpack[MoreFields]
) -> Worker:
    """A new file, kept at `unit` (a county, township or station). Sex and date of birth follow from the number.

    Raises ValidationError: a wrong or known identity number, a sex or birth that contradicts it, a name with markup, a
    unit above the county.
    """
    clean = _clean({"unit": unit, "name": name, **fields})
    languages = clean.pop("languages", {})
    number = clean.get("id_number", "")
    _duplicate(number, by)
    worker = Worker(**clean, id_number_index=blind_index(number) if number else None, is_demo=is_demo)
    _agree(worker, clean)
    _save(worker, by)
    changes = audit.first(worker) | {"建档单位": [None, str(worker.unit)]} | _speak(worker, languages)
    audit.record(by=by, verb="新建社工档案", target=worker, unit=worker.unit, changes=changes)
    return worker


@transaction.atomic
def edit_worker(*, by: User | None, worker: Worker, **fields: Unpack[WorkerFields]) -> Worker:
    """Change the file; `id_number=""` empties the number. Moves no figure, so no month becomes stale."""
    worker = locked_worker(worker)
    clean = _clean(fields)
    languages = clean.pop("languages", None)
    before = audit.state(worker)
    old_number = worker.id_number
    for field, value in clean.items():
        setattr(worker, field, value)
    if worker.id_number != old_number:
        _duplicate(worker.id_number, by, worker)
        worker.id_number_index = blind_index(worker.id_number) if worker.id_number else None
    if worker.user and Worker.objects.filter(user=worker.user).exclude(pk=worker.pk).exists():
        raise ValidationError({"user": "该登录账号已对应另一名社工"})
    _agree(worker, clean)
    changes = audit.changes(before, audit.state(worker))
    if languages is not None:
        changes |= _speak(worker, languages)
    if changes:
        _save(worker, by)
        audit.record(by=by, verb="修改社工档案", target=worker, unit=worker.unit, changes=changes)
    return worker


@transaction.atomic
def take_over_worker(*, by: User | None, unit: OrgUnit, name: str, id_number: str) -> Worker:
    """Keep the file at `unit` from now on: for a worker who comes from outside the user's scope.

    Only who knows both name and number, and only once the former station has let the worker go. Raises ValidationError.
    """
    clean = _clean({"unit": unit, "name": name, "id_number": id_number})
    found = Worker.objects.filter(id_number_index=blind_index(clean["id_number"])) if clean["id_number"] else None
    worker = found.first() if found is not None else None
    if worker is None or worker.name != clean["name"]:
        raise ValidationError({"id_number": "没有姓名和身份证号都相符的社工档案；请核对，或新建档案"})
    worker = locked_worker(worker)
    if worker.postings.current().exists():
        raise ValidationError("该社工现在仍有驻站，请先由原单位结束驻站")
    old = worker.unit
    if old == unit:
        raise ValidationError({"unit": f"该档案已由{unit}保管"})
    worker.unit = unit
    worker.save(update_fields=["unit"])
    changes = {"建档单位": [str(old), str(unit)]}
    audit.record(by=by, verb="转出社工档案", target=worker, unit=old, changes=changes)
    audit.record(by=by, verb="转入社工档案", target=worker, unit=unit, changes=changes)
    return worker


@transaction.atomic
def reveal_id_number(*, by: User, worker: Worker, reason: str) -> str:
    """The whole identity number, for who has said why they need it. The trail keeps who, when and why.

    Raises ValidationError without a number or a reason.
    """
    reason = long_text(reason, field="reason", label="查看理由", max_length=checks.NOTE_LENGTH)
    if len(reason) < 4:
        raise ValidationError({"reason": "请写明查看完整身份证号的理由（至少 4 个字）"})
    worker = locked_worker(worker)
    if not worker.id_number:
        raise ValidationError("档案里没有身份证号")
    audit.record(by=by, verb="查看完整身份证号", target=worker, unit=worker.unit, reason=reason)
    return worker.id_number

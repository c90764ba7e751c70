"""Workers: their files. Identity numbers are encrypted, unique, and never written to the trail."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks
from common.citizen_numbers import problem
from common.encrypted import blind_index
from common.text import plain_name
from stations.actions.locks import locked_worker
from stations.models import Worker

NAME_LENGTH = 40


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


class WorkerFields(TypedDict, total=False):
    """What may be changed of a worker's file. Those that are left out stay as they are."""

    unit: OrgUnit
    name: str
    id_number: str
    phone: str
    user: User | None


def _clean(fields: WorkerFields) -> dict[str, Any]:
    if unknown := fields.keys() - WorkerFields.__annotations__.keys():
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    cleaners = {
        "unit": lambda: _unit(fields["unit"]),
        "name": lambda: plain_name(fields["name"], field="name", label="姓名", max_length=NAME_LENGTH),
        "id_number": lambda: _id_number(fields["id_number"]),
        "phone": lambda: checks.phone(fields["phone"], field="phone"),
        "user": lambda: fields["user"],
    }
    return checks.all_of(**{name: cleaners[name] for name in fields})


@transaction.atomic
def create_worker(
    *, by: User | None, unit: OrgUnit, name: str, id_number: str = "", phone: str = "", is_demo: bool = False
) -> Worker:
    """A new file, kept at `unit` (a county, township or station).

    Raises ValidationError: a wrong or known identity number, a name with markup, a unit above the county.
    """
    clean = _clean({"unit": unit, "name": name, "id_number": id_number, "phone": phone})
    number = clean["id_number"]
    _duplicate(number, by)
    worker = Worker(**clean, id_number_index=blind_index(number) if number else None, is_demo=is_demo)
    _save(worker, by)
    changes = audit.first(worker) | {"建档单位": [None, str(worker.unit)]}
    audit.record(by=by, verb="新建社工档案", target=worker, unit=worker.unit, changes=changes)
    return worker


@transaction.atomic
def edit_worker(*, by: User | None, worker: Worker, **fields: Unpack[WorkerFields]) -> Worker:
    """Change the file; `id_number=""` empties the number. Moves no figure, so no month becomes stale."""
    worker = locked_worker(worker)
    clean = _clean(fields)
    before = audit.state(worker)
    old_number = worker.id_number
    for field, value in clean.items():
        setattr(worker, field, value)
    if worker.id_number != old_number:
        _duplicate(worker.id_number, by, worker)
        worker.id_number_index = blind_index(worker.id_number) if worker.id_number else None
    if worker.user and Worker.objects.filter(user=worker.user).exclude(pk=worker.pk).exists():
        raise ValidationError({"user": "该登录账号已对应另一名社工"})
    changes = audit.changes(before, audit.state(worker))
    if old_number and worker.id_number and worker.id_number != old_number:
        changes["id_number"] = ["已填写", "已更换"]
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

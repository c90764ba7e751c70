"""Trainings and who took part (R17)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks
from common.text import plain_name
from files.actions import attach
from files.checks import CheckedFile
from stations.actions.careers import mark_where_posted
from stations.models import Attendance, Training, TrainingKind, Worker

LONGEST_DAYS = 366
HOURS_A_DAY = 12
MOST = 500  # workers in one go


class TrainingFields(TypedDict):
    """What a training is. `held_to` is its last day; `hours` what one who took part in all of it gets."""

    unit: OrgUnit
    topic: str
    kind: str
    organiser: str
    place: str
    held_from: date
    held_to: date
    hours: Decimal
    note: str


def hours_of(value: Any, *, most: Decimal, field: str, label: str = "学时") -> Decimal:
    """Hours with one decimal, more than 0 and at most `most`."""
    try:
        number = Decimal(str(value).strip()[:20])
    except InvalidOperation:
        raise ValidationError({field: f"{label}应为数字"}) from None
    if not number.is_finite() or number <= 0:
        raise ValidationError({field: f"{label}应大于 0"})
    if number > most:
        raise ValidationError({field: f"{label}不能超过 {most}"})
    if number != number.quantize(Decimal("0.1")):
        raise ValidationError({field: f"{label}最多一位小数"})
    return number.quantize(Decimal("0.1"))


def _unit(unit: OrgUnit) -> OrgUnit:
    if unit.level < Level.COUNTY:
        raise ValidationError({"unit": "登记单位应为县（市、区）、乡镇（街道）或站点"})
    if unit.closed_on:
        raise ValidationError({"unit": f"{unit}已撤销"})
    return unit


def _clean(fields: TrainingFields) -> dict[str, Any]:
    def name(field: str, label: str, length: int) -> str:
        return plain_name(fields[field], field=field, label=label, max_length=length)  # type: ignore[literal-required]

    clean = checks.all_of(
        unit=lambda: _unit(fields["unit"]),
        topic=lambda: name("topic", "主题", 100),
        kind=lambda: checks.member(fields["kind"], TrainingKind, field="kind", label="类型"),
        organiser=lambda: name("organiser", "主办单位", 80),
        place=lambda: checks.optional_name(fields["place"], field="place", label="地点", max_length=100),
        held_from=lambda: checks.past_day(fields["held_from"], field="held_from", label="开始日期"),
        held_to=lambda: checks.past_day(
            fields["held_to"], field="held_to", label="结束日期", since=fields["held_from"], since_label="开始日期"
        ),
        note=lambda: checks.note(fields["note"]),
    )
    days = (clean["held_to"] - clean["held_from"]).days + 1
    if days > LONGEST_DAYS:
        raise ValidationError({"held_to": "一次培训不能超过一年，请核对日期"})
    return clean | {"hours": hours_of(fields["hours"], most=Decimal(min(days * HOURS_A_DAY, 999)), field="hours")}


def _mark(workers: Iterable[int], day: date) -> None:
    """The months from the training's last day on, where these workers were posted: hours add up over the year."""
    for worker in Worker.objects.filter(pk__in=workers):
        mark_where_posted(worker, day)


@transaction.atomic
def record_training(
    *, by: User | None, is_demo: bool = False, materials: Sequence[CheckedFile] = (), **fields: Any
) -> Training:
    """A training that took place (TrainingFields). Raises ValidationError: wrong dates, hours, names."""
    training = Training.objects.create(is_demo=is_demo, **_clean(TrainingFields(**fields)))  # type: ignore[typeddict-item]
    audit.record(by=by, verb="登记培训", target=training, unit=training.unit, changes=audit.first(training))
    attach(by=by, target=training, unit=training.unit, files=materials, slot="material", field="materials")
    return training


def locked_training(training: Training) -> Training:
    return Training.objects.select_for_update(of=("self",)).select_related("unit").get(pk=training.pk)


@transaction.atomic
def edit_training(
    *, by: User | None, training: Training, materials: Sequence[CheckedFile] = (), **fields: Any
) -> Training:
    """Correct a training. Raises ValidationError, also when somebody got more hours than it now has."""
    training = locked_training(training)
    before, old_day = audit.told(training), training.held_to
    for name, value in _clean(TrainingFields(**fields)).items():  # type: ignore[typeddict-item]
        setattr(training, name, value)
    most = training.attendances.order_by("-hours").values_list("hours", flat=True).first()
    if most is not None and most > training.hours:
        raise ValidationError({"hours": f"已有人登记 {most} 学时，请先更正参训人员的学时"})
    if changes := audit.changes(before, audit.told(training)):
        there = list(training.attendances.values_list("worker", flat=True))
        _mark(there, old_day)
        training.save()
        _mark(there, training.held_to)
        audit.record(by=by, verb="修改培训", target=training, unit=training.unit, changes=changes)
    attach(by=by, target=training, unit=training.unit, files=materials, slot="material", field="materials")
    return training


def _rows(training: Training, hours: Mapping[Worker, Any]) -> dict[Worker, Decimal]:
    """Worker → checked hours. ValidationError({"hours_<pk>": …}) with every row that is wrong."""
    clean: dict[Worker, Decimal] = {}
    errors: dict[str, Any] = {}
    for worker, value in hours.items():
        field = f"hours_{worker.pk}"
        try:
            given = training.hours if value in (None, "") else value
            clean[worker] = hours_of(given, most=training.hours, field=field, label=f"{worker}的学时")
        except ValidationError as error:
            errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return clean


def _managed(by: User | None, workers: Collection[int]) -> None:
    """Raises ValidationError unless all of them are in the user's charge."""
    if by is None:
        return
    reach = Worker.objects.managed_from(by.paths(Permission.MANAGE_WORKERS)).filter(pk__in=workers)
    if strange := len(set(workers)) - reach.count():
        raise ValidationError(f"有 {strange} 名社工不在您的管理范围内，未保存")


@transaction.atomic
def set_attendance(
    *, by: User | None, training: Training, hours: Mapping[Worker, Any], seen: Collection[int] = ()
) -> Training:
    """Who took part, all in one step: `hours` by worker (empty: the training's). One wrong row, and nothing is saved.

    `seen` are the workers that the user saw as taking part; of these, who is not in `hours` is taken off. Others whom
    somebody else entered meanwhile stay. Raises ValidationError({"hours_<worker id>": …}).
    """
    training = locked_training(training)
    if len(hours) > MOST:
        raise ValidationError(f"一次最多登记 {MOST} 人")
    rows = _rows(training, hours)
    standing = {row.worker_id: row for row in training.attendances.select_related("worker")}
    off = [standing[key] for key in seen if key in standing and key not in {worker.pk for worker in rows}]
    new = [Attendance(training=training, worker=worker, hours=value) for worker, value in rows.items()
           if worker.pk not in standing]  # fmt: skip
    changed = [(standing[worker.pk], value) for worker, value in rows.items()
               if worker.pk in standing and standing[worker.pk].hours != value]  # fmt: skip
    touched = [row.worker_id for row in (*off, *new, *(row for row, _ in changed))]
    if not touched:
        return training
    _managed(by, touched)
    changes = {"参训人员": [[str(row.worker) for row in off], [f"{row.worker} {row.hours}" for row in new]]}
    if changed:
        changes["更正学时"] = [
            [str(row.hours) for row, _ in changed],
            [f"{row.worker} {value}" for row, value in changed],
        ]
    _mark([row.worker_id for row in off], training.held_to)
    Attendance.objects.filter(pk__in=[row.pk for row in off]).delete()
    Attendance.objects.bulk_create(new)
    for row, value in changed:
        row.hours = value
        row.save(update_fields=["hours"])
    audit.record(by=by, verb="登记参训人员", target=training, unit=training.unit, changes=changes)
    _mark(touched, training.held_to)
    return training


@transaction.atomic
def withdraw_training(*, by: User | None, training: Training, reason: str) -> None:
    """Take back a training entered by mistake, with everybody's hours."""
    training = locked_training(training)
    reason = checks.withdrawal_reason(reason)
    people = list(training.attendances.select_related("worker"))
    _managed(by, [row.worker_id for row in people])
    changes = {"培训": [str(training), None], "参训人员": [[str(row.worker) for row in people], None]}
    audit.record(by=by, verb="撤回培训", target=training, unit=training.unit, changes=changes, reason=reason)
    _mark([row.worker_id for row in people], training.held_to)
    training.delete()

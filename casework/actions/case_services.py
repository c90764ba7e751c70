"""Service records of a case, and the comments of supervisors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from casework.actions.case_shared import locked, refuse_holes, tell, text
from casework.case_steps import in_open_time
from casework.models import Case, CaseComment, CaseGoal, CaseService, CaseStep
from casework.queries.case_history import history
from clients.models import Client
from services.models import ServiceRecord
from services.signals import corrected, voided

COMMENT = 1000


@transaction.atomic
def attach_service(*, by: User | None, case: Case, record: ServiceRecord) -> CaseService:
    """Put a record of this station to the case. It lies in the time in which the case is open (the day of closing
    included) and, when it names people, names this person. Putting it twice changes nothing."""
    case = locked(case)
    _refuse_record(case, record)
    row, created = CaseService.objects.get_or_create(case=case, service=record)
    if created:
        tell(by, "个案关联服务记录", case, {"服务记录": [None, f"服务记录 {record.pk}"]})
    return row


@transaction.atomic
def attach_services(*, by: User | None, case: Case, records: Iterable[ServiceRecord]) -> list[CaseService]:
    """`attach_service` for several: all of them or none."""
    return [attach_service(by=by, case=case, record=record) for record in records]


def _refuse_record(case: Case, record: ServiceRecord) -> None:
    if record.station_id != case.station_id:
        raise ValidationError("服务记录不属于这个个案的站点")
    if record.voided_at:
        raise ValidationError("服务记录已作废，不能关联")
    taken = history(case).taken
    if not in_open_time(taken, record.starts_on):
        raise ValidationError(
            {"starts_on": f"{record.starts_on} 不在{case}的办理期间，接案以后、结案以前的服务才能记入个案"}
        )
    named = set(record.service_clients.values_list("client_id", flat=True))
    person = case.client.person_id
    if named and not Client.objects.filter(Q(pk=person) | Q(merged_into=person), pk__in=named).exists():
        raise ValidationError({"clients": f"这条服务没有选择{case}的服务对象"})


@transaction.atomic
def set_goals(*, by: User | None, row: CaseService, goals: Iterable[CaseGoal]) -> CaseService:
    """Which goals of the standing plan the service worked on."""
    case = locked(row.case)
    standing = set(CaseGoal.objects.standing().filter(case=case).values_list("pk", flat=True))
    chosen = [goal for goal in goals if goal.pk in standing]
    row.goals.set(chosen)
    tell(by, "个案服务对应目标", case, {f"服务记录 {row.service_id}": [None, [f"目标 {goal.pk}" for goal in chosen]]})
    return row


@transaction.atomic
def detach_service(*, by: User | None, row: CaseService) -> None:
    """The record was put to the wrong case; refused when the case would be left with a hole."""
    case = locked(row.case)
    row.goals.clear()
    key = row.service_id
    row.delete()
    refuse_holes(case)
    tell(by, "个案取消关联服务记录", case, {"服务记录": [f"服务记录 {key}", None]})


def _still_whole(sender: Any, record: ServiceRecord, by: User | None, **kwargs: Any) -> None:
    """A record that was corrected or voided must not leave a hole in its cases."""
    for row in CaseService.objects.filter(service=record).select_related("case__station__unit"):
        if record.voided_at is None:
            _refuse_record(row.case, record)
        refuse_holes(row.case)


corrected.connect(_still_whole, dispatch_uid="case_service_corrected")
voided.connect(_still_whole, dispatch_uid="case_service_voided")


# ---- comments -------------------------------------------------------------------------------------------------------


@transaction.atomic
def comment(*, by: User | None, step: CaseStep, words: str) -> CaseComment:
    """A supervisor's word on a step that stands. The same words sent twice are one comment."""
    case = locked(step.case)
    words = text(words, "text", "点评", COMMENT, required=True)
    if CaseStep.objects.standing().filter(pk=step.pk).first() is None:
        raise ValidationError("这个环节已被撤回，请刷新页面")
    same = CaseComment.objects.filter(step=step, by=by, text=words, read_at=None).first()
    if same:
        return same
    made = CaseComment.objects.create(case=case, step=step, text=words, by=by, at=timezone.now())
    tell(by, "点评个案", case, {"环节": [None, step.get_kind_display()]})
    return made


@transaction.atomic
def mark_read(*, by: User | None, row: CaseComment) -> CaseComment:
    """The station has read the comment."""
    case = locked(row.case)
    row = CaseComment.objects.select_related("step").get(pk=row.pk)
    if row.read_at is None:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
        tell(by, "个案点评标为已读", case, {"环节": [None, row.step.get_kind_display()]})
    return row


@transaction.atomic
def answer(*, by: User | None, row: CaseComment, words: str) -> CaseComment:
    """The station's answer, once."""
    case = locked(row.case)
    row = CaseComment.objects.get(pk=row.pk)
    words = text(words, "answer", "回复", COMMENT, required=True)
    if row.answered_at and row.answer != words:
        raise ValidationError("这条点评已经回复")
    if row.answered_at is None:
        now = timezone.now()
        row.answer, row.answered_by, row.answered_at, row.read_at = words, by, now, row.read_at or now
        row.save(update_fields=["answer", "answered_by", "answered_at", "read_at"])
        tell(by, "回复个案点评", case, {})
    return row

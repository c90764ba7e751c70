"""Joint meetings: who met, what was agreed, what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import OrgUnit, User
from common import checks
from common.text import plain_name
from files.actions import attach
from files.checks import CheckedFile
from linkage.actions.shared import held_unit, once, tell_change, withdraw
from linkage.models import Meeting, MeetingParty, MeetingTask, Organisation, Party
from stations import stale

Minutes = Sequence[File | CheckedFile]
LEAST_PARTIES = 2
LATEST_DAYS = 366 * 3


@dataclass(frozen=True)
class TaskFacts:
    """One thing agreed, as typed."""

    text: str
    responsible: str
    due_on: date | None


@transaction.atomic
def record_meeting(
    *,
    by: User | None,
    unit: OrgUnit,
    token: uuid.UUID | str,
    parties: Mapping[str, str],
    organisations: Collection[Organisation] = (),
    tasks: Sequence[TaskFacts] = (),
    minutes: Minutes = (),
    is_demo: bool = False,
    **facts: Any,
) -> Meeting:
    """A meeting that was held. `facts`: held_on, place, chair, topics; `parties`: which of the five were there → who.

    Raises ValidationError by field; tasks are `text_0`, `responsible_0`, `due_on_0` … by their place.
    """
    unit = held_unit(by, unit)
    clean = _facts(facts)
    there = _parties(parties)
    known = _organisations(unit, organisations)
    agreed = _tasks(tasks, clean["held_on"])

    def make(token: uuid.UUID) -> Meeting:
        return Meeting.objects.create(token=token, unit=unit, created_by=by, is_demo=is_demo, **clean)

    meeting = once(token, Meeting, "created_by", by, make)
    if meeting.fresh:  # type: ignore[attr-defined]
        _put(meeting, there, known)
        MeetingTask.objects.bulk_create(MeetingTask(meeting=meeting, **one) for one in agreed)
        told = audit.first(meeting) | {
            "参会方": [None, [Party(party).label for party in there]],
            "议定事项": [None, f"{len(agreed)} 项"],
        }
        audit.record(by=by, verb="登记联席会议", target=meeting, unit=unit, changes=told)
        attach(by=by, target=meeting, unit=unit, files=minutes, slot="minutes", field="minutes")
        stale.mark(unit.pk, stale.months_since(meeting.held_on))
    return meeting


@transaction.atomic
def edit_meeting(
    *,
    by: User | None,
    meeting: Meeting,
    parties: Mapping[str, str],
    organisations: Collection[Organisation] = (),
    minutes: Minutes = (),
    **facts: Any,
) -> Meeting:
    """Correct what was recorded; what was agreed is changed one by one."""
    meeting = _locked(by, meeting)
    before, old_day = audit.told(meeting), meeting.held_on
    clean, there = _facts(facts), _parties(parties)
    first_due = meeting.tasks.order_by("due_on").values_list("due_on", flat=True).first()
    if first_due is not None and first_due < clean["held_on"]:
        raise ValidationError({"held_on": f"有议定事项的期限是 {first_due}，会议日期不能晚于这一天"})
    kept = set(meeting.organisations.values_list("pk", flat=True))
    known = _organisations(meeting.unit, organisations, kept)
    for name, value in clean.items():
        setattr(meeting, name, value)
    meeting.save()
    _put(meeting, there, known)
    if tell_change(by, "修改联席会议", meeting, before, unit=meeting.unit):
        stale.mark(meeting.unit_id, stale.months_since(min(old_day, meeting.held_on)))
    attach(by=by, target=meeting, unit=meeting.unit, files=minutes, slot="minutes", field="minutes")
    return meeting


@transaction.atomic
def add_task(*, by: User | None, meeting: Meeting, text: str, responsible: str, due_on: date | None) -> MeetingTask:
    """One more thing agreed. The same one twice is refused."""
    meeting = _locked(by, meeting)
    try:
        [facts] = _tasks([TaskFacts(text, responsible, due_on)], meeting.held_on)
    except ValidationError as error:
        raise ValidationError({name.removesuffix("_0"): words for name, words in error.message_dict.items()}) from None
    except ValueError:
        raise ValidationError({"text": "请填写议定事项"}) from None
    if meeting.tasks.filter(text=facts["text"], responsible=facts["responsible"]).exists():
        raise ValidationError({"text": "已有同样的议定事项"})
    task = MeetingTask.objects.create(meeting=meeting, **facts)
    told = {"议定事项": [None, task.text], "责任方": [None, task.responsible], "期限": [None, str(task.due_on)]}
    audit.record(by=by, verb="增加议定事项", target=meeting, unit=meeting.unit, changes=told)
    return task


@transaction.atomic
def finish_task(*, by: User | None, task: MeetingTask, done_on: date, result: str) -> MeetingTask:
    """What was agreed is done. Raises ValidationError: done already, a day before the meeting."""
    meeting = _locked(by, task.meeting)
    task = MeetingTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.done_on:
        raise ValidationError(f"已于 {task.done_on} 登记完成")
    clean = checks.all_of(
        done_on=lambda: checks.past_day(
            done_on, field="done_on", label="完成日期", since=meeting.held_on, since_label="会议日期"
        ),
        result=lambda: checks.required_text(result, field="result", label="落实情况"),
    )
    task.done_on, task.result = clean["done_on"], clean["result"]
    task.save(update_fields=["done_on", "result"])
    told = {"议定事项": [task.text, "已完成"], "完成日期": [None, str(task.done_on)]}
    audit.record(by=by, verb="完成议定事项", target=meeting, unit=meeting.unit, changes=told)
    return task


@transaction.atomic
def reopen_task(*, by: User | None, task: MeetingTask, reason: str) -> MeetingTask:
    """It was not done after all."""
    meeting = _locked(by, task.meeting)
    task = MeetingTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.done_on is None:
        raise ValidationError("这一事项还没有登记完成")
    reason = checks.withdrawal_reason(reason)
    told = {"议定事项": [task.text, "未完成"], "完成日期": [str(task.done_on), None]}
    task.done_on, task.result = None, ""
    task.save(update_fields=["done_on", "result"])
    audit.record(by=by, verb="撤回议定事项的完成", target=meeting, unit=meeting.unit, changes=told, reason=reason)
    return task


@transaction.atomic
def withdraw_meeting(*, by: User | None, meeting: Meeting, reason: str) -> Meeting:
    """It was entered by mistake: it counts no more, nor does what was agreed."""
    meeting = _locked(by, meeting)
    reason = withdraw(meeting, reason)
    told = {"联席会议": [str(meeting), None]}
    audit.record(by=by, verb="撤回联席会议", target=meeting, unit=meeting.unit, changes=told, reason=reason)
    stale.mark(meeting.unit_id, stale.months_since(meeting.held_on))
    return meeting


def _locked(by: User | None, meeting: Meeting) -> Meeting:
    """Raises ValidationError for one that was withdrawn."""
    held_unit(by, meeting.unit)
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("unit").get(pk=meeting.pk)
    if meeting.withdrawn_at:
        raise ValidationError("这次会议已经撤回")
    return meeting


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return checks.all_of(
        held_on=lambda: checks.past_day(facts.get("held_on"), field="held_on", label="会议日期"),
        place=lambda: checks.optional_name(facts.get("place") or "", field="place", label="地点", max_length=60),
        chair=lambda: plain_name(facts.get("chair") or "", field="chair", label="主持人", max_length=40),
        topics=lambda: checks.required_text(facts.get("topics") or "", field="topics", label="议题", max_length=1000),
    )


def _parties(parties: Mapping[str, str]) -> dict[str, str]:
    """Those who were there, in the order of the five."""
    there = {}
    for party in Party:
        if party in parties:
            words = parties[party]
            field = f"party_{party}"
            there[str(party)] = checks.optional_name(words, field=field, label=f"{party.label}参会人员", max_length=200)
    if len(there) < LEAST_PARTIES:
        raise ValidationError({f"party_{Party.COMMUNITY}": f"联席会议至少有 {LEAST_PARTIES} 方参加"})
    return there


def _organisations(unit: OrgUnit, chosen: Collection[Organisation], kept: Collection[int] = ()) -> list[Organisation]:
    strange = [one for one in chosen if one.pk not in kept and not _near(unit, one)]
    if strange:
        raise ValidationError({"organisations": f"{strange[0]}不是本单位或本乡镇（街道）的社会组织"})
    return list(chosen)


def _near(unit: OrgUnit, organisation: Organisation) -> bool:
    """Known to the unit, to one below it, or to the township above it."""
    one, other = unit.path, organisation.unit.path
    return one.startswith(other) or other.startswith(one)


def _tasks(tasks: Sequence[TaskFacts], held_on: date) -> list[dict[str, Any]]:
    """The rows in which anything is written."""
    clean, errors = [], {}
    for number, task in enumerate(tasks):
        if not (task.text.strip() or task.responsible.strip() or task.due_on):
            continue
        try:
            clean.append(_task(task, number, held_on))
        except ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)
    return clean


def _task(task: TaskFacts, number: int, held_on: date) -> dict[str, Any]:
    def due() -> date:
        if task.due_on is None:
            raise ValidationError({f"due_on_{number}": "请填写完成期限"})
        latest = timezone.localdate() + timedelta(days=LATEST_DAYS)
        if not held_on <= task.due_on <= latest:
            raise ValidationError({f"due_on_{number}": f"完成期限应在会议日期（{held_on}）之后三年以内"})
        return task.due_on

    found = checks.all_of(
        **{
            f"text_{number}": lambda: plain_name(task.text, field=f"text_{number}", label="议定事项", max_length=200),
            f"responsible_{number}": lambda: plain_name(
                task.responsible, field=f"responsible_{number}", label="责任方", max_length=60
            ),
            f"due_on_{number}": due,
        }
    )
    return {name.rsplit("_", 1)[0]: value for name, value in found.items()}


def _put(meeting: Meeting, there: dict[str, str], organisations: list[Organisation]) -> None:
    meeting.parties.all().delete()
    MeetingParty.objects.bulk_create(
        MeetingParty(meeting=meeting, party=party, people=people) for party, people in there.items()
    )
    meeting.organisations.set(organisations)

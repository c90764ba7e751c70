"""Batches that a county sets: drafted, started for everyone who matches, extended, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import Level, OrgUnit, User
from clients.queries.consent import willing
from clients.queries.registered import registered_as
from clients.vocabulary import focus_groups
from common.checks import all_of, member, required_text
from common.paths import within
from common.text import long_text, plain_name
from policies.models import PolicyDocument
from stations import stale
from visits import criteria as who
from visits.actions.locks import locked_batch
from visits.actions.planning import take_up
from visits.models import BatchQuestion, BatchState, QuestionKind, Source, Visit, VisitBatch, VisitState

CHUNK = 1000
MAX_QUESTIONS, MAX_CHOICES = 20, 12
LONGEST = timedelta(days=366)
NOT_DRAFT = "任务已下达，不能再修改；可以结束后重新下达"
NOT_RUNNING = "任务没有在进行，请刷新页面后再看"
NOBODY = "没有符合条件的在档服务对象，请调整对象范围"
ENDED = "探访任务已结束"


@transaction.atomic
def save_batch(
    *,
    by: User,
    unit: OrgUnit,
    title: str,
    due_on: date | None,
    criteria: Mapping[str, Any],
    units: Iterable[OrgUnit] = (),
    requirement: str = "",
    document: PolicyDocument | None = None,
    batch: VisitBatch | None = None,
) -> VisitBatch:
    """A new draft, or a draft changed. `units` lie below `unit`; none: everything there."""
    if batch is not None:
        batch = _draft(batch)
        unit = batch.unit
    if unit.level != Level.COUNTY:
        raise ValidationError({"unit": "探访任务由县级下达"})
    today = timezone.localdate()
    facts = all_of(
        title=lambda: plain_name(title, field="title", label="名称", max_length=60),
        due_on=lambda: _due_day(due_on, today),
        requirement=lambda: long_text(requirement, field="requirement", label="探访要求", max_length=1000),
        criteria=lambda: who.clean(criteria),
    )
    units = list(units)
    if outside := [each for each in units if not within(each.path, unit.path) or each == unit]:
        raise ValidationError({"units": f"{outside[0]} 不在 {unit} 之下"})
    if batch is None:
        list(OrgUnit.objects.select_for_update(no_key=True).filter(pk=unit.pk))  # two at once would both see none
        same = VisitBatch.objects.filter(unit=unit, state=BatchState.DRAFT, created_by=by, title=facts["title"])
        if found := same.first():  # sent twice
            raise ValidationError({"title": f"已有同名的未下达任务（{found.due_on}），请打开它继续"})
        batch, before = VisitBatch(unit=unit, created_by=by), {}
    else:
        before = _told(batch)
    for name, value in facts.items():
        setattr(batch, name, value)
    batch.document = document
    batch.save()
    batch.units.set(units)
    changes = audit.changes(before, _told(batch))
    audit.record(by=by, verb="修改探访任务" if before else "拟定探访任务", target=batch, unit=unit, changes=changes)
    return batch


def _told(batch: VisitBatch) -> dict[str, Any]:
    """The batch as the trail shows it, whom it is for in words."""
    return audit.told(batch) | {"criteria": who.in_words(batch.criteria)}


@transaction.atomic
def save_question(
    *,
    by: User,
    batch: VisitBatch,
    text: str,
    kind: str,
    choices: Iterable[str] = (),
    required: bool = True,
    question: BatchQuestion | None = None,
) -> BatchQuestion:
    """Ask one more thing, or change what a draft asks."""
    batch = _draft(batch)
    facts = all_of(
        text=lambda: plain_name(text, field="text", label="问题", max_length=100),
        kind=lambda: member(kind, QuestionKind, field="kind", label="类型"),
    )
    facts["choices"] = _choices(choices) if facts["kind"] == QuestionKind.CHOICE else []
    others = batch.questions.exclude(pk=question.pk) if question else batch.questions.all()
    if others.filter(text=facts["text"]).exists():
        raise ValidationError({"text": "已有同样的问题"})
    if question is None:
        if others.count() >= MAX_QUESTIONS:
            raise ValidationError(f"一个任务最多 {MAX_QUESTIONS} 个问题")
        last = others.aggregate(last=Max("order"))["last"] or 0
        question = BatchQuestion(batch=batch, order=last + 1)
    for name, value in facts.items():
        setattr(question, name, value)
    question.required = required
    question.save()
    audit.record(by=by, verb="设定探访问题", target=batch, unit=batch.unit, changes={"问题": [None, question.text]})
    return question


@transaction.atomic
def remove_question(*, by: User, question: BatchQuestion) -> None:
    batch = _draft(question.batch)
    changes = {"问题": [question.text, None]}
    question.delete()
    audit.record(by=by, verb="删除探访问题", target=batch, unit=batch.unit, changes=changes)


@transaction.atomic
def discard_batch(*, by: User, batch: VisitBatch) -> None:
    """Throw a draft away: nobody was asked anything."""
    batch = _draft(batch)
    audit.record(by=by, verb="删除探访任务", target=batch, unit=batch.unit, changes={"title": [batch.title, None]})
    batch.delete()


@transaction.atomic
def start_batch(*, by: User, batch: VisitBatch) -> int:
    """Set it: a visit for every open file that matches today; returns how many. Refused when nobody matches."""
    batch = _draft(batch)
    today = timezone.localdate()
    _due_day(batch.due_on, today)
    batch.state, batch.started_on = BatchState.RUNNING, today
    batch.save(update_fields=["state", "started_on"])
    made = _enrol(batch, by, today)
    if not made:
        raise ValidationError(NOBODY)
    changes = {"state": [BatchState.DRAFT, BatchState.RUNNING], "探访人数": [None, made]}
    audit.record(by=by, verb="下达探访任务", target=batch, unit=batch.unit, changes=changes)
    return made


@transaction.atomic
def extend_batch(*, by: User, batch: VisitBatch) -> int:
    """Add whoever matches by now and is not in it; returns how many."""
    batch = _running(batch)
    made = _enrol(batch, by, timezone.localdate())
    if made:
        audit.record(by=by, verb="补充探访名单", target=batch, unit=batch.unit, changes={"探访人数": [None, made]})
    return made


@transaction.atomic
def close_batch(*, by: User, batch: VisitBatch, conclusion: str) -> VisitBatch:
    """The end: visits that are still open are cancelled, answers stay."""
    batch = _running(batch)
    conclusion = required_text(conclusion, field="conclusion", label="结束说明")
    today = timezone.localdate()
    left = batch.visits.open()
    stations = dict.fromkeys(left.order_by().values_list("station_id", flat=True).distinct(), batch.started_on)
    cancelled = left.update(state=VisitState.CANCELLED, closed_on=today, reason=ENDED)
    batch.state, batch.closed_on, batch.conclusion = BatchState.CLOSED, today, conclusion
    batch.save(update_fields=["state", "closed_on", "conclusion"])
    changes = {"state": [BatchState.RUNNING, BatchState.CLOSED], "取消的探访": [None, cancelled]}
    audit.record(by=by, verb="结束探访任务", target=batch, unit=batch.unit, changes=changes, reason=conclusion)
    stale.mark_all({station: stale.months_since(day) for station, day in stations.items() if day})
    return batch


def paths_of(batch: VisitBatch) -> list[str]:
    """The subtrees that it is for."""
    return [unit.path for unit in batch.units.all()] or [batch.unit.path]


def matching(batch: VisitBatch, day: date) -> Any:
    """Open files that match, without those whose consent is withdrawn, and those that a closed station left behind."""
    rows = who.files(batch.criteria, paths_of(batch), day).filter(station__closed_on=None)
    return rows.filter(willing())


def _enrol(batch: VisitBatch, by: User, today: date) -> int:
    """A few statements for each CHUNK of people; nobody is in it twice. The files are held: one that is closed at this
    moment is either not in it, or closed with its visit."""
    before, after, again = batch.visits.count(), 0, 0
    rows = matching(batch, today).order_by("pk").only("pk", "station_id", "born_on", "is_demo")
    rows = rows.select_for_update(of=("self",), no_key=True)
    stations: set[int] = set()
    reason = f"{batch.unit}“{batch.title}”，{batch.due_on}前完成"[:200]
    while some := list(rows.filter(pk__gt=after)[:CHUNK]):
        after = some[-1].pk
        registered = registered_as((client.pk for client in some), today)
        Visit.objects.bulk_create(
            (
                Visit(
                    client=client,
                    station_id=client.station_id,
                    source=Source.BATCH,
                    batch=batch,
                    due_on=batch.due_on,
                    due_reason=reason,
                    planned_on=today,
                    counts_from=batch.started_on or today,
                    created_by=by,
                    is_demo=client.is_demo,
                    **{group.value: True for group in focus_groups(registered[client.pk], client.born_on, today)},
                )
                for client in some
            ),
            ignore_conflicts=True,
        )
        stations |= {client.station_id for client in some}
        if batch.state == BatchState.RUNNING:
            again += take_up(batch.visits.filter(client__in=[client.pk for client in some]))
    stale.mark_all({station: stale.months_since(today) for station in stations})
    return batch.visits.count() - before + again


def _draft(batch: VisitBatch) -> VisitBatch:
    batch = locked_batch(batch)
    if batch.state != BatchState.DRAFT:
        raise ValidationError(NOT_DRAFT)
    return batch


def _running(batch: VisitBatch) -> VisitBatch:
    batch = locked_batch(batch)
    if batch.state != BatchState.RUNNING:
        raise ValidationError(NOT_RUNNING)
    return batch


def _due_day(value: date | None, today: date) -> date:
    if value is None:
        raise ValidationError({"due_on": "请填写完成期限"})
    if not today <= value <= today + LONGEST:
        raise ValidationError({"due_on": f"完成期限应在今天至 {today + LONGEST} 之间"})
    return value


def _choices(raw: Iterable[str]) -> list[str]:
    found = [plain_name(each, field="choices", label="选项", max_length=40) for each in raw if each.strip()]
    if not 2 <= len(found) <= MAX_CHOICES:
        raise ValidationError({"choices": f"单选题请填 2 至 {MAX_CHOICES} 个选项，一行一个"})
    if len(set(found)) != len(found):
        raise ValidationError({"choices": "选项有重复"})
    return found

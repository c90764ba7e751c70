"""What workers do with a visit: plan one, note that nobody was reached, give it up, write down what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from clients.models import Client
from common.checks import all_of, member, optional_name, past_day, required_text
from common.text import long_text
from services.queries import postings_between
from stations.models import Worker
from visits.actions.locks import lock_files, locked_visit, mark_visit, open_visit
from visits.actions.planning import plan
from visits.answers import cleaned
from visits.models import Answer, AttemptReason, Condition, Source, Visit, VisitAttempt, VisitState
from visits.rules import LATEST, SOONEST

AHEAD = timedelta(days=730)  # how far ahead a visit may be planned
ASK = 200


@transaction.atomic
def plan_visit(
    *, by: User, client: Client, due_on: date | None, ask: str = "", worker: Worker | None = None
) -> tuple[Visit, bool]:
    """Plan a visit by hand at the station that keeps the file; (visit, True), or (the same one, False) for a repeat."""
    today = timezone.localdate()
    facts = all_of(
        due_on=lambda: _coming_day(due_on, today, field="due_on", label="应访日期"),
        ask=lambda: optional_name(ask, field="ask", label="探访要点", max_length=ASK),
    )
    lock_files([client.pk])
    client = Client.objects.select_related("station__unit").get(pk=client.pk)
    if words := refuses_plan(client):
        raise ValidationError(words)
    _check_worker(worker, client.station, today)
    same = Visit.objects.open().filter(client=client, source=Source.HAND, due_on=facts["due_on"], created_by=by)
    if found := same.first():
        return found, False
    visit = _new_by_hand(by, client, facts["due_on"], facts["ask"], worker, today)
    _tell(by, "安排探访", visit, audit.first(visit))
    return visit, True


def refuses_plan(client: Client) -> str:
    """Why nobody is to visit the person; "" when a visit may be planned."""
    if client.merged_into_id or client.anonymised_at or client.closed_on:
        return "档案不在本站在档，不能安排探访"
    return "服务对象已撤回服务同意，不能安排探访" if client.refuses_use() else ""


@transaction.atomic
def arrange_visit(*, by: User, visit: Visit, worker: Worker | None, ask: str) -> Visit:
    """Who is to go, and what to see to."""
    visit = open_visit(visit)
    ask = optional_name(ask, field="ask", label="探访要点", max_length=ASK)
    _check_worker(worker, visit.station, timezone.localdate())
    before = audit.state(visit)
    visit.worker, visit.ask = worker, ask
    changes = audit.changes(before, audit.state(visit))
    if changes:
        visit.save(update_fields=["worker", "ask"])
        _tell(by, "调整探访安排", visit, changes)
    return visit


@transaction.atomic
def note_attempt(
    *,
    by: User,
    visit: Visit,
    on: date | None,
    reason: str,
    note: str = "",
    give_up: bool = False,
    again_on: date | None = None,
) -> Visit:
    """Nobody was reached on a day. `give_up` closes the visit as unreachable; the next one is then due on `again_on`,
    which a visit of a level must have. The same attempt sent twice is one."""
    visit = open_visit(visit)
    today = timezone.localdate()
    facts = all_of(
        on=lambda: past_day(on, field="on", label="日期", since=visit.planned_on, since_label="安排日期"),
        reason=lambda: member(reason, AttemptReason, field="reason", label="原因"),
        note=lambda: optional_name(note, field="note", label="说明", max_length=200),
    )
    if facts["reason"] == AttemptReason.OTHER and not facts["note"]:
        raise ValidationError({"note": "原因选“其他”的，请填写说明"})
    if give_up:
        again_on = _again(visit, again_on, today)
    attempt, created = VisitAttempt.objects.get_or_create(
        visit=visit, on=facts["on"], defaults={"reason": facts["reason"], "note": facts["note"], "by": by}
    )
    if not created and attempt.reason != facts["reason"]:
        raise ValidationError({"on": f"{facts['on']} 已登记过一次：{attempt.get_reason_display()}"})
    if created:
        _tell(by, "登记探访未遇", visit, audit.labelled(attempt, audit.first(attempt), leave=("visit", "by")))
    if give_up:
        label = str(AttemptReason(attempt.reason).label)
        _close(visit, by, VisitState.UNREACHABLE, facts["on"], label, "探访未能联系", again_on)
    return visit


@transaction.atomic
def cancel_visit(*, by: User, visit: Visit, reason: str, again_on: date | None = None) -> Visit:
    """The visit is not to be made; one of a level is planned anew for `again_on`."""
    visit = open_visit(visit)
    today = timezone.localdate()
    reason = required_text(reason, field="reason", label="取消理由")
    again_on = _again(visit, again_on, today)
    _close(visit, by, VisitState.CANCELLED, today, reason, "取消探访", again_on)
    return visit


@transaction.atomic
def write_result(
    *,
    by: User,
    visit: Visit,
    condition: str,
    needs: str = "",
    next_step: str = "",
    answers: Mapping[int, Any] | None = None,
) -> Visit:
    """What was found, and the answers to the batch's questions (question key → answer); may be written again."""
    visit = locked_visit(visit)
    if visit.state != VisitState.MADE:
        raise ValidationError("探访还没有完成，请先登记服务记录")
    questions = list(visit.batch.questions.all()) if visit.batch else []
    facts = all_of(
        condition=lambda: member(condition, Condition, field="condition", label="对象状况"),
        needs=lambda: long_text(needs, field="needs", label="发现的需求", max_length=500),
        next_step=lambda: optional_name(next_step, field="next_step", label="下一步", max_length=200),
        answers=lambda: cleaned(questions, answers or {}),
    )
    if facts["condition"] == Condition.URGENT and not facts["next_step"]:
        raise ValidationError({"next_step": "状况紧急的，请写明下一步"})
    given: dict[int, tuple[str, Decimal | None]] = facts.pop("answers")
    before = audit.state(visit)
    for name, value in facts.items():
        setattr(visit, name, value)
    visit.save(update_fields=list(facts))
    old = {row.question_id: (row.text, row.number) for row in visit.answers.all()}
    changes = audit.changes(before, audit.state(visit))
    if old != given:
        visit.answers.all().delete()
        Answer.objects.bulk_create(
            Answer(visit=visit, question_id=key, text=text, number=number) for key, (text, number) in given.items()
        )
        changes["回答"] = [f"{len(old)} 项", f"{len(given)} 项"]
    if changes:
        _tell(by, "填写探访结果", visit, changes)
        mark_visit(visit)
    return visit


# ---- pieces ---------------------------------------------------------------------------------------------------------


def _coming_day(value: date | None, today: date, *, field: str, label: str) -> date:
    if value is None:
        raise ValidationError({field: f"请填写{label}"})
    if not today <= value <= today + AHEAD:
        raise ValidationError({field: f"{label}应在今天至 {today + AHEAD} 之间"})
    return value


def _again(visit: Visit, again_on: date | None, today: date) -> date | None:
    """When the next visit is due: chosen, within bounds. A visit of a level must have a next one."""
    if again_on is None:
        if visit.source == Source.LEVEL:
            raise ValidationError({"again_on": "按跟进级别安排的探访，请填写下次探访日期"})
        return None
    first, last = today + timedelta(days=SOONEST), today + timedelta(days=LATEST)
    if not first <= again_on <= last:
        raise ValidationError({"again_on": f"下次探访日期应在 {first} 至 {last} 之间"})
    return again_on


def _close(visit: Visit, by: User, state: VisitState, on: date, reason: str, verb: str, again_on: date | None) -> None:
    """Close without a visit, and plan the next one. The interval of a level runs on: `lapses_on` stays."""
    before = audit.state(visit)
    visit.state, visit.closed_on, visit.reason = state, on, reason
    visit.save(update_fields=["state", "closed_on", "reason"])
    mark_visit(visit)
    _tell(by, verb, visit, audit.changes(before, audit.state(visit)))
    if again_on is None:
        return
    words = f"上次{'未能联系' if state == VisitState.UNREACHABLE else '取消'}（{on}），约定 {again_on} 前探访"
    follower = Visit.objects.select_related("station__unit").get(pk=visit.pk)
    follower.pk, follower._state.adding = None, True  # type: ignore[assignment]
    follower.state, follower.closed_on, follower.reason = VisitState.OPEN, None, ""
    follower.planned_on, follower.due_on, follower.due_reason = timezone.localdate(), again_on, words
    follower.created_by = by
    if visit.source == Source.BATCH:
        follower.source, follower.batch = Source.HAND, None
        follower.counts_from = on
    follower.save(force_insert=True)
    mark_visit(follower)
    if follower.source == Source.LEVEL:
        plan([visit.client_id])


def _new_by_hand(by: User, client: Client, due_on: date, ask: str, worker: Worker | None, today: date) -> Visit:
    visit = Visit(
        client=client, station=client.station, source=Source.HAND, due_on=due_on, due_reason="手工安排", ask=ask,
        worker=worker, planned_on=today, counts_from=today, created_by=by, is_demo=client.is_demo,
    )  # fmt: skip
    visit.save()
    plan([client.pk])  # its focus groups
    mark_visit(visit)
    return visit


def _check_worker(worker: Worker | None, station: Any, today: date) -> None:
    if worker is not None and not postings_between(station, today, today).filter(worker=worker).exists():
        raise ValidationError({"worker": f"{worker.name}现不驻本站"})


def _tell(by: User, verb: str, visit: Visit, changes: dict[str, Any]) -> None:
    audit.record(by=by, verb=verb, target=visit, unit=visit.station.unit, changes=changes)

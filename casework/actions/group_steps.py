"""The steps of a group: next phase, evaluation, end, early stop, taking the last one back (casework.phases judges)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from casework import phases
from casework.actions.groups import held_group, refuse
from casework.actions.planning import scores, shortened, tell, whole
from casework.models import Attainment, Group, GroupEvaluation, GroupPhase, GroupScale, GroupState, Phase
from casework.queries.group_facts import facts_of
from common import checks
from common.text import plain_name
from stations import stale

LONGEST = 1000
MOST_SCORE = Decimal("999.9")


@transaction.atomic
def enter_phase(*, by: User | None, group: Group, on: date, observed: str, expected: str) -> Group:
    """Enter the phase after `expected`, the one that the user saw. Raises ValidationError with what is missing."""
    group = held_group(group)
    facts = facts_of(group)
    if facts.phase != expected:
        raise ValidationError(f"小组现已是{facts.phase.label}（可能他人刚刚登记），请核对后重新办理")
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="日期"),
        observed=lambda: checks.required_text(observed, field="observed", label="观察和小结", max_length=LONGEST),
    )
    refuse(phases.refuses_next(facts, clean["on"]))
    to = facts.phase.next
    assert to is not None  # else refused
    GroupPhase.objects.create(group=group, phase=to, starts_on=clean["on"], observed=clean["observed"], by=by)
    group.phase = to
    if to == Phase.FORMING:
        group.formed_on = clean["on"]
    group.save(update_fields=["phase", "formed_on"])
    _tell(by, f"小组进入{to.label}", group, clean["on"])
    return group


@transaction.atomic
def evaluate_group(
    *, by: User | None, group: Group, on: date, scales: Sequence[dict[str, Any]] = (), **given: Any
) -> GroupEvaluation:
    """Write or change the evaluation. `given`: attainment, goals, process, summary, scored_5 … scored_1.

    `scales`: {name, people, before, after} each. Raises ValidationError by field.
    """
    group = held_group(group)
    day = checks.past_day(on, field="on", label="评估日期")
    refuse(phases.refuses_evaluation(facts_of(group), day))

    def text(name: str, label: str) -> str:
        return checks.required_text(given.get(name) or "", field=name, label=label, max_length=LONGEST)

    clean = checks.all_of(
        attainment=lambda: checks.member(
            given.get("attainment") or "", Attainment, field="attainment", label="目标达成"
        ),
        goals=lambda: text("goals", "目标达成情况"),
        process=lambda: text("process", "过程评估"),
        summary=lambda: text("summary", "总结和建议"),
    ) | scores(given)
    measured = [_scale(scale) for scale in scales]
    if len({scale["name"] for scale in measured}) < len(measured):
        raise ValidationError({"scales": "同一量表只能填写一次"})
    found = GroupEvaluation.objects.filter(group=group).first() or GroupEvaluation(group=group)
    before = audit.told(found) if found.pk else {}
    for name, value in clean.items():
        setattr(found, name, value)
    found.on, found.by = day, by
    found.save()
    found.scales.all().delete()
    GroupScale.objects.bulk_create(GroupScale(evaluation=found, **scale) for scale in measured)
    changes = shortened(audit.changes(before, audit.told(found)))
    tell(by, "小组评估", group, group.station, audit.labelled(found, changes, leave=("group", "by")))
    return found


def _scale(given: dict[str, Any]) -> dict[str, Any]:
    def score(name: str, label: str) -> Decimal:
        value = given.get(name)
        if value is None or not 0 <= value <= MOST_SCORE:
            raise ValidationError({"scales": f"请填写{label}（0 至 {MOST_SCORE}）"})
        return Decimal(value).quantize(Decimal("0.1"))

    return {
        "name": plain_name(given.get("name") or "", field="scales", label="量表名称", max_length=40),
        "people": whole(given.get("people"), field="scales", label="量表填写人数", least=1),
        "before": score("before", "前测平均分"),
        "after": score("after", "后测平均分"),
    }


@transaction.atomic
def end_group(*, by: User | None, group: Group, on: date) -> Group:
    """The group has gone through to its end. Raises ValidationError with what is missing."""
    group = held_group(group)
    day = checks.past_day(on, field="on", label="结束日期")
    refuse(phases.refuses_end(facts_of(group), day))
    return _close(by, group, GroupState.ENDED, day, "")


@transaction.atomic
def stop_group(*, by: User | None, group: Group, on: date, reason: str) -> Group:
    """Give the group up before its end, with the reason. Raises ValidationError."""
    group = held_group(group)
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="终止日期"),
        reason=lambda: checks.withdrawal_reason(reason, label="终止原因"),
    )
    refuse(phases.refuses_stop(facts_of(group), clean["on"]))
    return _close(by, group, GroupState.STOPPED, clean["on"], clean["reason"])


def _close(by: User | None, group: Group, state: GroupState, day: date, reason: str) -> Group:
    group.state, group.closed_on, group.stop_reason = state, day, reason
    group.save(update_fields=["state", "closed_on", "stop_reason"])
    _tell(by, "小组结束" if state == GroupState.ENDED else "小组提前终止", group, day, reason)
    return group


@transaction.atomic
def take_back_step(*, by: User | None, group: Group, reason: str, expected: int) -> Group:
    """Undo the last step: the end or stop, else the last phase. `expected`: `last_step` as the user saw it.

    Raises ValidationError: nothing to undo, somebody else was faster, sessions held since a phase that would vanish.
    """
    group = held_group(group)
    reason = checks.withdrawal_reason(reason)
    if last_step(group) != expected:
        raise ValidationError("小组的阶段或状态刚刚有变动，请核对后重新办理")
    if group.state != GroupState.RUNNING:
        since = group.closed_on
        words = f"撤回小组{group.get_state_display()}"
        group.state, group.closed_on, group.stop_reason = GroupState.RUNNING, None, ""
    else:
        refuse(refuses_take_back(group))
        last = _last_phase(group)
        assert last is not None  # else refused
        since, words = last.starts_on, f"撤回进入{last.get_phase_display()}"
        last.delete()
        group.phase = facts_of(group).phase
        if group.phase == Phase.PREPARATION:
            group.formed_on = None
    group.save()
    assert since is not None
    _tell(by, words, group, since, reason)
    return group


def refuses_take_back(group: Group) -> str:
    """Why the last step of the group cannot be undone; "" when it can."""
    if group.state != GroupState.RUNNING:
        return ""
    last = _last_phase(group)
    if last is None:
        return "小组还在筹备期，没有可以撤回的环节"
    if last.phase == Phase.FORMING and group.sessions.filter(held_on__isnull=False).exists():
        return "小组已开展过活动，不能退回筹备期"
    if last.phase == Phase.ENDING and GroupEvaluation.objects.filter(group=group).exists():
        return "小组已经评估，不能退回成熟期；评估可以修改"
    return ""


def _last_phase(group: Group) -> GroupPhase | None:
    """The phase entered last; None in the preparation."""
    entered = GroupPhase.objects.filter(group=group).exclude(phase=Phase.PREPARATION)
    return entered.order_by("starts_on", "id").last()


def last_step(group: Group) -> int:
    """A number that changes with every step: what a form carries as `expected`."""
    return group.phases.count() * 2 + (group.state != GroupState.RUNNING)


def _tell(by: User | None, verb: str, group: Group, day: date, reason: str = "") -> None:
    if reason:
        members = group.members.exclude(client=None).values_list("client__name", flat=True)
        checks.without_names(reason, members)
    tell(by, verb, group, group.station, {"日期": [None, day]}, reason)
    stale.mark(group.station_id, stale.months_since(day))

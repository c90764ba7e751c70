"""Work on the plan of a case: goals, their state, and reviews on the day that the plan names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from casework.actions.case_shared import NOTE, locked, mark, require_open, tell, text
from casework.case_words import OPEN_GOALS, GoalState, RiskLevel
from casework.models import Case, CaseGoal, CaseReview, Plan
from common import checks

NO_PLAN = "还没有服务计划，不能更新目标"
MAX_GOALS = 12


@dataclass(frozen=True)
class GoalInput:
    """A goal as typed. `field`: what its form fields begin with."""

    text: str
    measures: str
    by_when: date | None
    field: str = "goal_0"


@dataclass(frozen=True)
class GoalUpdate:
    """How far a goal is."""

    state: str
    note: str = ""


def new_goals(case: Case, plan: Plan, goals: Iterable[GoalInput], since: date) -> None:
    """Goals of the plan; each is to be reached after `since`."""
    rows = []
    for goal in goals:
        words = text(goal.text, f"{goal.field}_text", "目标", 200, required=True)
        measures = text(goal.measures, f"{goal.field}_measures", "措施", NOTE, required=True)
        if goal.by_when is None:
            raise ValidationError({f"{goal.field}_by_when": "请填写完成期限"})
        if goal.by_when < since:
            raise ValidationError({f"{goal.field}_by_when": f"完成期限不能早于 {since}"})
        rows.append(CaseGoal(case=case, plan=plan, text=words, measures=measures, by_when=goal.by_when))
    if CaseGoal.objects.filter(plan=plan).count() + len(rows) > MAX_GOALS:
        raise ValidationError(f"一个计划最多 {MAX_GOALS} 个目标")
    CaseGoal.objects.bulk_create(rows)


def _plan(case: Case) -> Plan | None:
    return Plan.objects.filter(step__case=case, step__withdrawn_at=None).select_related("step").last()


def refuses_review(case: Case) -> str:
    """Why an open case cannot be reviewed; "" when it can."""
    return "" if _plan(case) else NO_PLAN


@transaction.atomic
def review(
    *,
    by: User | None,
    case: Case,
    on: date,
    goals: Mapping[int, GoalUpdate] | None = None,
    added: Sequence[GoalInput] = (),
    note: str = "",
    risk: str = "",
    next_on: date | None = None,
) -> CaseReview:
    """复核: the state of each goal (key → update), new goals, the risk now, when to look again.

    Raises ValidationError for a case without a plan, a day before the plan, or a next day that is not later.
    """
    case = locked(case)
    require_open(case)
    plan = _plan(case)
    if plan is None:
        raise ValidationError(NO_PLAN)
    last = case.reviews.order_by("-on").first()
    since, label = (last.on, "上次复核日期") if last and last.on >= plan.step.on else (plan.step.on, "计划日期")
    on = checks.past_day(on, field="on", label="复核日期", since=since, since_label=label)
    note = text(note, "note", "复核情况")
    risk = checks.member(risk or case.risk, RiskLevel, field="risk", label="风险等级")
    if next_on is not None and next_on <= on:
        raise ValidationError({"next_on": f"下次复核日期应晚于本次复核日期（{on}）"})
    told: dict[str, list[str | None]] = {}
    updates = goals or {}
    for goal in CaseGoal.objects.standing().filter(case=case, pk__in=updates.keys()):
        _update(goal, updates[goal.pk], on, told)
    new_goals(case, plan, added, on)
    if added:
        told["新增目标"] = [None, f"{len(added)} 个"]
    if case.risk != risk:
        told["风险等级"] = [RiskLevel(case.risk).label, RiskLevel(risk).label]
    case.risk, case.review_on = risk, next_on
    case.save(update_fields=["risk", "review_on"])
    made = CaseReview.objects.create(case=case, on=on, note=note, risk=risk, next_on=next_on, by=by)
    tell(by, "复核个案", case, {**told, "复核日期": [None, str(on)]})
    mark(case, on)
    return made


def _update(goal: CaseGoal, update: GoalUpdate, on: date, told: dict[str, list[str | None]]) -> None:
    state = checks.member(update.state, GoalState, field=f"goal_{goal.pk}_state", label="目标状态")
    note = text(update.note, f"goal_{goal.pk}_note", "进展", NOTE)
    if state != goal.state:
        told[f"目标 {goal.pk}"] = [GoalState(goal.state).label, GoalState(state).label]
        goal.settled_on = None if state in OPEN_GOALS else on
    goal.state, goal.note = state, note
    goal.save(update_fields=["state", "note", "settled_on"])

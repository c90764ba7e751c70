"""What the steps of demo cases say: assessments, plans with goals, scales, evaluations, closings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from casework.case_steps import State, Step
from casework.case_words import GoalState, Need, Outcome, Problem, RiskKind, RiskLevel
from casework.models import Assessment, Case, CaseEvaluation, CaseGoal, CaseScore, CaseStep, Closing, Plan
from reporting.demo import MARK
from services.models import ServiceRecord

SUMMARY = "按计划提供服务，服务对象参与较好。" + MARK


@dataclass
class Drawn:
    """A case and everything that is saved with it."""

    case: Case
    problems: list[Problem]
    goals: list[tuple[str, str]]
    need: str
    steps: list[CaseStep] = field(default_factory=list)
    services: list[ServiceRecord] = field(default_factory=list)


def save_contents(rng: Random, drawn: list[Drawn]) -> None:
    of = {kind: [(one, step) for one in drawn for step in one.steps if step.kind == kind] for kind in Step}
    Assessment.objects.bulk_create([_assessment(one, step) for one, step in of[Step.ASSESSMENT]], batch_size=500)
    plans = [
        Plan(
            step=step, approach="以个案探访为主，链接村（社区）和志愿者。", agreed_on=step.on,
            review_on=step.on + timedelta(days=45),
        )
        for _, step in of[Step.PLAN]
    ]  # fmt: skip
    Plan.objects.bulk_create(plans, batch_size=500)
    goals = [
        goal for (one, step), plan in zip(of[Step.PLAN], plans, strict=True) for goal in _goals(rng, one, step, plan)
    ]
    CaseGoal.objects.bulk_create(goals, batch_size=500)
    CaseEvaluation.objects.bulk_create(
        [
            CaseEvaluation(step=step, client_view="有人关心，心里踏实多了。", worker_view=SUMMARY)
            for _, step in of[Step.EVALUATION]
        ],
        batch_size=500,
    )
    Closing.objects.bulk_create([_closing(rng, one, step) for one, step in of[Step.CLOSING]], batch_size=500)
    before = [(one, step, 1, 5) for one, step in of[Step.ASSESSMENT]]
    after = [(one, step, 5, 9) for one, step in of[Step.EVALUATION]]
    CaseScore.objects.bulk_create(
        [
            CaseScore(case=one.case, step=step, scale=scale, value=rng.randint(low, high))
            for one, step, low, high in [*before, *after]
            for scale in ("goal", "mood", "support")
        ],
        batch_size=1000,
    )


def _assessment(one: Drawn, step: CaseStep) -> Assessment:
    risks = []
    if one.case.risk != RiskLevel.NONE:
        risks = [
            {
                "kind": RiskKind.NEGLECT.value,
                "level": str(RiskLevel(one.case.risk).value),
                "note": "已与村（社区）约定照看",
            }
        ]
    return Assessment(
        step=step,
        needs={str(Need.FAMILY.value): one.need},
        risks=risks,
        strengths="愿意与人交往，配合服务",
        resources="邻里和村（社区）干部愿意帮忙",
        conclusion=f"优先解决：{one.need}。{MARK}",
    )


def _goals(rng: Random, one: Drawn, step: CaseStep, plan: Plan) -> Iterable[CaseGoal]:
    case = one.case
    settled = case.state in (State.CLOSED, State.EVALUATION)
    for number, (words, measures) in enumerate(one.goals):
        state = GoalState.WORKING if case.state == State.INTERVENTION else GoalState.PENDING
        if settled:
            met = (case.outcome == Outcome.GOALS_MET and number == 0) or rng.random() < 0.6
            state = GoalState.MET if met else GoalState.NOT_MET
        yield CaseGoal(
            case=case, plan=plan, text=words, measures=measures, by_when=step.on + timedelta(days=90),
            state=state, settled_on=one.steps[-1].on if settled else None,
        )  # fmt: skip


def _closing(rng: Random, one: Drawn, step: CaseStep) -> Closing:
    lost = one.case.outcome == Outcome.LOST
    return Closing(
        step=step,
        outcome=one.case.outcome,
        not_evaluated="多次上门、电话均未能联系到服务对象" if lost else "",
        satisfaction=None if lost else rng.randint(3, 5),
        answered_by="NOBODY" if lost else "CLIENT",
        summary=SUMMARY,
        follow_up="转为日常探访" if not lost else "",
    )

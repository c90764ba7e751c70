"""A case as the rules of its steps see it (casework.case_steps)."""

from __future__ import annotations

from casework.case_steps import History, Step, Taken
from casework.case_words import GoalState, Outcome
from casework.models import Case, CaseGoal, CaseScore, CaseService, CaseStep, Closing


def last_step(case: Case) -> CaseStep | None:
    """The latest step that stands."""
    return CaseStep.objects.standing().filter(case=case).last()


def history(case: Case) -> History:
    """The case as the rules see it. Five queries."""
    steps = list(CaseStep.objects.standing().filter(case=case))
    goals = CaseGoal.objects.standing().filter(case=case).values_list("state", flat=True)
    served = CaseService.objects.valid().filter(case=case).values_list("service__starts_on", flat=True)
    evaluations = [step.pk for step in steps if step.kind == Step.EVALUATION]
    scores = CaseScore.objects.filter(case=case, step__withdrawn_at=None).values_list("step_id", "step__kind", "scale")
    closing = Closing.objects.filter(step__case=case, step__withdrawn_at=None).last()
    return History(
        taken=tuple(Taken(Step(step.kind), step.on) for step in steps),
        goals=tuple(GoalState(goal) for goal in goals),
        served=tuple(served),
        before=frozenset(scale for _, kind, scale in scores if kind == Step.ASSESSMENT),
        after=frozenset(scale for step, _, scale in scores if evaluations and step == evaluations[-1]),
        outcome=Outcome(closing.outcome) if closing else None,
        why_not_evaluated=closing.not_evaluated if closing else "",
    )

"""The steps of a case: 预估 计划 介入 评估 结案, reopening, and taking the last one back. Rules: casework.case_steps.

Every step carries `expected`, the latest step that the user saw, so that of two people at once one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casework.actions.case_goals import GoalInput, new_goals
from casework.actions.case_shared import locked, mark, seen, take, tell, text
from casework.case_steps import OPEN, History, State, Step, refusal, state_after, take_back_refusal, with_step
from casework.case_words import Answerer, Need, Outcome, RiskKind, RiskLevel, highest
from casework.models import Assessment, Case, CaseEvaluation, CaseScore, CaseSpell, CaseStep, Closing, Plan
from casework.models.cases import TEXT
from casework.queries.case_history import history, last_step
from casework.scales import SCALES
from clients.models import FileSpell
from common import checks

Scores = Mapping[str, int | None]
USES = frozenset({Step.ASSESSMENT, Step.PLAN, Step.INTERVENTION, Step.EVALUATION, Step.REOPENING})


def _begin(case: Case, expected: int, step: Step, on: date, **needed: Any) -> tuple[Case, History]:
    """The locked case and its history. Raises ValidationError with the reason why the step would leave a hole."""
    case = locked(case)
    seen(case, expected)
    day = checks.past_day(on, field="on", label=f"{step.label}日期")
    so_far = history(case)
    if words := refusal(so_far, step, day, **needed):
        raise ValidationError(words)
    if words := refuses_use(case, step):
        raise ValidationError(words)
    return case, so_far


def refuses_use(case: Case, step: Step) -> str:
    """Why nothing new may be recorded of the person; "" when it may, and for a step that ends the case."""
    if step in USES and case.client.refuses_use():
        return "服务对象已撤回接受服务的同意，不能再办理；可按“服务对象要求结束”结案"
    return ""


@transaction.atomic
def assess(
    *,
    by: User | None,
    case: Case,
    on: date,
    needs: Mapping[str, str],
    risks: Sequence[Mapping[str, str]],
    scores: Scores,
    strengths: str = "",
    resources: str = "",
    conclusion: str = "",
    files: Sequence[Any] = (),
    expected: int,
) -> CaseStep:
    """预估. `needs`: {Need: text}; `risks`: [{"kind", "level", "note"}]; `scores`: {scale: 0–10}, the values before."""
    clean = checks.all_of(
        needs=lambda: _needs(needs),
        risks=lambda: _risks(risks),
        scores=lambda: _scores(scores),
        strengths=lambda: text(strengths, "strengths", "优势", TEXT),
        resources=lambda: text(resources, "resources", "资源", TEXT),
        conclusion=lambda: text(conclusion, "conclusion", "预估结论", TEXT, required=True),
    )
    measured = clean.pop("scores")
    case, _ = _begin(case, expected, Step.ASSESSMENT, on, scales=frozenset(measured))
    case.risk = highest([risk["level"] for risk in clean["risks"]])
    step = take(by, case, Step.ASSESSMENT, on, state=State.ASSESSMENT, files=files)
    Assessment.objects.create(step=step, **clean)
    _put_scores(step, measured)
    return step


def _needs(needs: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for need in Need:
        words = text(needs.get(need, ""), f"need_{need}", need.label, 1000)
        if words:
            found[str(need.value)] = words
    if not found:
        raise ValidationError({f"need_{Need.BODY}": "请至少填写一个方面的需求"})
    return found


def _risks(risks: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    found = {}
    for risk in risks:
        kind = checks.member(risk.get("kind", ""), RiskKind, field="risks", label="风险类型")
        level = checks.member(risk.get("level", ""), RiskLevel, field=f"risk_{kind}", label="风险等级")
        note = text(risk.get("note", ""), f"risk_note_{kind}", "风险说明", 200)
        if level == RiskLevel.HIGH and not note:
            raise ValidationError({f"risk_note_{kind}": "高风险请写明情况和已采取的措施"})
        if level != RiskLevel.NONE or note:
            found[kind] = {"kind": kind, "level": level, "note": note}
    return list(found.values())


def _scores(scores: Scores) -> dict[str, int]:
    found = {}
    for key, value in scores.items():
        if value is None:
            continue
        scale = SCALES.get(key)
        if scale is None or not scale.least <= value <= scale.most:
            raise ValidationError({f"score_{key}": "分数应在 0 至 10 之间"})
        found[key] = value
    return found


def _put_scores(step: CaseStep, scores: Mapping[str, int]) -> None:
    CaseScore.objects.bulk_create(
        CaseScore(case_id=step.case_id, step=step, scale=scale, value=value) for scale, value in scores.items()
    )


@transaction.atomic
def plan(
    *,
    by: User | None,
    case: Case,
    on: date,
    agreed_on: date,
    review_on: date,
    goals: Sequence[GoalInput],
    approach: str = "",
    files: Sequence[Any] = (),
    expected: int,
) -> CaseStep:
    """计划 with its goals, agreed with the client between the assessment and `on`, looked at on `review_on`."""
    approach = text(approach, "approach", "服务策略", TEXT)
    case, so_far = _begin(case, expected, Step.PLAN, on, goals=len(goals))
    assert so_far.last_on is not None
    agreed_on = checks.past_day(
        agreed_on, field="agreed_on", label="与服务对象商定日期", since=so_far.last_on, since_label="预估日期"
    )
    if agreed_on > on:
        raise ValidationError({"agreed_on": f"与服务对象商定的日期不能晚于计划日期（{on}）"})
    if review_on <= on:
        raise ValidationError({"review_on": f"复核日期应晚于计划日期（{on}）"})
    case.review_on = review_on
    step = take(by, case, Step.PLAN, on, state=State.PLAN, files=files)
    made = Plan.objects.create(step=step, approach=approach, agreed_on=agreed_on, review_on=review_on)
    new_goals(case, made, goals, on)
    return step


@transaction.atomic
def intervene(
    *, by: User | None, case: Case, on: date, note: str = "", files: Sequence[Any] = (), expected: int
) -> CaseStep:
    """介入 begins: from this day on service records back an evaluation."""
    note = text(note, "note", "说明")
    case, _ = _begin(case, expected, Step.INTERVENTION, on)
    return take(by, case, Step.INTERVENTION, on, state=State.INTERVENTION, note=note, files=files)


@transaction.atomic
def evaluate(
    *,
    by: User | None,
    case: Case,
    on: date,
    scores: Scores,
    client_view: str,
    worker_view: str,
    files: Sequence[Any] = (),
    expected: int,
) -> CaseStep:
    """评估: each scale that was measured before is measured again; what the client says, and the worker."""
    clean = checks.all_of(
        scores=lambda: _scores(scores),
        client_view=lambda: text(client_view, "client_view", "服务对象的评价", TEXT, required=True),
        worker_view=lambda: text(worker_view, "worker_view", "社工的评价", TEXT, required=True),
    )
    measured = clean.pop("scores")
    case, so_far = _begin(case, expected, Step.EVALUATION, on, scales=frozenset(measured))
    step = take(by, case, Step.EVALUATION, on, state=State.EVALUATION, files=files)
    CaseEvaluation.objects.create(step=step, **clean)
    _put_scores(step, {scale: value for scale, value in measured.items() if scale in so_far.before})
    return step


@transaction.atomic
def close(
    *,
    by: User | None,
    case: Case,
    on: date,
    outcome: str,
    summary: str,
    answered_by: str,
    satisfaction: int | None = None,
    not_evaluated: str = "",
    follow_up: str = "",
    files: Sequence[Any] = (),
    expected: int,
) -> CaseStep:
    """结案, with its reason; without an evaluation only for ends that come too early, saying why there is none."""
    clean = checks.all_of(
        outcome=lambda: checks.member(outcome, Outcome, field="outcome", label="结案原因"),
        not_evaluated=lambda: text(not_evaluated, "not_evaluated", "未评估的原因", 200),
        answered_by=lambda: checks.member(answered_by, Answerer, field="answered_by", label="满意度由谁回答"),
        satisfaction=lambda: _satisfaction(satisfaction, answered_by),
        summary=lambda: text(summary, "summary", "服务小结", TEXT, required=True),
        follow_up=lambda: text(follow_up, "follow_up", "跟进安排", TEXT),
    )
    case, so_far = _begin(
        case,
        expected,
        Step.CLOSING,
        on,
        outcome=Outcome(clean["outcome"]),
        why_not_evaluated=clean["not_evaluated"],
    )
    if so_far.state == State.EVALUATION:
        clean["not_evaluated"] = ""
    CaseSpell.objects.filter(case=case, ends_on=None).update(ends_on=on, outcome=clean["outcome"])
    case.closed_on, case.outcome, case.review_on = on, clean["outcome"], None
    step = take(by, case, Step.CLOSING, on, state=State.CLOSED, files=files)
    Closing.objects.create(step=step, **clean)
    return step


def _satisfaction(value: int | None, answered_by: str) -> int | None:
    if answered_by == Answerer.NOBODY:
        return None
    if value is None or not 1 <= value <= 5:
        raise ValidationError({"satisfaction": "请选择满意度；问不到的，请在“由谁回答”中选“无法询问”"})
    return value


@transaction.atomic
def reopen(*, by: User | None, case: Case, on: date, reason: str, expected: int) -> CaseStep:
    """Work goes on after a closing; what was evaluated will be evaluated again."""
    reason = text(reason, "reason", "重新开启的理由", 200, required=True)
    case, so_far = _begin(case, expected, Step.REOPENING, on)
    if not FileSpell.objects.at(on).filter(client=case.client_id, station=case.station_id).exists():
        raise ValidationError({"on": f"服务对象在 {on} 没有本站在档的档案，不能重新开启"})
    if Case.objects.open().of_person(case.client).filter(station=case.station_id).exists():
        raise ValidationError("这名服务对象已有在办的个案，请在那个个案中继续")
    CaseSpell.objects.create(case=case, starts_on=on)
    case.closed_on, case.outcome = None, ""
    state = with_step(so_far, Step.REOPENING, on).state
    return take(by, case, Step.REOPENING, on, state=state, note=reason)


@transaction.atomic
def take_back(*, by: User | None, case: Case, reason: str, expected: int) -> CaseStep:
    """Take the last step back as a mistake; with the intake the whole case goes. What it said stays readable."""
    case = locked(case)
    seen(case, expected)
    reason = checks.withdrawal_reason(reason)
    so_far = history(case)
    if words := take_back_refusal(so_far):
        raise ValidationError(words)
    step = last_step(case)
    assert step is not None
    others = Case.objects.open().of_person(case.client).filter(station=case.station_id)
    if step.kind == Step.CLOSING and others.exists():
        raise ValidationError("这名服务对象已有另一个在办的个案，不能撤回结案")
    step.withdrawn_at, step.withdrawn_by, step.withdrawal_reason = timezone.now(), by, reason
    step.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    state = state_after(so_far.taken[:-1])
    _undo(case, Step(step.kind))
    case.state = state
    _restore_review(case)
    case.save()
    tell(by, f"撤回个案{step.get_kind_display()}", case, {"所处环节": [None, state.label]})
    mark(case, step.on)
    return step


def _undo(case: Case, kind: Step) -> None:
    """What the step wrote on the case and its spells, taken back."""
    if kind == Step.INTAKE:
        CaseSpell.objects.filter(case=case).delete()
    elif kind == Step.REOPENING:
        CaseSpell.objects.filter(case=case, ends_on=None).delete()
        last = CaseSpell.objects.filter(case=case).latest("id")
        case.closed_on, case.outcome = last.ends_on, last.outcome
    elif kind == Step.CLOSING:
        last = CaseSpell.objects.filter(case=case).latest("id")
        last.ends_on, last.outcome = None, ""
        last.save(update_fields=["ends_on", "outcome"])
        case.closed_on, case.outcome = None, ""
    elif kind == Step.ASSESSMENT:
        case.risk = RiskLevel.NONE


def _restore_review(case: Case) -> None:
    """The day of review again: of the last review, else of the plan that stands; none while the case is not open."""
    made = Plan.objects.filter(step__case=case, step__withdrawn_at=None).last()
    if case.state not in OPEN or made is None:
        case.review_on = None
        return
    review = case.reviews.filter(at__gte=made.step.at).last()
    case.review_on = review.next_on if review else made.review_on

"""The file of one case, for page and paper: a fixed number of queries, whatever its history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.gate import allowed
from accounts.models import User
from accounts.roles import Permission
from casework.case_steps import OPEN, ORDER, History, State, Step, next_steps, not_yet, take_back_refusal
from casework.case_words import SATISFACTION, Answerer, GoalState, Need, Outcome, RiskKind, RiskLevel
from casework.models import (
    Case,
    CaseComment,
    CaseGoal,
    CaseHandover,
    CaseReview,
    CaseScore,
    CaseService,
    CaseStep,
)
from casework.queries.case_history import history
from casework.scales import SCALES
from clients.models import Consent, ConsentKind
from files.queries import AttachmentRow, attachments_of
from policies.deadlines import is_past
from services.models import ServiceWorker

STATE_TONES = {
    State.INTAKE: "info",
    State.ASSESSMENT: "info",
    State.PLAN: "info",
    State.INTERVENTION: "ok",
    State.EVALUATION: "ok",
    State.CLOSED: "muted",
    State.DECLINED: "muted",
    State.VOID: "muted",
}
GOAL_TONES = {
    GoalState.PENDING: "muted",
    GoalState.WORKING: "info",
    GoalState.MET: "ok",
    GoalState.NOT_MET: "warn",
    GoalState.CANCELLED: "muted",
}
PAGES = {
    Step.ASSESSMENT: ("case_assess", "填写预估"),
    Step.PLAN: ("case_plan", "制订计划"),
    Step.INTERVENTION: ("case_intervene", "开始介入"),
    Step.EVALUATION: ("case_evaluate", "填写评估"),
    Step.CLOSING: ("case_close", "结案"),
    Step.REOPENING: ("case_reopen", "重新开启"),
}


@dataclass
class StepView:
    """One step as it reads: `facts` are (label, text), in order."""

    step: CaseStep
    facts: list[tuple[str, str]]
    comments: list[CaseComment] = field(default_factory=list)
    files: list[AttachmentRow] = field(default_factory=list)

    @property
    def unread(self) -> int:
        return sum(comment.read_at is None for comment in self.comments)


@dataclass(frozen=True)
class Offer:
    """A step that follows: where it is taken, or the reason why it cannot be yet."""

    step: Step
    label: str
    url: str
    refused: str = ""


@dataclass(frozen=True)
class ScaleRow:
    """A scale before and after; None where it was not measured."""

    key: str
    label: str
    words: str
    before: int | None
    after: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class ServiceRow:
    """A service record of the case."""

    pk: int
    link: int
    on: date
    title: str
    method: str
    workers: str
    hours: Any
    result: str
    goals: list[int]  # which goals, by their numbers
    voided: bool


@dataclass
class CasePage:
    case: Case
    steps: list[StepView]
    withdrawn: list[StepView]
    goals: list[CaseGoal]
    scales: list[ScaleRow]
    services: list[ServiceRow]
    reviews: list[CaseReview]
    handovers: list[CaseHandover]
    problems: str
    co_workers: str
    history: History
    consent_missing: bool
    offers: list[Offer] = field(default_factory=list)
    strip: list[dict[str, Any]] = field(default_factory=list)

    @property
    def unread(self) -> int:
        return sum(step.unread for step in self.steps)

    @property
    def last(self) -> int:
        return self.steps[-1].step.pk if self.steps else 0

    @property
    def tone(self) -> str:
        return STATE_TONES[State(self.case.state)]

    @property
    def review_late(self) -> bool:
        return bool(self.case.is_open and self.case.review_on and is_past(self.case.review_on, timezone.localdate()))

    @property
    def take_back_refusal(self) -> str:
        return take_back_refusal(self.history)


def case_page(user: User, case: Case) -> CasePage:
    """`case` comes with station__unit, client and worker."""
    views, withdrawn = _steps(user, case)
    goals = list(CaseGoal.objects.standing().filter(case=case))
    for number, goal in enumerate(goals, 1):
        goal.number, goal.tone = number, GOAL_TONES[GoalState(goal.state)]  # type: ignore[attr-defined]
    past = history(case)
    page = CasePage(
        case=case,
        steps=views,
        withdrawn=withdrawn,
        goals=goals,
        scales=_scales(case, [view.step for view in views]),
        services=_services(case, goals),
        reviews=list(CaseReview.objects.filter(case=case).select_related("by")),
        handovers=list(CaseHandover.objects.filter(case=case).select_related("from_worker", "to_worker", "by")),
        problems="、".join(problem.get_kind_display() for problem in case.problems.all()),
        co_workers="、".join(case.co_workers.order_by("pk").values_list("name", flat=True)),
        history=past,
        consent_missing=not Consent.objects.filter(client=case.client_id, kind=ConsentKind.SERVICE).exists(),
    )
    page.strip = _strip(page)
    if allowed(user, Permission.EDIT_CASES, case):
        page.offers = _offers(page)
    return page


def _strip(page: CasePage) -> list[dict[str, Any]]:
    """The six steps of the standard with the day on which each was last taken."""
    taken = {view.step.kind: view.step.on for view in page.steps}
    reached = page.case.state
    position = OPEN.index(State(reached)) if reached in OPEN else -1
    strip = []
    for number, step in enumerate((*ORDER, Step.CLOSING)):
        done = taken.get(step)
        if step == Step.CLOSING and page.case.state != State.CLOSED:
            done = None
        elif page.case.is_open and number > position:
            done = None  # taken before the case was reopened, and to be taken again
        strip.append({"label": step.label, "on": done, "current": bool(done) and reached == step})
    return strip


def _offers(page: CasePage) -> list[Offer]:
    """What may be done next, with the reason where something is missing; dates are asked for on the form."""
    today = timezone.localdate()
    offers = []
    for step in next_steps(page.history.state):
        if step not in PAGES:
            continue
        name, label = PAGES[step]
        refused = not_yet(page.history, step, today)
        offers.append(Offer(step, label, reverse(name, args=[page.case.pk]), refused))
    return offers


# ---- the steps ------------------------------------------------------------------------------------------------------


def _steps(user: User, case: Case) -> tuple[list[StepView], list[StepView]]:
    """Those that stand, and those taken back."""
    joined = ("by", "withdrawn_by", "assessment", "plan", "evaluation", "closing")
    steps = list(CaseStep.objects.filter(case=case).select_related(*joined).order_by("id"))
    files = attachments_of(user, steps)
    comments: dict[int, list[CaseComment]] = defaultdict(list)
    for comment in CaseComment.objects.filter(case=case).select_related("by", "answered_by"):
        comments[comment.step_id].append(comment)
    views = [StepView(step, _facts(case, step), comments[step.pk], files.get(step.pk, [])) for step in steps]
    standing = [view for view in views if view.step.withdrawn_at is None]
    return standing, [view for view in views if view.step.withdrawn_at is not None]


def _facts(case: Case, step: CaseStep) -> list[tuple[str, str]]:
    readers = {
        Step.INTAKE: _intake,
        Step.DECLINED: _intake,
        Step.ASSESSMENT: _assessment,
        Step.PLAN: _plan,
        Step.EVALUATION: _evaluation,
        Step.CLOSING: _closing,
    }
    reader = readers.get(Step(step.kind))
    found = reader(case, step) if reader else []
    label = "重新开启的理由" if step.kind == Step.REOPENING else "说明"
    note = step.note or ("开始介入，服务记录见下" if step.kind == Step.INTERVENTION else "")
    return [(name, words) for name, words in [*found, (label, note)] if words]


def _intake(case: Case, step: CaseStep) -> list[tuple[str, str]]:
    return [
        ("个案来源", case.get_source_display()),
        ("求助问题", case.presenting),
        ("不予接案的原因", case.declined_because),
        ("转介去向", case.referred_to),
    ]


def _assessment(case: Case, step: CaseStep) -> list[tuple[str, str]]:
    said = step.assessment
    needs = [(f"需求 · {need.label}", said.needs.get(need.value, "")) for need in Need]
    risks = [
        (f"风险 · {RiskKind(risk['kind']).label}", _joined("：", RiskLevel(risk["level"]).label, risk["note"]))
        for risk in said.risks
    ]
    return [
        *needs,
        *(risks or [("风险", "未见风险")]),
        ("优势", said.strengths),
        ("资源", said.resources),
        ("预估结论", said.conclusion),
    ]


def _plan(case: Case, step: CaseStep) -> list[tuple[str, str]]:
    said = step.plan
    return [
        ("服务策略", said.approach),
        ("与服务对象商定日期", str(said.agreed_on)),
        ("复核日期", str(said.review_on)),
    ]


def _evaluation(case: Case, step: CaseStep) -> list[tuple[str, str]]:
    said = step.evaluation
    return [("服务对象的评价", said.client_view), ("社工的评价", said.worker_view)]


def _closing(case: Case, step: CaseStep) -> list[tuple[str, str]]:
    said = step.closing
    mark = dict(SATISFACTION).get(said.satisfaction or 0, "")
    return [
        ("结案原因", Outcome(said.outcome).label),
        ("未评估的原因", said.not_evaluated),
        ("满意度", _joined("，", mark, Answerer(said.answered_by).label)),
        ("服务小结", said.summary),
        ("跟进安排", said.follow_up),
    ]


def _joined(between: str, *words: str) -> str:
    return between.join(str(word) for word in words if word)


# ---- scales and services --------------------------------------------------------------------------------------------


def _scales(case: Case, standing: list[CaseStep]) -> list[ScaleRow]:
    """Of each scale that was measured: the value of the assessment, and that of the latest evaluation."""
    measured: dict[int, dict[str, int]] = defaultdict(dict)
    for step_id, scale, value in CaseScore.objects.filter(case=case).values_list("step_id", "scale", "value"):
        measured[step_id][scale] = value

    def latest(kind: Step) -> dict[str, int]:
        return next((measured[step.pk] for step in reversed(standing) if step.kind == kind), {})

    before, after = latest(Step.ASSESSMENT), latest(Step.EVALUATION)
    return [
        ScaleRow(key, scale.label, scale.words, before.get(key), after.get(key))
        for key, scale in SCALES.items()
        if key in before
    ]


def _services(case: Case, goals: list[CaseGoal]) -> list[ServiceRow]:
    numbers = {goal.pk: number for number, goal in enumerate(goals, 1)}
    rows = list(
        CaseService.objects.filter(case=case)
        .select_related("service")
        .prefetch_related("goals")
        .order_by("service__starts_on", "service_id")
    )
    names: dict[int, list[str]] = defaultdict(list)
    served = ServiceWorker.objects.filter(service__in=[row.service_id for row in rows]).order_by("worker_id")
    for service_id, name in served.values_list("service_id", "worker__name"):
        names[service_id].append(name)
    return [
        ServiceRow(
            pk=row.service_id,
            link=row.pk,
            on=row.service.starts_on,
            title=row.service.title,
            method=row.service.get_method_display(),
            workers="、".join(names[row.service_id]),
            hours=row.service.hours,
            result=row.service.result,
            goals=sorted(numbers[goal.pk] for goal in row.goals.all() if goal.pk in numbers),
            voided=row.service.voided_at is not None,
        )
        for row in rows
    ]

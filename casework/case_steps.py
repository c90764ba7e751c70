"""In which order a case goes 接案 → 预估 → 计划 → 介入 → 评估 → 结案 (MZ/T 094-2017), and what each step needs.

Pure: from the steps taken, the goals, the days served and the scales to the reason why a step would leave a hole.
`refusal` is asked before a step; `holes` judges a whole history, also after a service record was voided or moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import models

from casework.case_words import EARLY, OPEN_GOALS, GoalState, Outcome

STANDARD = {"label": "MZ/T 094-2017《社会工作方法 个案工作》"}


class Step(models.TextChoices):
    """What can be done to a case."""

    INTAKE = "INTAKE", "接案"
    DECLINED = "DECLINED", "不予接案"
    ASSESSMENT = "ASSESSMENT", "预估"
    PLAN = "PLAN", "计划"
    INTERVENTION = "INTERVENTION", "介入"
    EVALUATION = "EVALUATION", "评估"
    CLOSING = "CLOSING", "结案"
    REOPENING = "REOPENING", "重新开启"


class State(models.TextChoices):
    """Where a case stands: after which step."""

    INTAKE = "INTAKE", "接案"
    ASSESSMENT = "ASSESSMENT", "预估"
    PLAN = "PLAN", "计划"
    INTERVENTION = "INTERVENTION", "介入"
    EVALUATION = "EVALUATION", "评估"
    CLOSED = "CLOSED", "已结案"
    DECLINED = "DECLINED", "未接案"
    VOID = "VOID", "已撤销"


ORDER = (Step.INTAKE, Step.ASSESSMENT, Step.PLAN, Step.INTERVENTION, Step.EVALUATION)
OPEN = tuple(State(step.value) for step in ORDER)


@dataclass(frozen=True)
class Taken:
    step: Step
    on: date


@dataclass(frozen=True)
class History:
    """A case as the rules see it. `served`: days of the service records that count; `before`, `after`: keys of scales
    (`after` those of the latest evaluation); `outcome`, `why_not_evaluated`: of the latest closing, also of a case that
    was reopened since."""

    taken: tuple[Taken, ...] = ()
    goals: tuple[GoalState, ...] = ()
    served: tuple[date, ...] = ()
    before: frozenset[str] = field(default_factory=frozenset)
    after: frozenset[str] = field(default_factory=frozenset)
    outcome: Outcome | None = None
    why_not_evaluated: str = ""

    @property
    def state(self) -> State:
        return state_after(self.taken)

    @property
    def last_on(self) -> date | None:
        return self.taken[-1].on if self.taken else None

    @property
    def working_since(self) -> date | None:
        """The day from which services back an evaluation: of the intervention, or of the reopening after it."""
        days = [each.on for each in self.taken if each.step == Step.INTERVENTION]
        if not days:
            return None
        return max(days + [each.on for each in self.taken if each.step == Step.REOPENING])


def state_after(taken: Sequence[Taken]) -> State:
    """VOID without any step: the intake itself was taken back."""
    state = State.VOID
    before_closing = State.VOID
    for each in taken:
        if each.step == Step.CLOSING:
            before_closing, state = state, State.CLOSED
        elif each.step == Step.REOPENING:
            # Work goes on, so what was evaluated must be evaluated again.
            state = State.INTERVENTION if before_closing == State.EVALUATION else before_closing
        else:
            state = State(each.step.value)
    return state


def next_steps(state: State) -> tuple[Step, ...]:
    """What may follow by the order alone."""
    if state == State.VOID:
        return (Step.INTAKE, Step.DECLINED)
    if state == State.CLOSED:
        return (Step.REOPENING,)
    if state == State.DECLINED:
        return ()
    position = OPEN.index(state)
    return (*ORDER[position + 1 : position + 2], Step.CLOSING)


def refusal(
    history: History,
    step: Step,
    on: date,
    *,
    goals: int = 0,
    scales: frozenset[str] = frozenset(),
    outcome: Outcome | None = None,
    why_not_evaluated: str = "",
) -> str:
    """Why the step would leave a hole; "" when it may be taken.

    `goals`: how many a plan sets; `scales`: keys measured by an assessment or evaluation; `outcome`,
    `why_not_evaluated`: of a closing.
    """
    state = history.state
    if step not in next_steps(state):
        return _out_of_order(state, step)
    if history.last_on is not None and on < history.last_on:
        last = history.taken[-1]
        return f"{step.label}日期不能早于上一环节“{last.step.label}”的日期（{last.on}）"
    if step == Step.EVALUATION:
        return _evaluation_refusal(history, on, scales)
    if step == Step.CLOSING:
        if history.served and on < max(history.served):
            return f"结案日期不能早于最后一次服务的日期（{max(history.served)}）"
        return _closing_refusal(history, outcome, why_not_evaluated)
    return _content_refusal(step, goals, scales)


def not_yet(history: History, step: Step, on: date) -> str:
    """What comes before the form of the step is worth filling in; "" when it is the step's turn. What the form itself
    asks for is judged by `refusal` when it is saved."""
    if step not in next_steps(history.state):
        return _out_of_order(history.state, step)
    if step == Step.EVALUATION:
        return refusal(history, step, on, scales=history.before)
    if step == Step.CLOSING and any(goal in OPEN_GOALS for goal in history.goals):
        return _closing_refusal(history, Outcome.OTHER, "")
    return ""


def _content_refusal(step: Step, goals: int, scales: frozenset[str]) -> str:
    if step == Step.ASSESSMENT and not scales:
        return "请至少用一个量表记录服务前的状况，否则结案时无从比较"
    if step == Step.PLAN and not goals:
        return "请至少写明一个目标，再形成计划"
    return ""


def _out_of_order(state: State, step: Step) -> str:
    if state == State.CLOSED:
        return "个案已经结案；需要继续服务的，请先重新开启"
    if state in (State.DECLINED, State.VOID):
        return f"这个个案{state.label}，不能再办理{step.label}"
    if step == Step.REOPENING:
        return "个案没有结案，不需要重新开启"
    if step not in ORDER or ORDER.index(step) <= OPEN.index(state):
        return f"个案已经完成“{Step(state.value).label}”；需要改正的，请撤回该环节后重新填写"
    needed = ORDER[ORDER.index(step) - 1]
    return f"还没有完成“{needed.label}”，不能办理“{step.label}”"


def _evaluation_refusal(history: History, on: date, scales: frozenset[str]) -> str:
    since = history.working_since
    assert since is not None  # the order
    if not any(since <= day <= on for day in history.served):
        return f"介入以来（{since} 起）还没有服务记录，不能评估；请先登记服务或关联已有的服务记录"
    missing = history.before - scales
    if missing:
        return f"还有 {len(missing)} 个量表没有填写服务后的分数"
    return ""


def _closing_refusal(history: History, outcome: Outcome | None, why_not_evaluated: str) -> str:
    open_goals = sum(goal in OPEN_GOALS for goal in history.goals)
    if open_goals:
        return f"还有 {open_goals} 个目标没有结论（已达成、未达成或已取消），请先更新目标再结案"
    if outcome == Outcome.GOALS_MET and GoalState.MET not in history.goals:
        return "没有一个目标已达成，结案原因不能选“目标达成”"
    if history.state != State.EVALUATION:
        if outcome not in EARLY:
            return "还没有完成“评估”，不能结案；服务对象要求结束、转介、失联、去世、迁出的除外"
        if not why_not_evaluated:
            return "没有评估就结案的，请说明未评估的原因"
    return ""


def with_step(history: History, step: Step, on: date) -> History:
    return replace(history, taken=(*history.taken, Taken(step, on)))


def take_back_refusal(history: History) -> str:
    """Why the last step cannot be taken back; "" when it can."""
    if not history.taken:
        return "没有可以撤回的环节"
    last, earlier = history.taken[-1], history.taken[:-1]
    if last.step == Step.REOPENING:
        closed_on = earlier[-1].on
        if any(day > closed_on for day in history.served):
            return f"结案（{closed_on}）以后已有服务记录，不能撤回重新开启"
        if any(goal in OPEN_GOALS for goal in history.goals):
            return "重新开启以后有未完成的目标，不能撤回重新开启；请先更新目标"
    if last.step == Step.INTAKE and history.served:
        return "这个个案已有服务记录，不能撤回接案"
    found = holes(replace(history, taken=earlier))
    return f"撤回以后个案记录会不完整：{found[0]}" if found else ""


def in_open_time(taken: Sequence[Taken], day: date) -> bool:
    """Was the case open on the day? The day of closing itself still takes services."""
    since: date | None = None
    for each in taken:
        if each.step in (Step.INTAKE, Step.REOPENING):
            since = each.on
        elif each.step == Step.CLOSING and since is not None:
            if since <= day <= each.on:
                return True
            since = None
    return since is not None and since <= day


def holes(history: History) -> list[str]:
    """Every hole in the whole history, in words; none in one that `refusal` let pass step by step."""
    found = []
    for earlier, later in zip(history.taken, history.taken[1:], strict=False):
        if later.on < earlier.on:
            found.append(f"“{later.step.label}”早于“{earlier.step.label}”")
    for number, each in enumerate(history.taken):
        so_far = replace(history, taken=history.taken[:number])
        if each.step not in next_steps(so_far.state):
            found.append(_out_of_order(so_far.state, each.step))
        since = so_far.working_since
        if each.step == Step.EVALUATION and not any(since <= day <= each.on for day in history.served if since):
            found.append(f"评估（{each.on}）之前没有介入期间的服务记录")
    if any(not in_open_time(history.taken, day) for day in history.served):
        found.append("有服务记录不在个案办理期间")
    steps = [each.step for each in history.taken]
    if Step.PLAN in steps and not history.goals:
        found.append("计划没有目标")
    if Step.ASSESSMENT in steps and not history.before:
        found.append("预估没有量表")
    if history.state == State.EVALUATION and history.before - history.after:
        found.append("评估缺少服务后的分数")
    if history.state == State.CLOSED:
        words = _closing_refusal(replace(history, taken=history.taken[:-1]), history.outcome, history.why_not_evaluated)
        found += [words] if words else []
    return found

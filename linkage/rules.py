"""Pure rules of this room: the way of a referral, and the share of a donation's value that leaves with a part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from linkage.vocabulary import OUTCOMES, ReferralState

S = ReferralState

# From where each state is reached. TO_VERIFY again: a failed one is begun anew.
FROM: dict[ReferralState, tuple[ReferralState, ...]] = {
    S.CONTACTED: (S.TO_VERIFY,),
    S.REFERRED: (S.CONTACTED,),
    S.SUCCEEDED: (S.REFERRED,),
    S.FAILED: (S.CONTACTED, S.REFERRED),
    S.FOLLOWED_UP: OUTCOMES,
    S.TO_VERIFY: (S.FAILED, S.FOLLOWED_UP),
}
# What is missing when a step is taken too early: the state that must come before it.
BEFORE = {
    S.CONTACTED: "待核实",
    S.REFERRED: "已联系",
    S.SUCCEEDED: "已转介",
    S.FAILED: "已联系",
    S.FOLLOWED_UP: "成功或失败",
}
STEP_WORDS = {
    S.TO_VERIFY: "重新开始",
    S.CONTACTED: "登记已联系",
    S.REFERRED: "登记已转介",
    S.SUCCEEDED: "登记成功",
    S.FAILED: "登记失败",
    S.FOLLOWED_UP: "登记回访",
}


@dataclass(frozen=True)
class Step:
    state: ReferralState
    on: date


@dataclass(frozen=True)
class Standing:
    """What a referral's steps come to. `attempt`: 1, and one more each time it was begun anew; `outcome` and
    `ended_on` are those of this attempt, so that one begun anew is open again."""

    state: ReferralState
    opened_on: date
    attempt: int
    outcome: ReferralState | None
    ended_on: date | None
    followed_up_on: date | None
    last_on: date


def standing(steps: Sequence[Step]) -> Standing:
    """Of the steps in their order, the first of which is TO_VERIFY. Raises ValueError for steps that leave a hole."""
    if not steps or steps[0].state != S.TO_VERIFY:
        raise ValueError("a referral begins with TO_VERIFY")
    attempt, outcome, ended_on, followed = 1, None, None, None
    for before, step in pairwise(steps):
        if why := refusal(before.state, outcome, step.state):
            raise ValueError(why)
        if step.on < before.on:
            raise ValueError("steps go forward in time")
        if step.state == S.TO_VERIFY:
            attempt, outcome, ended_on, followed = attempt + 1, None, None, None
        elif step.state in OUTCOMES:
            outcome, ended_on = step.state, step.on
        elif step.state == S.FOLLOWED_UP:
            followed = step.on
    return Standing(steps[-1].state, steps[0].on, attempt, outcome, ended_on, followed, steps[-1].on)


def refusal(state: ReferralState, outcome: ReferralState | None, to: ReferralState) -> str:
    """Why the step from `state` to `to` would leave a hole, in words; "" when it may be taken.

    `outcome`: how this attempt ended so far; one that succeeded is not begun anew.
    """
    if to == S.TO_VERIFY:
        if state in FROM[to] and outcome == S.FAILED:
            return ""
        return "只有失败的才能重新开始" if outcome != S.SUCCEEDED else "已经成功，不能重新开始；有新的需求请另行登记"
    if state in FROM[to]:
        return ""
    if state == to:
        return f"已经是“{to.label}”，不必重复登记"
    if _rank(to) < _rank(state):
        return f"现在是“{state.label}”，不能退回“{to.label}”；登记错了请撤回上一步"
    return f"还没有登记“{BEFORE[to]}”，不能直接登记“{to.label}”"


def _rank(state: ReferralState) -> int:
    return {S.TO_VERIFY: 0, S.CONTACTED: 1, S.REFERRED: 2, S.SUCCEEDED: 3, S.FAILED: 3, S.FOLLOWED_UP: 4}[state]


def open_steps(state: ReferralState, outcome: ReferralState | None) -> list[ReferralState]:
    """The steps that may be taken now, in the order of the way."""
    order: Iterable[ReferralState] = (S.CONTACTED, S.REFERRED, S.SUCCEEDED, S.FAILED, S.FOLLOWED_UP, S.TO_VERIFY)
    return [to for to in order if not refusal(state, outcome, to)]


# ---- stock ----------------------------------------------------------------------------------------------------------

FEN = Decimal("0.01")


def value_of_part(part: Decimal, left: Decimal, left_value: Decimal) -> Decimal:
    """The value in yuan that leaves with `part` of what is left, to the fen; the last part takes the rest.

    0 < part ≤ left. So the parts of a donation always add up to its value.
    """
    if not 0 < part <= left:
        raise ValueError("more than is left")
    if part == left:
        return left_value
    return min((left_value * part / left).quantize(FEN, ROUND_HALF_UP), left_value)

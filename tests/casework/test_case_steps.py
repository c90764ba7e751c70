"""The order of a case's steps, and that no way through it leaves a hole."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.case_steps import (
    OPEN,
    History,
    State,
    Step,
    Taken,
    holes,
    in_open_time,
    next_steps,
    refusal,
    take_back_refusal,
    with_step,
)
from casework.case_words import OPEN_GOALS, GoalState, Outcome

D = date(2026, 3, 1)
SCALES = frozenset({"goal", "mood"})


def day(number):
    return D + timedelta(days=number)


def so_far(*steps, **rest):
    """A history of the steps, a day apart."""
    return History(taken=tuple(Taken(step, day(number)) for number, step in enumerate(steps)), **rest)


UNTIL_WORK = (Step.INTAKE, Step.ASSESSMENT, Step.PLAN, Step.INTERVENTION)


def test_a_plan_needs_an_assessment():
    assert "预估" in refusal(so_far(Step.INTAKE), Step.PLAN, day(5), goals=1)


def test_a_plan_needs_a_goal():
    assert "目标" in refusal(so_far(Step.INTAKE, Step.ASSESSMENT), Step.PLAN, day(5))


def test_an_assessment_measures_what_will_be_compared():
    assert "量表" in refusal(so_far(Step.INTAKE), Step.ASSESSMENT, day(5))
    assert refusal(so_far(Step.INTAKE), Step.ASSESSMENT, day(5), scales=SCALES) == ""


def test_no_step_is_dated_before_the_one_before_it():
    assert "不能早于" in refusal(so_far(Step.INTAKE), Step.ASSESSMENT, day(-1), scales=SCALES)


def test_an_evaluation_needs_a_service_since_the_intervention_began():
    history = so_far(*UNTIL_WORK, before=SCALES, served=(day(2),))
    assert "服务记录" in refusal(history, Step.EVALUATION, day(9), scales=SCALES)
    assert refusal(replace(history, served=(day(3),)), Step.EVALUATION, day(9), scales=SCALES) == ""


def test_an_evaluation_measures_every_scale_again():
    history = so_far(*UNTIL_WORK, before=SCALES, served=(day(4),))
    assert "量表" in refusal(history, Step.EVALUATION, day(9), scales=frozenset({"goal"}))


def test_a_case_is_not_closed_with_goals_open():
    history = so_far(*UNTIL_WORK, Step.EVALUATION, goals=(GoalState.MET, GoalState.WORKING), served=(day(3),))
    assert "1 个目标" in refusal(history, Step.CLOSING, day(9), outcome=Outcome.GOALS_MET)


def test_a_case_is_not_closed_without_an_evaluation():
    history = so_far(*UNTIL_WORK, goals=(GoalState.MET,))
    assert "评估" in refusal(history, Step.CLOSING, day(9), outcome=Outcome.GOALS_MET)


def test_goals_met_needs_a_goal_that_was_met():
    history = so_far(*UNTIL_WORK, Step.EVALUATION, goals=(GoalState.NOT_MET,), served=(day(3),))
    assert "目标达成" in refusal(history, Step.CLOSING, day(9), outcome=Outcome.GOALS_MET)
    assert refusal(history, Step.CLOSING, day(9), outcome=Outcome.OTHER) == ""


@pytest.mark.parametrize("outcome", [Outcome.DIED, Outcome.MOVED, Outcome.LOST, Outcome.ASKED, Outcome.REFERRED])
def test_an_early_end_says_why_there_is_no_evaluation(outcome):
    history = so_far(Step.INTAKE)
    assert "原因" in refusal(history, Step.CLOSING, day(9), outcome=outcome)
    assert refusal(history, Step.CLOSING, day(9), outcome=outcome, why_not_evaluated="来不及") == ""


def test_a_reopened_case_is_evaluated_again():
    closed = so_far(*UNTIL_WORK, Step.EVALUATION, Step.CLOSING, goals=(GoalState.MET,), before=SCALES)
    again = replace(with_step(closed, Step.REOPENING, day(20)), served=(day(3),))
    assert again.state == State.INTERVENTION
    assert "服务记录" in refusal(again, Step.EVALUATION, day(30), scales=SCALES)


def test_a_declined_case_goes_nowhere():
    declined = so_far(Step.DECLINED)
    assert next_steps(declined.state) == ()
    assert "未接案" in refusal(declined, Step.CLOSING, day(3), outcome=Outcome.OTHER)


def test_services_count_from_intake_to_the_day_of_closing():
    taken = so_far(Step.INTAKE, Step.CLOSING).taken
    assert [in_open_time(taken, day(number)) for number in (-1, 0, 1, 2)] == [False, True, True, False]


# ---- the property ---------------------------------------------------------------------------------------------------

numbers = st.integers(0, 40)
scale_sets = st.frozensets(st.sampled_from(["goal", "mood", "support"]))
moves = st.one_of(
    st.tuples(st.just("step"), st.sampled_from(list(Step)), numbers, scale_sets, st.sampled_from(list(Outcome)),
              st.booleans()),
    st.tuples(st.just("serve"), numbers),
    st.tuples(st.just("void"), st.integers(0, 5)),
    st.tuples(st.just("goal"), st.integers(0, 3), st.sampled_from(list(GoalState))),
    st.tuples(st.just("back")),
)  # fmt: skip


def moved(history, move):
    """The history after the move, as the actions make it; the same when they refuse."""
    if move[0] == "step":
        return stepped(history, *move[1:])
    if move[0] == "serve":
        return replace(history, served=(*history.served, day(move[1]))) if can_serve(history, day(move[1])) else history
    if move[0] == "void":
        left = replace(history, served=tuple(on for number, on in enumerate(history.served) if number != move[1]))
        return history if holes(left) else left
    if move[0] == "goal":
        goals = list(history.goals)
        if history.state not in OPEN or move[1] >= len(goals):
            return history
        goals[move[1]] = move[2]
        return replace(history, goals=tuple(goals))
    return back(history)


def can_serve(history, on):
    return in_open_time(history.taken, on)


def stepped(history, step, number, scales, outcome, says_why):
    on = day(number)
    why = "来不及" if says_why else ""
    words = refusal(history, step, on, goals=len(scales), scales=scales, outcome=outcome, why_not_evaluated=why)
    if words:
        return history
    after = with_step(history, step, on)
    if step == Step.ASSESSMENT:
        return replace(after, before=scales)
    if step == Step.PLAN:
        return replace(after, goals=(GoalState.PENDING,) * len(scales))
    if step == Step.EVALUATION:
        return replace(after, after=scales & history.before)
    if step == Step.CLOSING:
        return replace(after, outcome=outcome, why_not_evaluated="" if history.state == State.EVALUATION else why)
    return after


def back(history):
    if take_back_refusal(history):
        return history
    last, taken = history.taken[-1], history.taken[:-1]
    after = replace(history, taken=taken)
    if last.step == Step.ASSESSMENT:
        after = replace(after, before=frozenset())
    if last.step == Step.PLAN:
        after = replace(after, goals=())
    return after


@settings(max_examples=400, deadline=None)
@given(st.lists(moves, max_size=40))
def test_no_reachable_history_has_a_hole(sequence):
    history = History()
    for move in sequence:
        history = moved(history, move)
        assert holes(history) == []
        if history.state == State.CLOSED:
            assert not any(goal in OPEN_GOALS for goal in history.goals)

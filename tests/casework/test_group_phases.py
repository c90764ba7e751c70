"""Whatever is tried in whatever order, what is accepted leaves no hole in a group."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import phases
from casework.phases import GroupFacts, GroupState, Phase

START = date(2026, 9, 1)
STEPS = ("join", "plan", "hold", "next", "evaluate", "end", "stop", "leave")


def day(number: int) -> date:
    return START + timedelta(days=number)


def attempted(group: GroupFacts, step: str, on: date) -> GroupFacts:
    """The group after the step, or as it was when the step is refused. One branch for each action of the room."""
    if step == "join" and not phases.refuses_planning(group):
        return replace(group, joined=(*group.joined, (on, None)))
    if step == "leave" and not phases.refuses_planning(group) and group.joined and group.joined[0][0] <= on:
        after = replace(group, joined=((group.joined[0][0], on), *group.joined[1:]))
        return group if phases.refuses_members(after) else after
    if step == "plan" and not phases.refuses_planning(group):
        return replace(group, unheld=(*group.unheld, len(group.held) + len(group.unheld) + 1))
    if step == "hold" and group.unheld and not phases.refuses_session(group, on):
        return replace(group, held=(*group.held, on), unheld=group.unheld[1:])
    if step == "next" and not phases.refuses_next(group, on):
        assert group.phase.next is not None
        return replace(group, phases=(*group.phases, (group.phase.next, on)))
    if step == "evaluate" and not phases.refuses_evaluation(group, on):
        return replace(group, evaluated_on=on)
    if step == "end" and not phases.refuses_end(group, on):
        return replace(group, state=GroupState.ENDED, closed_on=on)
    if step == "stop" and not phases.refuses_stop(group, on):
        return replace(group, state=GroupState.STOPPED, closed_on=on)
    return group


def check(group: GroupFacts) -> None:
    entered = [phase for phase, _ in group.phases]
    begun = [on for _, on in group.phases]
    assert entered == list(Phase)[: len(entered)]
    assert begun == sorted(begun)
    assert not list(phases.gaps(group))
    forming = group.begun(Phase.FORMING)
    assert forming or not group.held
    if forming:
        assert group.members(forming) >= phases.LEAST_MEMBERS
        assert all(held >= forming and group.members(held) for held in group.held)
    if group.state == GroupState.ENDED:
        assert group.phase == Phase.ENDING
        assert group.evaluated_on
        assert not group.unheld
    if group.closed_on:
        assert all(on <= group.closed_on for on in (*begun, *group.held))


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 12)), max_size=60))
def test_accepted_steps_leave_no_hole(steps):
    group = GroupFacts(phases=((Phase.PREPARATION, START),))
    for step, number in steps:
        group = attempted(group, step, day(number))
        check(group)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_every_group_can_reach_its_end(gaps):
    group = GroupFacts(phases=((Phase.PREPARATION, START),))
    number = 0
    for step in ("join", "join", "plan", "plan", "plan", "next"):
        group = attempted(group, step, day(number))
    for gap in gaps[:3]:
        number += gap
        group = attempted(attempted(group, "hold", day(number)), "next", day(number))
    number += gaps[3]
    group = attempted(attempted(group, "evaluate", day(number)), "end", day(number))
    assert group.state == GroupState.ENDED


def test_a_voided_record_opens_a_gap_that_is_told():
    group = GroupFacts(
        phases=((Phase.PREPARATION, START), (Phase.FORMING, day(1)), (Phase.TRANSITION, day(5))),
        joined=((START, None), (START, None)),
        unheld=(1,),
    )
    assert list(phases.gaps(group)) == ["形成期没有开展过活动，却已进入转折期"]


@pytest.mark.parametrize(("phase", "after"), [(Phase.PREPARATION, Phase.FORMING), (Phase.ENDING, None)])
def test_phases_follow_each_other(phase, after):
    assert phase.next == after

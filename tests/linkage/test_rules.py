"""The way of a referral leaves no hole; the parts of a donation add up to it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.rules import FROM, Step, open_steps, refusal, standing, value_of_part
from linkage.vocabulary import OUTCOMES, RUNNING, ReferralState

S = ReferralState
BEGIN = date(2026, 1, 1)


@given(st.lists(st.tuples(st.sampled_from(list(S)), st.integers(0, 5)), max_size=30))
def test_whatever_is_tried_no_step_is_skipped(tries):
    steps, day = [Step(S.TO_VERIFY, BEGIN)], BEGIN
    for to, wait in tries:
        come = standing(steps)
        if refusal(come.state, come.outcome, to):
            assert to not in open_steps(come.state, come.outcome)
            continue
        day += timedelta(days=wait)
        steps.append(Step(to, day))
    come = standing(steps)
    states = [step.state for step in steps]
    rounds = "".join(f"{state} " for state in states).split("TO_VERIFY ")[1:]
    assert come.attempt == len(rounds)
    for one in rounds:
        way = one.split()
        if "SUCCEEDED" in way:
            assert way[:3] == ["CONTACTED", "REFERRED", "SUCCEEDED"]
        if "REFERRED" in way:
            assert way[0] == "CONTACTED"
        if "FOLLOWED_UP" in way:
            assert way[-1] == "FOLLOWED_UP"
            assert way[-2] in OUTCOMES
    assert all("FAILED" in one for one in rounds[:-1])  # only what failed is begun anew
    assert (come.outcome is None) == (come.state in RUNNING)
    assert (come.ended_on is None) == (come.outcome is None)
    assert (come.followed_up_on is None) == (come.state != S.FOLLOWED_UP)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("to", list(S))
def test_every_refusal_says_why(state, to):
    for outcome in (None, S.SUCCEEDED, S.FAILED):
        why = refusal(state, outcome, to)
        assert why == "" if to != S.TO_VERIFY and state in FROM[to] else isinstance(why, str)
        if state not in FROM[to]:
            assert why


def test_words_name_what_is_missing():
    assert refusal(S.TO_VERIFY, None, S.SUCCEEDED) == "还没有登记“已转介”，不能直接登记“成功”"
    assert "不能退回" in refusal(S.REFERRED, None, S.CONTACTED)
    assert "已经是" in refusal(S.REFERRED, None, S.REFERRED)
    assert "已经成功" in refusal(S.FOLLOWED_UP, S.SUCCEEDED, S.TO_VERIFY)


def test_steps_that_go_back_in_time_are_no_way():
    with pytest.raises(ValueError, match="forward"):
        standing([Step(S.TO_VERIFY, BEGIN), Step(S.CONTACTED, BEGIN - timedelta(days=1))])


cents = st.integers(1, 10**7).map(lambda n: Decimal(n).scaleb(-2))


@given(cents, cents, st.lists(st.integers(1, 100), min_size=1, max_size=12))
def test_the_parts_of_a_donation_add_up_to_its_value(quantity, value, shares):
    left, left_value, given_value = quantity, value, Decimal(0)
    for number, share in enumerate(shares):
        last = number == len(shares) - 1
        part = left if last else min(max((left * share / 100).quantize(Decimal("0.01")), Decimal("0.01")), left)
        worth = value_of_part(part, left, left_value)
        assert 0 <= worth <= left_value
        left, left_value, given_value = left - part, left_value - worth, given_value + worth
        if not left:
            break
    assert (left, left_value, given_value) == (0, 0, value)


def test_more_than_is_left_has_no_value():
    with pytest.raises(ValueError, match="more than"):
        value_of_part(Decimal(2), Decimal(1), Decimal(1))

"""Pure sums: what may be spent on a day, and how old the money is that lies there."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from funds.sums import Layer, layers, spendable


def day(number: int) -> date:
    return date(2026, 3, number)


def test_what_came_later_cannot_be_spent_before():
    assert spendable([(day(1), 100), (day(10), 50)], day(5)) == 100
    assert spendable([(day(1), 100), (day(10), 50)], day(10)) == 150


def test_what_was_spent_since_cannot_be_spent_again_by_dating_back():
    assert spendable([(day(1), 100), (day(10), -80)], day(5)) == 20


def test_the_order_within_a_day_does_not_matter():
    assert spendable([(day(1), -100), (day(1), 100)], day(1)) == 0


def test_nothing_is_there_before_the_first_arrival():
    assert spendable([(day(10), 100)], day(9)) == 0


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.tuples(st.integers(1, 28).map(day), st.integers(-50, 100)), max_size=20), st.integers(1, 28).map(day)
)
def test_spending_all_that_is_spendable_never_leaves_less_than_nothing(changes, on):
    free = spendable(changes, on)
    after = [*changes, (on, -free)]
    for number in range(on.day, 29):
        assert sum(fen for when, fen in after if when <= day(number)) >= 0


def test_money_goes_out_in_the_order_in_which_it_came():
    arrivals = [(1, day(1), 100), (2, day(10), 50)]
    assert layers(arrivals, 150) == [Layer(1, day(1), 100), Layer(2, day(10), 50)]
    assert layers(arrivals, 60) == [Layer(1, day(1), 10), Layer(2, day(10), 50)]
    assert layers(arrivals, 50) == [Layer(2, day(10), 50)]
    assert layers(arrivals, 20) == [Layer(2, day(10), 20)]
    assert layers(arrivals, 0) == []


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 100)), max_size=10), st.data())
def test_layers_agree_with_paying_from_the_oldest(arrived, data):
    arrivals = [(number, day(when), fen) for number, (when, fen) in enumerate(arrived)]
    total = sum(fen for _, _, fen in arrivals)
    out = data.draw(st.integers(0, total))
    left, gone = [], out
    for key, when, fen in sorted(arrivals, key=lambda row: (row[1], row[0])):
        taken = min(fen, gone)
        gone -= taken
        if fen > taken:
            left.append(Layer(key, when, fen - taken))
    assert layers(arrivals, total - out) == left

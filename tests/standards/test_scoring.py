"""Judging answers by items: pure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.models import Dimension
from standards.effective import Demand, Item, ItemKind
from standards.scoring import Answer, Outcome, by_dimension, judge, judge_item, missing_next, points
from tests.standards.test_effective import CITY, COUNTY, choice, number, only, origin


def yes_no(code: str, dimension: Dimension = Dimension.SIGNAGE, **changed) -> Item:
    return only(Demand(CITY, origin(CITY), code, dimension, code, ItemKind.YES_NO, **changed))


PHOTO = only(Demand(CITY, origin(CITY), "P", Dimension.SIGNAGE, "照片", ItemKind.PHOTO, photo_required=True))


@pytest.mark.parametrize(
    ("item", "answer", "outcome", "reason"),
    [
        (only(number(CITY, 60)), Answer(number=Decimal(60)), Outcome.MET, ""),
        (only(number(CITY, 60)), Answer(number=Decimal("59.99")), Outcome.FAILED, "59.99 平方米，少于 60 平方米"),
        (only(number(CITY, 60)), Answer(number=Decimal(0)), Outcome.FAILED, "0 平方米，少于 60 平方米"),
        (only(number(CITY, 60)), Answer(), Outcome.PENDING, ""),
        (only(number(CITY, 60)), None, Outcome.PENDING, ""),
        (only(number(CITY, 60)), Answer(yes=True), Outcome.PENDING, ""),
        (only(choice(CITY, 1)), Answer(choice="合用"), Outcome.MET, ""),
        (only(choice(CITY, 1)), Answer(choice="没有"), Outcome.FAILED, "“没有”，未达到“合用”"),
        (only(choice(CITY, 1)), Answer(choice="从前的选项"), Outcome.PENDING, ""),
        (yes_no("Y"), Answer(yes=True), Outcome.MET, ""),
        (yes_no("Y"), Answer(yes=False), Outcome.FAILED, "不具备"),
        (PHOTO, Answer(photos=1), Outcome.MET, ""),
        (PHOTO, Answer(), Outcome.FAILED, "没有照片"),
        (yes_no("Y", photo_required=True), Answer(yes=True), Outcome.FAILED, "是，没有照片"),
        (yes_no("Y", photo_required=True), Answer(yes=True, photos=2), Outcome.MET, ""),
    ],
)
def test_an_item_judged(item, answer, outcome, reason):
    result = judge_item(item, answer)
    assert (result.outcome, result.reason) == (outcome, reason)


def test_a_failure_names_whose_minimum_it_misses():
    item = only(number(CITY, 40), number(COUNTY, 60))
    assert judge_item(item, Answer(number=Decimal(50))).by.issuer == "榆次区"


def test_points_are_weights_of_what_is_met_and_pending_items_count_for_nothing():
    items = [yes_no("A", weight=Decimal(3)), yes_no("B", weight=Decimal(1)), yes_no("C", weight=Decimal(6))]
    total = points(judge(items, {"A": Answer(yes=True), "B": Answer(yes=False)}))
    assert (total.earned, total.possible, total.pending) == (3, 4, 1)
    assert total.ratio == Decimal("0.75")


def test_a_dimension_is_met_when_no_necessary_item_fails_whatever_its_score():
    items = [yes_no("A", necessary=True), yes_no("B", weight=Decimal(99))]
    found = judge(items, {"A": Answer(yes=True), "B": Answer(yes=False)})
    assert by_dimension(found)[Dimension.SIGNAGE].met is True
    failed = judge(items, {"A": Answer(yes=False), "B": Answer(yes=True)})
    assert by_dimension(failed)[Dimension.SIGNAGE].met is False


def test_a_dimension_without_any_judged_item_is_neither_met_nor_zero():
    nothing = by_dimension([])[Dimension.STAFFING]
    assert (nothing.met, nothing.ratio) == (None, None)


def test_next_come_failing_necessary_items_then_the_heaviest_then_what_waits_for_a_check():
    items = [
        yes_no("LIGHT"),
        yes_no("HEAVY", weight=Decimal(5)),
        yes_no("MUST", necessary=True),
        yes_no("NEW"),
        yes_no("OK"),
    ]
    answers = {code: Answer(yes=False) for code in ("LIGHT", "HEAVY", "MUST")} | {"OK": Answer(yes=True)}
    assert [result.item.code for result in missing_next(judge(items, answers))] == ["MUST", "HEAVY", "LIGHT", "NEW"]


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from([True, False, None]), st.booleans()), max_size=12))
def test_points_stay_within_what_is_possible_and_dimensions_add_up(rows):
    items, answers = [], {}
    for index, (weight, yes, necessary) in enumerate(rows):
        dimension = list(Dimension)[index % 4]
        items.append(yes_no(f"I{index}", dimension, weight=Decimal(weight), necessary=necessary))
        answers[f"I{index}"] = Answer(yes=yes)
    results = judge(items, answers)
    parts = by_dimension(results)
    whole = points(results)
    assert 0 <= whole.earned <= whole.possible
    assert whole.earned == sum(part.earned for part in parts.values())
    assert whole.possible == sum(weight for weight, yes, _ in rows if yes is not None)
    assert all(part.met is None or part.met == (part.failing == 0) for part in parts.values())

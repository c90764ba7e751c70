from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from agencies import scoring
from agencies.actions import (
    Item,
    Line,
    Marker,
    ToCorrect,
    add_correction,
    complete_correction,
    create_frame,
    end_frame,
    finalise,
    open_evaluation,
    record_scores,
    withdraw_evaluation,
)
from agencies.models import Advice, Conclusion, Correction, Evaluation, EvaluationFrame, Step
from agencies.paying import Judged, advise
from tests.agencies.conftest import finalised, opened, score_all

marks = st.decimals(Decimal("0.1"), Decimal(100), places=1)


@st.composite
def evaluations(draw):
    """Items, and complete sheets of one to five scorers."""
    items = {key: scoring.Weighted(draw(marks), draw(marks)) for key in range(draw(st.integers(1, 8)))}
    sheet = st.fixed_dictionaries(
        {key: st.decimals(Decimal(0), item.max_score, places=1) for key, item in items.items()}
    )
    return items, draw(st.lists(sheet, min_size=1, max_size=5))


@given(evaluations())
def test_a_total_lies_between_the_worst_and_the_best_sheet(made):
    items, sheets = made
    alone = [scoring.total(items, [sheet]) for sheet in sheets]
    assert min(alone) - Decimal("0.01") <= scoring.total(items, sheets) <= max(alone) + Decimal("0.01")


@given(evaluations())
def test_full_marks_are_100_and_no_marks_are_0(made):
    items, sheets = made
    full = [{key: item.max_score for key, item in items.items()} for _ in sheets]
    assert scoring.total(items, full) == 100
    assert scoring.total(items, [dict.fromkeys(items, Decimal(0))]) == 0


@given(evaluations(), st.randoms())
def test_the_order_of_scorers_and_the_scale_of_weights_change_nothing(made, rng):
    items, sheets = made
    shuffled = sheets.copy()
    rng.shuffle(shuffled)
    doubled = {key: scoring.Weighted(item.max_score, item.weight * 2) for key, item in items.items()}
    assert scoring.total(items, shuffled) == scoring.total(items, sheets)
    assert abs(scoring.total(doubled, sheets) - scoring.total(items, sheets)) <= Decimal("0.01")


def test_a_total_by_hand():
    items = {1: scoring.Weighted(Decimal(20), Decimal(3)), 2: scoring.Weighted(Decimal(10), Decimal(1))}
    sheets = [{1: Decimal(15), 2: Decimal(10)}, {1: Decimal(17), 2: Decimal(5)}]
    # (16/20 × 3 + 7.5/10 × 1) / 4 = 0.7875
    assert scoring.total(items, sheets) == Decimal("78.75")


@pytest.mark.parametrize(
    ("total", "conclusion"), [("90", "优"), ("89.99", "合"), ("60", "合"), ("59.99", "差"), ("0", "差")]
)
def test_a_line_is_reached_at_its_points(total, conclusion):
    lines = [(Decimal(0), "差"), (Decimal(90), "优"), (Decimal(60), "合")]
    assert scoring.concluded(Decimal(total), lines) == conclusion


def test_an_evaluation_is_settled_by_scores_and_the_frames_lines(contract, frame):
    done = finalised(contract, frame, share="0.8")
    assert (done.total, done.conclusion, done.step) == (Decimal("80.00"), Conclusion.PASSED, Step.FINALISED)
    assert Evaluation.objects.finalised(date(2026, 7, 9)).count() == 0
    assert Evaluation.objects.finalised(date(2026, 7, 10)).count() == 1


def test_it_is_not_settled_while_a_sheet_has_gaps(contract, frame):
    evaluation = opened(contract, frame)
    score_all(evaluation)
    evaluation.scorers.first().scores.first().delete()
    with pytest.raises(ValidationError, match="甲还有 1 项没有打分"):
        finalise(by=None, evaluation=evaluation, summary="良好")
    assert Evaluation.objects.get().step == Step.SCORING


@pytest.mark.parametrize("score", ["-1", "20.5", "9.55", "NaN", "很好"])
def test_a_score_beyond_its_item_is_refused_at_its_field(contract, frame, score):
    evaluation = opened(contract, frame)
    item = frame.items.get(number=1)  # 20 points
    with pytest.raises(ValidationError) as caught:
        record_scores(by=None, scorer=evaluation.scorers.first(), scores={item.pk: score})
    assert caught.value.message_dict.keys() == {f"score_{item.pk}"}


def test_who_scores_with_an_account_scores_in_person(world, contract, frame):
    evaluation = open_evaluation(
        by=None, term=contract.terms.get(), kind="MID", frame=frame, markers=[Marker("王", world.county)],
        on=date(2026, 7, 1),
    )  # fmt: skip
    item = frame.items.first()
    with pytest.raises(ValidationError, match="他人不能代填"):
        record_scores(by=world.city, scorer=evaluation.scorers.get(), scores={item.pk: Decimal(1)})
    assert record_scores(by=world.county, scorer=evaluation.scorers.get(), scores={item.pk: Decimal(1)}) == 1


def test_nothing_is_scored_or_settled_after_it_was_settled(contract, frame):
    done = finalised(contract, frame)
    with pytest.raises(ValidationError, match="请刷新后核对"):
        score_all(done)
    with pytest.raises(ValidationError, match="请刷新后核对"):
        finalise(by=None, evaluation=done, summary="再来")


def test_one_evaluation_of_a_kind_in_a_year_of_service_until_taken_back(contract, frame):
    done = finalised(contract, frame)
    with pytest.raises(ValidationError, match="已有中期评估"):
        opened(contract, frame)
    withdraw_evaluation(by=None, evaluation=done, reason="评分人回避")
    assert opened(contract, frame).pk
    assert not Evaluation.objects.finalised().exists()


def test_corrections_have_a_day_and_are_done_once(contract, frame):
    done = finalised(contract, frame, corrections=[ToCorrect("补齐档案", date(2026, 9, 1))])
    (correction,) = done.corrections.all()
    assert correction.overdue()
    complete_correction(by=None, correction=correction, on=date(2026, 10, 1), note="已补齐")
    correction.refresh_from_db()
    assert not correction.overdue()
    with pytest.raises(ValidationError, match="已于 2026-10-01 完成"):
        complete_correction(by=None, correction=correction, on=date(2026, 10, 2), note="再次")


@pytest.mark.parametrize(("on", "late"), [(date(2026, 9, 1), False), (date(2026, 9, 2), True)])
def test_a_correction_is_overdue_the_day_after_its_day_for_row_list_and_payment(contract, frame, on, late):
    (row,) = finalised(contract, frame, corrections=[ToCorrect("补齐档案", date(2026, 9, 1))]).corrections.all()
    judged = Judged("合格", Decimal(80), Advice.PAY, Decimal(0), "办法", [(row.text, row.due_on)])
    advice = advise(Decimal(100), planned_on=on, waits_for="年度评估", judged=judged, ended_on=None, on=on)
    assert row.overdue(on) is late
    assert Correction.objects.filter(Correction.overdue_rows(on)).exists() is late
    assert (advice.advice == Advice.HOLD) is late


def test_a_correction_is_due_after_the_evaluation(contract, frame):
    done = finalised(contract, frame)
    with pytest.raises(ValidationError, match="不能早于定稿日期"):
        add_correction(by=None, evaluation=done, text="补齐档案", due_on=date(2026, 7, 1))


ITEMS = [Item("执行", "完成指标", Decimal(100), Decimal(1))]
LINES = [Line("PASSED", Decimal(60), "PAY"), Line("FAILED", Decimal(0), "HOLD")]


def made_frame(world, **given) -> EvaluationFrame:
    fields = {"issuer": world.units["晋中市"], "title": "晋中市评估办法", "items": ITEMS, "lines": LINES, **given}
    return create_frame(by=None, **fields)


def test_the_nearest_issuers_frame_is_offered_first_and_elsewhere_not_at_all(world, frame):
    city = made_frame(world)
    county = made_frame(world, issuer=world.units["榆次区"])
    on = date(2026, 10, 20)
    assert list(EvaluationFrame.objects.in_force(world.units["榆次区"].path, on)) == [county, city, frame]
    assert list(EvaluationFrame.objects.in_force(world.units["城关区"].path, on)) == [frame]


def test_an_ended_frame_is_offered_no_more(world, contract):
    city = made_frame(world)
    end_frame(by=None, frame=city, on=date(2026, 6, 30))
    with pytest.raises(ValidationError, match="不适用于榆次区"):
        opened(contract, city)


def test_the_shipped_frame_is_never_ended(frame):
    with pytest.raises(ValidationError, match="缺省办法不能停用"):
        end_frame(by=None, frame=frame, on=date(2026, 10, 20))


@pytest.mark.parametrize(
    "lines",
    [LINES[:1], [*LINES, Line("GOOD", Decimal(60), "PAY")],
     [Line("FAILED", Decimal(60), "PAY"), Line("PASSED", Decimal(0), "PAY")],
     [Line("PASSED", Decimal(0), "REDUCE")], [Line("PASSED", Decimal(0), "PAY", Decimal(5))]],
)  # fmt: skip
def test_lines_that_contradict_themselves_make_no_frame(world, lines):
    with pytest.raises(ValidationError):
        made_frame(world, lines=lines)
    assert not EvaluationFrame.objects.filter(is_default=False).exists()

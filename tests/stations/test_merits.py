"""Yearly evaluations and rewards (R17)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import AuditEvent
from stations.actions import evaluate_worker, grant_reward, post_worker, withdraw_evaluation, withdraw_reward
from stations.models import Grade, Reward, RewardLevel, WorkerEvaluation
from tests.stations.conftest import errors_of


@pytest.fixture
def posted(world, worker):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    return worker


def evaluate(worker, **fields):
    values = {"year": 2023, "grade": Grade.GOOD, "evaluator": "榆次区民政局", "on": date(2023, 12, 1), **fields}
    return evaluate_worker(by=None, worker=worker, **values)


def reward(worker, **fields):
    values = {
        "title": "优秀社工", "level": RewardLevel.CITY, "granted_by": "晋中市民政局", "on": date(2023, 11, 1), **fields,
    }  # fmt: skip
    return grant_reward(by=None, worker=worker, **values)


def test_a_year_is_evaluated_once(posted):
    evaluate(posted, score="92.5")
    with pytest.raises(ValidationError) as caught:
        evaluate(posted, grade=Grade.EXCELLENT)
    assert "已有 2023 年度考核" in errors_of(caught)["year"][0]
    assert WorkerEvaluation.objects.get().score == Decimal("92.5")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"year": 2022}, "year"),  # neither employed nor posted
        ({"year": 2024}, "year"),
        ({"grade": "A"}, "grade"),
        ({"score": "100.01"}, "score"),
        ({"score": "-1"}, "score"),
        ({"score": "NaN"}, "score"),
        ({"score": "9" * 10_000}, "score"),
        ({"evaluator": ""}, "evaluator"),
        ({"comment": "评" * 501}, "comment"),
        ({"comment": "身份证号140702199003070016"}, "comment"),
        ({"on": date(2023, 12, 6)}, "on"),
        ({"on": date(2022, 12, 6)}, "on"),
    ],
)
def test_a_wrong_evaluation_is_refused(posted, fields, field):
    with pytest.raises(ValidationError) as caught:
        evaluate(posted, **fields)
    assert field in errors_of(caught)
    assert not WorkerEvaluation.objects.exists()


def test_an_evaluation_is_taken_back_and_entered_again(world, posted):
    evaluate(posted)
    withdraw_evaluation(by=world.county, worker=posted, reason="等次填错")
    assert AuditEvent.objects.first().reason == "等次填错"
    evaluate(posted, grade=Grade.EXCELLENT)
    assert WorkerEvaluation.objects.get().grade == Grade.EXCELLENT


def test_the_database_keeps_one_evaluation_a_year(posted):
    evaluate(posted)
    with pytest.raises(IntegrityError):
        posted.evaluations.create(year=2023, grade=Grade.GOOD, evaluator="某局", evaluated_on=date(2023, 12, 1))


def test_a_reward_is_entered_once(posted):
    reward(posted)
    with pytest.raises(ValidationError) as caught:
        reward(posted)
    assert "已登记" in errors_of(caught)["title"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "<b>优秀</b>"), ("level", "WORLD"), ("granted_by", ""), ("on", date(2023, 12, 6))],
)
def test_a_wrong_reward_is_refused(posted, field, value):
    with pytest.raises(ValidationError) as caught:
        reward(posted, **{field: value})
    assert field in errors_of(caught)
    assert not Reward.objects.exists()


def test_a_reward_is_taken_back(world, posted):
    reward(posted)
    withdraw_reward(by=world.county, worker=posted, reason="登记给了别人")
    assert not Reward.objects.exists()

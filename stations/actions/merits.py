"""How a worker is valued: the evaluation of a year, rewards (R17)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from common import checks
from common.text import long_text, plain_name
from stations.actions.careers import mark_where_posted
from stations.actions.locks import locked_worker
from stations.models import Grade, Reward, RewardLevel, Worker, WorkerEvaluation

FIRST_YEAR = 2000


def _score(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value).strip()[:20])
    except InvalidOperation:
        raise ValidationError({"score": "得分应为数字"}) from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise ValidationError({"score": "得分应在 0 至 100 之间"})
    if number != number.quantize(Decimal("0.01")):
        raise ValidationError({"score": "得分最多两位小数"})
    return number


def _year(worker: Worker, year: int) -> int:
    """A year in which the worker was employed or posted, not later than this one."""
    now = timezone.localdate().year
    if not FIRST_YEAR <= year <= now:
        raise ValidationError({"year": f"年度应在 {FIRST_YEAR} 至 {now} 之间"})
    first, last = date(year, 1, 1), date(year, 12, 31)
    if not (worker.employments.during(first, last).exists() or worker.postings.during(first, last).exists()):
        raise ValidationError({"year": f"{worker}在 {year} 年没有聘用和驻站记录，不能登记该年度考核"})
    if worker.evaluations.filter(year=year).exists():
        raise ValidationError({"year": f"{worker}已有 {year} 年度考核；登记有误的请先撤回"})
    return year


@transaction.atomic
def evaluate_worker(
    *,
    by: User | None,
    worker: Worker,
    year: int,
    grade: str,
    evaluator: str,
    on: date,
    score: Any = None,
    comment: str = "",
) -> WorkerEvaluation:
    """The evaluation of one year. Raises ValidationError: evaluated already, not employed that year, a wrong score."""
    worker = locked_worker(worker)
    clean = checks.all_of(
        year=lambda: _year(worker, year),
        grade=lambda: checks.member(grade, Grade, field="grade", label="等次"),
        score=lambda: _score(score),
        evaluator=lambda: plain_name(evaluator, field="evaluator", label="考核单位", max_length=80),
        comment=lambda: long_text(comment, field="comment", label="评语", max_length=500),
        evaluated_on=lambda: checks.past_day(on, field="on", label="考核日期"),
    )
    if clean["evaluated_on"].year < clean["year"]:
        raise ValidationError({"on": f"考核日期不能早于 {year} 年"})
    evaluation = WorkerEvaluation.objects.create(worker=worker, **clean)
    mark_where_posted(worker, evaluation.evaluated_on)
    audit.record(
        by=by,
        verb="登记年度考核",
        target=worker,
        unit=worker.unit,
        changes={
            "年度": [None, year],
            "等次": [None, evaluation.get_grade_display()],
            "得分": [None, str(evaluation.score) if evaluation.score is not None else None],
            "考核单位": [None, evaluation.evaluator],
        },
    )
    return evaluation


@transaction.atomic
def grant_reward(*, by: User | None, worker: Worker, title: str, level: str, granted_by: str, on: date) -> Reward:
    """A reward or honour. Raises ValidationError: a future day, the same one entered before."""
    worker = locked_worker(worker)
    clean = checks.all_of(
        title=lambda: plain_name(title, field="title", label="名称", max_length=80),
        level=lambda: checks.member(level, RewardLevel, field="level", label="级别"),
        granted_by=lambda: plain_name(granted_by, field="granted_by", label="授予单位", max_length=80),
        granted_on=lambda: checks.past_day(on, field="on", label="授予日期"),
    )
    if worker.rewards.filter(title=clean["title"], granted_on=clean["granted_on"]).exists():
        raise ValidationError({"title": "同名、同日的奖励已登记"})
    reward = Reward.objects.create(worker=worker, **clean)
    audit.record(
        by=by,
        verb="登记奖励",
        target=worker,
        unit=worker.unit,
        changes={
            "名称": [None, reward.title],
            "级别": [None, reward.get_level_display()],
            "授予单位": [None, reward.granted_by],
            "授予日期": [None, str(reward.granted_on)],
        },
    )
    return reward

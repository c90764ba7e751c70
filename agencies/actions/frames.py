"""Writes on evaluation frames: made whole, ended, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Level, OrgUnit, User
from agencies.actions.locks import locked
from agencies.models import Advice, Conclusion, EvaluationFrame, FrameItem, FrameThreshold
from common import checks
from common.text import plain_name
from policies.models import PolicyDocument

MOST_ITEMS = 60


@dataclass(frozen=True)
class Item:
    dimension: str
    text: str
    max_score: Decimal
    weight: Decimal


@dataclass(frozen=True)
class Line:
    """From `at_least` points (of 100) on: the conclusion, and what it means for payment."""

    conclusion: str
    at_least: Decimal
    advice: str
    reduce_percent: Decimal = Decimal(0)


@transaction.atomic
def create_frame(
    *,
    by: User | None,
    issuer: OrgUnit,
    title: str,
    items: Sequence[Item],
    lines: Sequence[Line],
    document: PolicyDocument | None = None,
    clause: str = "",
    in_force_from: date | None = None,
) -> EvaluationFrame:
    """A frame for the buyers at and below `issuer`. Raises ValidationError naming the item or line that is wrong."""
    if issuer.level > Level.COUNTY:
        raise ValidationError({"issuer": "评估办法由省、市或县制定"})
    if document is not None and document.issuer_id != issuer.pk:
        raise ValidationError({"document": f"{document}不是{issuer}的文件"})
    title = plain_name(title, field="title", label="名称", max_length=80)
    clause = checks.optional_name(clause, field="clause", label="条款", max_length=40)
    _refuse_items(items)
    _refuse_lines(lines)
    frame = EvaluationFrame.objects.create(
        issuer=issuer, document=document, clause=clause, title=title, in_force_from=in_force_from
    )
    FrameItem.objects.bulk_create(
        FrameItem(
            frame=frame, number=number, max_score=item.max_score, weight=item.weight,
            dimension=plain_name(item.dimension, field="items", label="维度", max_length=40),
            text=plain_name(item.text, field="items", label="指标", max_length=200),
        )
        for number, item in enumerate(items, 1)
    )  # fmt: skip
    FrameThreshold.objects.bulk_create(
        FrameThreshold(
            frame=frame, conclusion=line.conclusion, at_least=line.at_least, advice=line.advice,
            reduce_percent=line.reduce_percent,
        )
        for line in lines
    )  # fmt: skip
    audit.record(
        by=by, verb="制定评估办法", target=frame, unit=issuer,
        changes={**audit.first(frame), "指标": [None, len(items)], "结论": [None, [_told(line) for line in lines]]},
    )  # fmt: skip
    return frame


def _told(line: Line) -> str:
    return f"{Conclusion(line.conclusion).label} ≥ {line.at_least}，{Advice(line.advice).label}"


def _refuse_items(items: Sequence[Item]) -> None:
    if not 0 < len(items) <= MOST_ITEMS:
        raise ValidationError({"items": f"请填写 1 至 {MOST_ITEMS} 项指标"})
    for number, item in enumerate(items, 1):
        for value, label in ((item.max_score, "满分"), (item.weight, "权重")):
            if not 0 < value <= 1000 or value != value.quantize(Decimal("0.1")):
                raise ValidationError({"items": f"第 {number} 项的{label}应大于 0，不超过 1000，最多一位小数"})


def _refuse_lines(lines: Sequence[Line]) -> None:
    if not any(line.at_least == 0 for line in lines):
        raise ValidationError({"lines": "须有一个结论从 0 分起，否则低分没有结论"})
    for kind in (lambda line: line.conclusion, lambda line: line.at_least):
        if len({kind(line) for line in lines}) < len(lines):
            raise ValidationError({"lines": "结论和分数线不能重复"})
    for line in lines:
        if line.conclusion not in Conclusion.values or line.advice not in Advice.values:
            raise ValidationError({"lines": "请选择结论和付款建议"})
        if not 0 <= line.at_least <= 100:
            raise ValidationError({"lines": "分数线应在 0 至 100 之间"})
        if (line.advice == Advice.REDUCE) != (0 < line.reduce_percent <= 100):
            raise ValidationError({"lines": "付款建议为“扣减”的须填写扣减比例（0 至 100），其他的不填"})
    falling = sorted(lines, key=lambda line: -line.at_least)
    order = [Conclusion.values.index(line.conclusion) for line in falling]
    if order != sorted(order):
        raise ValidationError({"lines": "分数线应随结论由好到差依次降低"})


@transaction.atomic
def end_frame(*, by: User | None, frame: EvaluationFrame, on: date) -> EvaluationFrame:
    """`on` is its last day; evaluations that were opened by it go on. The shipped frame is never ended."""
    frame = locked(frame)
    if frame.issuer is None:
        raise ValidationError("缺省办法不能停用；制定自己的办法后会优先采用")
    if frame.in_force_to is not None:
        raise ValidationError(f"已于 {frame.in_force_to} 停用")
    today = timezone.localdate()
    since = frame.in_force_from or date(1990, 1, 1)
    if not since <= on <= today + timedelta(days=366):
        raise ValidationError({"on": f"停用日期应在 {since} 至一年以后之间"})
    frame.in_force_to = on
    frame.save(update_fields=["in_force_to"])
    audit.record(by=by, verb="停用评估办法", target=frame, unit=frame.issuer, changes={"适用止": [None, on]})
    return frame

"""Writes on evaluations: opened, scored, finalised, put right (R15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from agencies import checks as own_checks
from agencies import scoring
from agencies.actions.locks import locked, mark_stations
from agencies.actions.promises import refuse_void
from agencies.models import (
    Conclusion,
    ContractTerm,
    Correction,
    Evaluation,
    EvaluationFrame,
    EvaluationKind,
    FrameItem,
    Score,
    Scorer,
    Step,
)
from common import checks
from common.text import plain_name

MOST_SCORERS = 15
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Marker:
    """Who scores: a name, and the account that alone may then enter the scores."""

    name: str
    user: User | None = None


@dataclass(frozen=True)
class ToCorrect:
    """Something to put right, by a day."""

    text: str
    due_on: date


@transaction.atomic
def open_evaluation(
    *,
    by: User | None,
    term: ContractTerm,
    kind: str,
    frame: EvaluationFrame,
    markers: Sequence[Marker],
    on: date | None = None,
    is_demo: bool = False,
) -> Evaluation:
    """Begin an evaluation of a year of service by a frame in force for the buyer.

    Raises ValidationError: one of that kind is there already, a frame of another place, no scorers or one twice.
    """
    contract = locked(term.contract, "buyer")
    refuse_void(contract)
    chosen = EvaluationKind(checks.member(kind, EvaluationKind, field="kind", label="评估类型"))
    opened_on = checks.past_day(
        on or timezone.localdate(), field="on", label="开始日期", since=term.starts_on, since_label="服务年度起始日期"
    )
    if not EvaluationFrame.objects.in_force(contract.buyer.path, opened_on).filter(pk=frame.pk).exists():
        raise ValidationError({"frame": f"“{frame}”在 {opened_on} 不适用于{contract.buyer}"})
    names = [plain_name(marker.name, field="markers", label="评分人", max_length=40) for marker in markers]
    if not 0 < len(names) <= MOST_SCORERS or len(set(names)) < len(names):
        raise ValidationError({"markers": f"请填写 1 至 {MOST_SCORERS} 名评分人，姓名不能重复"})
    twice = ValidationError({"kind": f"第 {term.number} 年度已有{chosen.label}，不能重复"})
    if term.evaluations.filter(kind=chosen).exclude(step=Step.WITHDRAWN).exists():
        raise twice
    try:
        with transaction.atomic():
            made = Evaluation.objects.create(term=term, kind=chosen, frame=frame, opened_on=opened_on, is_demo=is_demo)
    except IntegrityError:  # opened by someone else since the look
        raise twice from None
    pairs = zip(names, markers, strict=True)
    Scorer.objects.bulk_create(Scorer(evaluation=made, name=name, user=marker.user) for name, marker in pairs)
    audit.record(
        by=by, verb="开始评估", target=made, unit=contract.buyer,
        changes={"类型": [None, chosen.label], "评估办法": [None, str(frame)], "评分人": [None, names]},
    )  # fmt: skip
    return made


@transaction.atomic
def record_scores(
    *, by: User | None, scorer: Scorer, scores: Mapping[int, Decimal], comments: Mapping[int, str] | None = None
) -> int:
    """What one scorer gave: item id → score; items left out keep what they had. How many scores the sheet holds now.

    Raises ValidationError: finalised meanwhile, a score above the item's full mark (`score_<id>`), another's sheet.
    """
    evaluation = locked(scorer.evaluation, "term__contract__buyer", "frame")
    _refuse_unless_scoring(evaluation)
    if scorer.user_id and by is not None and by.pk != scorer.user_id:
        raise ValidationError(f"{scorer.name}用自己的账号打分，他人不能代填")
    items = {item.pk: item for item in evaluation.frame.items.all()}
    clean, errors = {}, {}
    for key, value in scores.items():
        try:
            clean[key] = _score(items, key, value)
        except ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)
    said = {
        key: checks.optional_name(text, field=f"comment_{key}", label="说明", max_length=200)
        for key, text in (comments or {}).items()
    }
    for key, score in clean.items():
        Score.objects.update_or_create(
            scorer=scorer, item_id=key, defaults={"score": score, "comment": said.get(key, "")}
        )
    changes = {f"{items[key].number}. {items[key].text}"[:60]: [None, score] for key, score in clean.items()}
    audit.record(
        by=by, verb="评估打分", target=evaluation, unit=evaluation.term.contract.buyer,
        changes={"评分人": [None, scorer.name], **changes},
    )  # fmt: skip
    return scorer.scores.count()


def _score(items: Mapping[int, FrameItem], key: int, value: Decimal) -> Decimal:
    item, field = items.get(key), f"score_{key}"
    if item is None:
        raise ValidationError({field: "这项指标不属于本次评估"})
    try:
        score = Decimal(str(value)[:20])
    except InvalidOperation:
        raise ValidationError({field: "得分应为数字"}) from None
    if not score.is_finite() or not 0 <= score <= item.max_score:
        raise ValidationError({field: f"得分应在 0 至 {item.max_score.normalize():f} 之间"})
    if score != score.quantize(TENTH):
        raise ValidationError({field: "得分最多一位小数"})
    return score.quantize(TENTH)


def _refuse_unless_scoring(evaluation: Evaluation) -> None:
    if evaluation.step == Step.FINALISED:
        who = evaluation.finalised_by or "他人"
        raise ValidationError(f"{who}已于 {evaluation.finalised_on} 定稿（{evaluation.total} 分），请刷新后核对")
    if evaluation.step == Step.WITHDRAWN:
        raise ValidationError(f"这次评估已撤回（{evaluation.withdrawn_reason}）")


def sheets_of(evaluation: Evaluation) -> dict[str, dict[int, Decimal]]:
    """Scorer's name → item id → score."""
    sheets: dict[str, dict[int, Decimal]] = {name: {} for name in evaluation.scorers.values_list("name", flat=True)}
    scores = Score.objects.filter(scorer__evaluation=evaluation).values_list("scorer__name", "item_id", "score")
    for name, item, score in scores:
        sheets[name][item] = score
    return sheets


@transaction.atomic
def finalise(
    *,
    by: User | None,
    evaluation: Evaluation,
    summary: str,
    on: date | None = None,
    corrections: Sequence[ToCorrect] = (),
) -> Evaluation:
    """Settle total and conclusion by the scores and the frame's thresholds; from now on payments follow it.

    Raises ValidationError: finalised by someone meanwhile, a sheet that is not complete, no summary.
    """
    row = locked(evaluation, "term__contract__buyer", "frame")
    if row.finalised_by_id:
        row.finalised_by = User.objects.get(pk=row.finalised_by_id)
    _refuse_unless_scoring(row)
    items = {item.pk: scoring.Weighted(item.max_score, item.weight) for item in row.frame.items.all()}
    sheets = sheets_of(row)
    for name, sheet in sheets.items():
        if missing := len(items.keys() - sheet.keys()):
            raise ValidationError(f"{name}还有 {missing} 项没有打分，全部打完后才能定稿")
    clean = checks.all_of(
        summary=lambda: checks.required_text(summary, field="summary", label="评估意见", max_length=1000),
        finalised_on=lambda: checks.past_day(
            on or timezone.localdate(), field="on", label="定稿日期", since=row.opened_on, since_label="开始日期"
        ),
    )
    row.summary, row.finalised_on = clean["summary"], clean["finalised_on"]
    row.total = scoring.total(items, list(sheets.values()))
    lines = [(line.at_least, line.conclusion) for line in row.frame.thresholds.all()]
    row.conclusion = scoring.concluded(row.total, lines)
    row.step, row.finalised_by = Step.FINALISED, by
    row.save()
    audit.record(
        by=by, verb="评估定稿", target=row, unit=row.term.contract.buyer,
        changes={
            "总分": [None, row.total], "结论": [None, Conclusion(row.conclusion).label],
            "定稿日期": [None, row.finalised_on], "依据": [None, row.frame.citation],
        },
    )  # fmt: skip
    for each in corrections:
        add_correction(by=by, evaluation=row, text=each.text, due_on=each.due_on)
    mark_stations(row.term.contract, row.finalised_on)
    return row


@transaction.atomic
def withdraw_evaluation(*, by: User | None, evaluation: Evaluation, reason: str) -> Evaluation:
    """Take back an evaluation, finalised or not; another of its kind may then be opened.

    Refused when an instalment that waited for it was paid.
    """
    locked(evaluation.term.contract)  # nobody pays by it at this moment
    row = locked(evaluation, "term__contract__buyer")
    if row.step == Step.WITHDRAWN:
        raise ValidationError(f"这次评估已撤回（{row.withdrawn_reason}）")
    paid = row.term.payments.filter(condition=row.kind, paid_on__isnull=False).first()
    if row.step == Step.FINALISED and paid is not None:
        raise ValidationError(f"第 {paid.number} 期已按这次评估付款，不能撤回；请先撤回付款登记")
    row.withdrawn_reason = checks.withdrawal_reason(reason)
    before, row.step = row.get_step_display(), Step.WITHDRAWN
    row.save(update_fields=["step", "withdrawn_reason"])
    audit.record(
        by=by, verb="撤回评估", target=row, unit=row.term.contract.buyer, reason=row.withdrawn_reason,
        changes={"进度": [before, row.get_step_display()]},
    )  # fmt: skip
    if row.finalised_on:
        mark_stations(row.term.contract, row.finalised_on)
    return row


@transaction.atomic
def add_correction(*, by: User | None, evaluation: Evaluation, text: str, due_on: date) -> Correction:
    """Something that the agency has to put right by that day. Only on a finalised evaluation."""
    row = locked(evaluation, "term__contract__buyer")
    if row.step != Step.FINALISED:
        raise ValidationError("评估定稿后才能提出整改事项")
    clean = checks.all_of(
        text=lambda: checks.required_text(text, field="text", label="整改事项"),
        due_on=lambda: own_checks.day(
            due_on, field="due_on", label="整改期限", since=row.finalised_on, since_label="定稿日期"
        ),
    )
    made = Correction.objects.create(evaluation=row, **clean)
    audit.record(
        by=by, verb="提出整改", target=row, unit=row.term.contract.buyer,
        changes={"整改事项": [None, made.text], "整改期限": [None, made.due_on]},
    )  # fmt: skip
    return made


@transaction.atomic
def complete_correction(*, by: User | None, correction: Correction, on: date, note: str) -> Correction:
    """It was put right on that day. Raises ValidationError: done already, a future day, no note."""
    row = locked(correction.evaluation, "term__contract__buyer")
    fresh = Correction.objects.select_for_update().get(pk=correction.pk)
    if fresh.done_on:
        raise ValidationError(f"该整改事项已于 {fresh.done_on} 完成")
    clean = checks.all_of(
        done_on=lambda: checks.past_day(
            on, field="on", label="完成日期", since=row.finalised_on, since_label="定稿日期"
        ),
        done_note=lambda: checks.required_text(note, field="note", label="完成情况"),
    )
    fresh.done_on, fresh.done_note = clean["done_on"], clean["done_note"]
    fresh.save(update_fields=["done_on", "done_note"])
    audit.record(
        by=by, verb="整改完成", target=row, unit=row.term.contract.buyer, reason=fresh.done_note,
        changes={"整改事项": [fresh.text, None], "完成日期": [None, fresh.done_on]},
    )  # fmt: skip
    return fresh

"""Mid-term and final evaluations of the demo's contracts: scored by three, mostly settled, some with corrections."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from agencies import scoring
from agencies.models import (
    Contract,
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
from reporting.demo import MARK

SCORERS = ("县民政局评审组", "社工行业专家", "财务专家")
MID_AFTER, FINAL_AFTER = 185, 380  # days after the beginning of the term
SETTLED_AFTER = (10, 20, 55)  # days; the slow ones of this autumn are still being scored
TO_CORRECT = ("补齐个案服务档案", "补足专职社工人数", "规范财务凭证归档", "提高小组服务的专业性", "按月公示服务情况")
SUMMARIES = {
    "EXCELLENT": "完成指标情况好，专业服务突出，档案规范。",
    "PASSED": "基本按合同履行，服务记录完整，个别指标需加快进度。",
    "BARELY": "指标进度偏慢，人员配备不足，限期整改。",
    "FAILED": "履约情况差，限期整改，整改合格前暂缓付款。",
}


def build_evaluations(rng: Random, contracts: list[Contract], today: date) -> None:
    """One of each kind for every term that has come that far; the latest are still being scored."""
    frame = EvaluationFrame.objects.prefetch_related("items", "thresholds").get(is_default=True)
    items = list(frame.items.all())
    weighted = {item.pk: scoring.Weighted(item.max_score, item.weight) for item in items}
    lines = [(Decimal(line.at_least), line.conclusion) for line in frame.thresholds.all()]
    made: list[tuple[Evaluation, list[dict[int, Decimal]]]] = []
    terms = ContractTerm.objects.filter(contract__in=contracts, contract__end_reason="").select_related("contract")
    quality = {contract.agency_id: rng.uniform(0.72, 0.95) for contract in contracts}
    for term in terms.order_by("pk"):
        for kind, after in ((EvaluationKind.MID, MID_AFTER), (EvaluationKind.FINAL, FINAL_AFTER)):
            opened_on = term.starts_on + timedelta(days=after)
            if opened_on > today:
                continue
            settled_on = opened_on + timedelta(days=rng.choice(SETTLED_AFTER))
            level = quality[term.contract.agency_id] + rng.uniform(-0.1, 0.05)
            sheets = [_sheet(rng, items, level) for _ in SCORERS]
            row = Evaluation(term=term, kind=kind, frame=frame, opened_on=opened_on, is_demo=True)
            if settled_on <= today:
                row.total = scoring.total(weighted, sheets)
                row.conclusion = scoring.concluded(row.total, lines)
                row.step, row.finalised_on, row.summary = Step.FINALISED, settled_on, SUMMARIES[row.conclusion]
            made.append((row, sheets))
    Evaluation.objects.bulk_create([row for row, _ in made])
    _scores(rng, made)
    _corrections(rng, [row for row, _ in made], today)


def _sheet(rng: Random, items: list[FrameItem], level: float) -> dict[int, Decimal]:
    """Item → score in halves."""
    return {
        item.pk: Decimal(round(float(item.max_score) * 2 * min(max(level + rng.uniform(-0.12, 0.1), 0), 1))) / 2
        for item in items
    }


def _scores(rng: Random, made: list[tuple[Evaluation, list[dict[int, Decimal]]]]) -> None:
    scorers = [Scorer(evaluation=row, name=name + MARK) for row, _ in made for name in SCORERS]
    Scorer.objects.bulk_create(scorers, batch_size=500)
    scores = []
    each = iter(scorers)
    for row, sheets in made:
        for number, sheet in enumerate(sheets):
            scorer = next(each)
            if row.step == Step.FINALISED or number == 0:  # of those under way one sheet is in
                scores += [Score(scorer=scorer, item_id=item, score=score) for item, score in sheet.items()]
    Score.objects.bulk_create(scores, batch_size=2000)


def _corrections(rng: Random, evaluations: list[Evaluation], today: date) -> None:
    """For what was not excellent; nearly all done in time."""
    rows = []
    for evaluation in evaluations:
        if evaluation.finalised_on is None or evaluation.conclusion == "EXCELLENT":
            continue
        for text in rng.sample(TO_CORRECT, 2 if evaluation.conclusion in ("BARELY", "FAILED") else 1):
            due_on = evaluation.finalised_on + timedelta(days=30)
            done = due_on - timedelta(days=rng.randint(1, 15))
            if done > today or rng.random() < 0.06:
                rows.append(Correction(evaluation=evaluation, text=text, due_on=due_on))
            else:
                note = "已完成，材料已报备" + MARK
                rows.append(Correction(evaluation=evaluation, text=text, due_on=due_on, done_on=done, done_note=note))
    Correction.objects.bulk_create(rows)

"""Forms of the steps of a case and of its reviews. They read the request; the actions judge what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from casework.case_words import SATISFACTION, Answerer, GoalState, Need, Outcome, RiskKind, RiskLevel
from casework.forms.case_parts import CaseForm, Group, line_field, words_field
from casework.models import Case, CaseGoal, CaseStep
from casework.scales import SCALES
from common.forms import day_field, note_field
from files.forms import FilesField

PLAN_GOALS, MORE_GOALS = 5, 2
REVIEW_AFTER = timedelta(days=30)


class StepForm(CaseForm):
    """A dated step with evidence. `expected`: the latest step that the user saw."""

    on = day_field("日期")
    evidence = FilesField(label="佐证材料", required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, case: Case, expected: int, initial: Any = None) -> None:
        super().__init__(data, files, initial={**(initial or {}), "expected": expected})
        self.case = case

    def values(self) -> dict[str, Any]:
        """The arguments of the action."""
        values = dict(self.cleaned_data)
        values["files"] = values.pop("evidence", [])
        return values


def _score_fields(keys: Iterable[str], *, required: bool) -> dict[str, Any]:
    return {
        f"score_{key}": forms.IntegerField(
            label=SCALES[key].label,
            required=required,
            min_value=SCALES[key].least,
            max_value=SCALES[key].most,
            widget=forms.NumberInput(attrs={"min": SCALES[key].least, "max": SCALES[key].most, "inputmode": "numeric"}),
            help_text=SCALES[key].words,
        )
        for key in keys
    }


def _scores(values: dict[str, Any]) -> dict[str, Any]:
    """Takes the scores out of `values`."""
    found = {name.removeprefix("score_"): values.pop(name) for name in list(values) if name.startswith("score_")}
    return {key: value for key, value in found.items() if value is not None}


class AssessForm(StepForm):
    """预估."""

    strengths = words_field("优势", hint="服务对象和家庭已有的能力、经验、意愿")
    resources = words_field("资源", hint="亲友、邻里、村（社区）、政策和机构资源")
    conclusion = words_field("预估结论", required=True, hint="主要问题、成因和需要优先介入的方面")

    parts = (
        ("", ("on",)),
        ("需求（至少一个方面）", tuple(f"need_{need}" for need in Need)),
        ("风险", tuple(name for kind in RiskKind for name in (f"risk_{kind}", f"risk_note_{kind}"))),
        ("量表：服务前（0—10 分，至少一个，评估时再测）", tuple(f"score_{key}" for key in SCALES)),
        ("优势、资源和结论", ("strengths", "resources", "conclusion", "evidence")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for need in Need:
            self.fields[f"need_{need}"] = words_field(str(need.label), rows=2, most=1000)
        for kind in RiskKind:
            self.fields[f"risk_{kind}"] = forms.ChoiceField(
                label=str(kind.label), choices=RiskLevel.choices, initial=RiskLevel.NONE, required=False
            )
            self.fields[f"risk_note_{kind}"] = line_field(f"{kind.label}：情况和措施")
        self.fields.update(_score_fields(SCALES, required=False))

    def values(self) -> dict[str, Any]:
        values = super().values()
        needs = {str(need.value): values.pop(f"need_{need}") for need in Need}
        risks = [
            {
                "kind": str(kind.value),
                "level": values.pop(f"risk_{kind}") or RiskLevel.NONE,
                "note": values.pop(f"risk_note_{kind}"),
            }
            for kind in RiskKind
        ]
        scores = _scores(values)
        return values | {"scores": scores, "needs": needs, "risks": risks}

    @staticmethod
    def initial_of(step: CaseStep) -> dict[str, Any]:
        """What a step that was taken back said."""
        said = step.assessment
        found: dict[str, Any] = {name: getattr(said, name) for name in ("strengths", "resources", "conclusion")}
        found |= {f"need_{need}": words for need, words in said.needs.items()}
        for risk in said.risks:
            found |= {f"risk_{risk['kind']}": risk["level"], f"risk_note_{risk['kind']}": risk["note"]}
        return found | {f"score_{score.scale}": score.value for score in step.scores.all()}


def _goal_fields(prefix: str, number: int, *, required: bool = False) -> dict[str, Any]:
    return {
        f"{prefix}_text": line_field(f"目标 {number}", required=required),
        f"{prefix}_measures": words_field(f"目标 {number} 的措施", rows=2, most=500, required=required),
        f"{prefix}_by_when": forms.DateField(
            label=f"目标 {number} 的完成期限", required=required, widget=forms.DateInput
        ),
    }


def _typed_goals(values: dict[str, Any], prefix: str, number: int) -> list[dict[str, Any]]:
    """The goals of which anything was typed, taken out of `values`."""
    found = []
    for place in range(number):
        field = f"{prefix}_{place}"
        goal = {name: values.pop(f"{field}_{name}") for name in ("text", "measures", "by_when")}
        if any(goal.values()):
            found.append({**goal, "field": field})
    return found


class PlanForm(StepForm):
    """计划."""

    agreed_on = day_field("与服务对象商定日期", help_text="服务对象（或监护人）同意计划的日期")
    review_on = forms.DateField(label="复核日期", widget=forms.DateInput, help_text="到期提醒复核目标进展和风险")
    approach = words_field("服务策略", hint="打算怎样介入、由谁配合")

    parts = (
        ("", ("on", "agreed_on", "review_on", "approach")),
        *(
            (f"目标 {number}" + ("" if number == 1 else "（没有可不填）"), (f"goal_{number - 1}_text",
             f"goal_{number - 1}_measures", f"goal_{number - 1}_by_when"))
            for number in range(1, PLAN_GOALS + 1)
        ),
        ("材料", ("evidence",)),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_on"].initial = timezone.localdate() + REVIEW_AFTER
        for place in range(PLAN_GOALS):
            self.fields.update(_goal_fields(f"goal_{place}", place + 1, required=place == 0))

    def values(self) -> dict[str, Any]:
        values = super().values()
        goals = _typed_goals(values, "goal", PLAN_GOALS)
        return values | {"goals": goals}

    @staticmethod
    def initial_of(step: CaseStep) -> dict[str, Any]:
        found: dict[str, Any] = {"approach": step.plan.approach}
        for place, goal in enumerate(step.plan.goals.order_by("id")[:PLAN_GOALS]):
            for name in ("text", "measures", "by_when"):
                found[f"goal_{place}_{name}"] = getattr(goal, name)
        return found


class InterveneForm(StepForm):
    note = words_field("说明", most=500, hint="从什么时候、以什么方式开始介入")


class ReopenForm(StepForm):
    reason = note_field("重新开启的理由", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["evidence"]

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EvaluateForm(StepForm):
    """评估: the scales of the assessment again, with what they were then."""

    client_view = words_field("服务对象的评价", required=True, hint="服务对象（或家属）怎样看发生的变化和服务")
    worker_view = words_field("社工的评价", required=True, hint="目标完成情况、方法是否合适、还有什么没有解决")

    def __init__(self, *args: Any, before: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = _score_fields(before, required=True)
        for key, value in before.items():
            fields[f"score_{key}"].help_text = f"服务前 {value} 分；{SCALES[key].words}"
        self.fields.update(fields)

    @property
    def groups(self) -> list[Group]:
        scores = [field for field in self.visible_fields() if field.name.startswith("score_")]
        return [
            ("", [self["on"]]),
            ("量表：服务后（0—10 分）", scores),
            ("评价", [self["client_view"], self["worker_view"], self["evidence"]]),
        ]

    def values(self) -> dict[str, Any]:
        values = super().values()
        scores = _scores(values)
        return values | {"scores": scores}

    @staticmethod
    def initial_of(step: CaseStep) -> dict[str, Any]:
        said = step.evaluation
        scores = {f"score_{score.scale}": score.value for score in step.scores.all()}
        return {"client_view": said.client_view, "worker_view": said.worker_view, **scores}


class CloseForm(StepForm):
    """结案."""

    outcome = forms.ChoiceField(label="结案原因", choices=Outcome.choices, widget=forms.RadioSelect)
    not_evaluated = line_field("未评估的原因", hint="没有做评估就结案的（要求结束、转介、失联、去世、迁出）必填")
    answered_by = forms.ChoiceField(label="满意度由谁回答", choices=Answerer.choices, widget=forms.RadioSelect)
    satisfaction = forms.TypedChoiceField(
        label="满意度", choices=SATISFACTION, coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )
    summary = words_field("服务小结", rows=5, required=True, hint="做了什么、有什么变化")
    follow_up = words_field("跟进安排", hint="结案后由谁、什么时候回访")

    parts = (
        ("", ("on", "outcome", "not_evaluated")),
        ("满意度", ("answered_by", "satisfaction")),
        ("小结", ("summary", "follow_up", "evidence")),
    )

    def __init__(self, *args: Any, evaluated: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if evaluated:
            del self.fields["not_evaluated"]

    @staticmethod
    def initial_of(step: CaseStep) -> dict[str, Any]:
        said = step.closing
        names = ("outcome", "not_evaluated", "answered_by", "satisfaction", "summary", "follow_up")
        return {name: getattr(said, name) for name in names}


class ReviewForm(CaseForm):
    """复核: how far each goal is, the risk now, when to look again."""

    on = day_field("复核日期")
    note = words_field("复核情况", most=500)
    risk = forms.ChoiceField(label="现在的风险等级", choices=RiskLevel.choices, widget=forms.RadioSelect)
    next_on = forms.DateField(label="下次复核日期", required=False, widget=forms.DateInput, help_text="不再复核的不填")

    def __init__(self, *args: Any, case: Case, goals: list[CaseGoal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = goals
        fields = self.fields
        fields["risk"].initial = case.risk
        fields["next_on"].initial = timezone.localdate() + REVIEW_AFTER
        for goal in goals:
            fields[f"goal_{goal.pk}_state"] = forms.ChoiceField(
                label="状态", choices=GoalState.choices, initial=goal.state, widget=forms.RadioSelect
            )
            fields[f"goal_{goal.pk}_note"] = line_field("进展", most=500)
            fields[f"goal_{goal.pk}_note"].initial = goal.note
        for place in range(MORE_GOALS):
            fields.update(_goal_fields(f"new_{place}", len(goals) + place + 1))

    @property
    def groups(self) -> list[Group]:
        goals = [
            (f"目标 {number}：{goal.text}", [self[f"goal_{goal.pk}_state"], self[f"goal_{goal.pk}_note"]])
            for number, goal in enumerate(self.goals, 1)
        ]
        more = [field for field in self.visible_fields() if field.name.startswith("new_")]
        head = [self[name] for name in ("on", "note", "risk", "next_on")]
        return [*goals, ("增加目标（没有可不填）", more), ("复核", head)]

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        goals = {
            goal.pk: {"state": values.pop(f"goal_{goal.pk}_state"), "note": values.pop(f"goal_{goal.pk}_note")}
            for goal in self.goals
        }
        added = _typed_goals(values, "new", MORE_GOALS)
        return values | {"goals": goals, "added": added}

"""Forms of one visit: plan, arrange, not reached, cancel, result."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from common.forms import day_field, note_field
from services.queries import team_choices
from stations.models import Station, Worker
from visits.answers import field_name
from visits.models import AttemptReason, BatchQuestion, Condition, QuestionKind, Visit
from visits.queries.batches import answers_of
from visits.vocabulary import NO, YES


def _coming_day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput, help_text=help_text)


def _worker_field(station: Station) -> forms.ModelChoiceField:
    today = timezone.localdate()
    team = team_choices(station, today, today)
    return forms.ModelChoiceField(team, label="探访社工", required=False, empty_label="不指定")


class ArrangeForm(forms.Form):
    worker = forms.ModelChoiceField(Worker.objects.none(), required=False)
    ask = forms.CharField(label="探访要点", required=False, max_length=200, help_text="要看什么、问什么、带什么")

    def __init__(self, data: Any = None, *, station: Station, **initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["worker"] = _worker_field(station)


class PlanForm(ArrangeForm):
    due_on = _coming_day("应访日期", help_text="在这一天以前探访")
    field_order = ("due_on", "worker", "ask")


class AttemptForm(forms.Form):
    """`give_up` closes the visit as unreachable; without it the visit stays open."""

    on = day_field("日期")
    reason = forms.ChoiceField(label="原因", choices=AttemptReason.choices, widget=forms.RadioSelect)
    note = note_field("说明")
    give_up = forms.BooleanField(label="本次探访结束，记为“未能联系”", required=False)
    again_on = _coming_day("下次探访日期", required=False, help_text="结束本次探访时填写；继续待访的不用填")


class CancelForm(forms.Form):
    reason = note_field("取消理由", required=True)
    again_on = _coming_day("下次探访日期", required=False)

    def __init__(self, data: Any = None, *, visit: Visit) -> None:
        super().__init__(data)
        self.fields["again_on"].help_text = "按跟进级别安排的必填" if visit.level else "不再安排的不用填"


class ResultForm(forms.Form):
    """What was found, and a field for each question of the batch."""

    condition = forms.ChoiceField(label="对象状况", choices=Condition.choices, widget=forms.RadioSelect)
    needs = forms.CharField(
        label="发现的需求", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="没有可不填；请勿填写身份证号",
    )  # fmt: skip
    next_step = forms.CharField(label="下一步", required=False, max_length=200, help_text="状况紧急的必填")

    def __init__(self, data: Any = None, *, questions: list[BatchQuestion], **initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.questions = questions
        for question in questions:
            self.fields[field_name(question)] = _answer_field(question)
        self.order_fields([*(field_name(question) for question in questions), "condition", "needs", "next_step"])

    def values(self) -> dict[str, Any]:
        """What write_result takes. Answers are judged there, so that all problems show at once."""
        given = self.cleaned_data
        answers = {question.pk: given.get(field_name(question)) for question in self.questions}
        return {name: given[name] for name in ("condition", "needs", "next_step")} | {"answers": answers}


def result_form(visit: Visit, data: Any = None) -> ResultForm:
    """The questions of the visit's batch with what was answered, and the result as it stands. Two queries at most."""
    given = answers_of(visit)
    initial = {field_name(question): text for question, text in given}
    initial |= {name: getattr(visit, name) for name in ("condition", "needs", "next_step")}
    return ResultForm(data, questions=[question for question, _ in given], **initial)


def _answer_field(question: BatchQuestion) -> forms.Field:
    label = question.text
    common: dict[str, Any] = {"label": label, "required": question.required}
    match question.kind:
        case QuestionKind.YES_NO:
            return forms.ChoiceField(choices=[(YES, YES), (NO, NO)], widget=forms.RadioSelect, **common)
        case QuestionKind.CHOICE:
            choices = [(each, each) for each in question.choices]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case QuestionKind.NUMBER:
            widget = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
            return forms.DecimalField(max_digits=12, decimal_places=2, widget=widget, **common)
    return forms.CharField(max_length=300, **common)

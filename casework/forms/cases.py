"""Forms of a case's head, its workers, comments and service records. The actions judge what they say."""

from __future__ import annotations

from typing import Any

from django import forms

from casework.case_words import Problem, Source
from casework.forms.case_parts import CaseForm, line_field, words_field, workers_of
from casework.models import Case, CaseGoal
from common.forms import choices_of, day_field, note_field
from files.forms import FilesField
from services.models import ServiceRecord
from services.vocabulary import Domain, FocusGroup
from stations.models import Station, Worker


class HeadForm(CaseForm):
    """What an open case may change."""

    domain = forms.ChoiceField(label="领域", choices=Domain.choices, widget=forms.RadioSelect)
    focus = forms.ChoiceField(
        label="重点人群", choices=choices_of(FocusGroup.choices, "不属于重点人群"), required=False
    )
    problems = forms.MultipleChoiceField(
        label="问题类型", choices=Problem.choices, widget=forms.CheckboxSelectMultiple, help_text="最多 5 个"
    )
    presenting = words_field(
        "求助问题", rows=4, required=True, hint="服务对象自己怎么说、希望得到什么帮助。请勿填写身份证号。"
    )
    co_workers = forms.ModelMultipleChoiceField(
        Worker.objects.none(), label="协同社工", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["co_workers"].queryset = workers_of(station)
        if not fields["co_workers"].queryset:
            del fields["co_workers"]

    def facts(self) -> dict[str, Any]:
        return {"co_workers": [], **self.cleaned_data}

    @staticmethod
    def initial_of(case: Case) -> dict[str, Any]:
        return {
            "domain": case.domain,
            "focus": case.focus,
            "presenting": case.presenting,
            "problems": list(case.problems.values_list("kind", flat=True)),
            "co_workers": list(case.co_workers.values_list("pk", flat=True)),
        }


class IntakeForm(HeadForm):
    """接案, or declining."""

    accepted = forms.ChoiceField(
        label="是否接案", choices=[("yes", "接案"), ("no", "不予接案")], widget=forms.RadioSelect, initial="yes"
    )
    declined_because = line_field("不予接案的原因", hint="不予接案时必填")
    referred_to = line_field("转介去向", most=100, hint="不予接案时，建议服务对象去哪里办理")
    on = day_field("接案日期")
    source = forms.ChoiceField(label="个案来源", choices=Source.choices, widget=forms.RadioSelect)
    worker = forms.ModelChoiceField(Worker.objects.none(), label="负责社工", empty_label="请选择")
    evidence = FilesField(label="佐证材料", required=False)

    parts = (
        ("接案", ("on", "source", "presenting", "domain", "focus", "problems")),
        ("是否接案", ("accepted", "declined_because", "referred_to")),
        ("社工和材料", ("worker", "co_workers", "evidence")),
    )

    def __init__(self, *args: Any, station: Station, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, station=station, **kwargs)
        fields: dict[str, Any] = self.fields
        team = list(workers_of(station))
        fields["worker"].queryset = workers_of(station)
        own = [worker.pk for worker in team if worker.user_id == user_id] or [worker.pk for worker in team[:1]]
        fields["worker"].initial = own[0] if own else None

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        return {**facts, "accepted": facts["accepted"] == "yes", "files": facts.pop("evidence")}


class HandOverForm(forms.Form):
    worker = forms.ModelChoiceField(Worker.objects.none(), label="移交给", empty_label="请选择")
    on = day_field("移交日期")
    reason = note_field("移交原因", required=True)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data, initial={"expected": case.worker_id})
        fields: dict[str, Any] = self.fields
        fields["worker"].queryset = workers_of(case.station).exclude(pk=case.worker_id)


class CommentForm(forms.Form):
    text = words_field("点评", required=True, most=1000)


class AnswerForm(forms.Form):
    answer = words_field("回复", required=True, most=1000)


class GoalsForm(forms.Form):
    """Which goals a service worked on."""

    goals = forms.ModelMultipleChoiceField(
        CaseGoal.objects.none(), label="这次服务针对哪些目标", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, goals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["goals"]
        field.queryset = goals
        field.label_from_instance = lambda goal: goal.text


class LinkForm(forms.Form):
    """Service records of the person that belong to no case yet."""

    services: Any = forms.ModelMultipleChoiceField(
        ServiceRecord.objects.none(),
        label="属于这个个案的服务",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一条"},
    )

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["services"]
        field.queryset = services
        field.label_from_instance = lambda record: f"{record.starts_on} {record.title}（{record.get_method_display()}）"

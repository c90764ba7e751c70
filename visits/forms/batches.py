"""Forms of batches: what a county asks for, its questions, its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.forms.unit_field import UnitField
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from clients.vocabulary import LEVELS, Category, FocusGroup
from common.forms import note_field
from policies.models import PolicyDocument
from visits.criteria import OLDEST
from visits.models import BatchQuestion, QuestionKind, VisitBatch

P = Permission
LISTS = ("focus", "categories", "levels")


def _chips(label: str, choices: Any, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


def _age(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=OLDEST)


class BatchForm(forms.Form):
    unit = UnitField(levels=(Level.COUNTY,), label="下达单位")
    title = forms.CharField(label="名称", max_length=60, help_text="如：冬季独居老人安全探访")
    document = forms.ModelChoiceField(
        PolicyDocument.objects.none(), label="依据文件", required=False, empty_label="（没有文件）"
    )
    due_on = forms.DateField(label="完成期限", widget=forms.DateInput)
    requirement = forms.CharField(
        label="探访要求", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    focus = _chips("重点人群", FocusGroup.choices, "各项之间同时满足；一项之内符合任一即可。都不选：全部在档服务对象")
    categories = _chips("人员类别", Category.choices)
    levels = _chips("跟进级别", [(str(each), f"{each}级") for each in LEVELS])
    age_from = _age("年龄从（岁）")
    age_to = _age("年龄到（岁）")
    units = forms.ModelMultipleChoiceField(
        OrgUnit.objects.none(), label="适用乡镇（街道）", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不选：全县",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, user: User, county: OrgUnit | None, batch: VisitBatch | None = None
    ) -> None:
        initial: dict[str, Any] = {"unit": county}
        if batch is not None:
            names = ("title", "document", "due_on", "requirement")
            initial = {name: getattr(batch, name) for name in names} | dict(batch.criteria)
            initial["levels"] = [str(each) for each in batch.criteria.get("levels", [])]
            initial["units"] = list(batch.units.all())
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        documents = PolicyDocument.objects.visible_to(user).filter(is_default=False)
        fields["document"].queryset = documents.order_by("-issued_on")
        if batch is not None:
            county = batch.unit
        if batch is not None or county is not None:
            del fields["unit"]
        else:
            fields["unit"].limit(user, P.SET_VISITS)
        self.county = county
        if county is None:  # of several counties: without scripts the townships are not known yet
            del fields["units"]
        else:
            below = OrgUnit.objects.visible_to(user, P.SET_VISITS).filter(parent=county, level=Level.TOWNSHIP)
            fields["units"].queryset = below.filter(Q(closed_on=None)).order_by("path")

    def facts(self) -> dict[str, Any]:
        """What save_batch takes."""
        given = self.cleaned_data
        criteria: dict[str, Any] = {name: given[name] for name in (*LISTS, "age_from", "age_to")}
        criteria["levels"] = [int(each) for each in given["levels"]]
        names = ("title", "document", "due_on", "requirement")
        return {
            "unit": self.county or given.get("unit"),
            "units": list(given.get("units") or []),
            "criteria": criteria,
            **{name: given[name] for name in names},
        }


class QuestionForm(forms.Form):
    text = forms.CharField(label="问题", max_length=100, help_text="如：取暖是否安全？")
    kind = forms.ChoiceField(label="类型", choices=QuestionKind.choices, widget=forms.RadioSelect)
    choices = forms.CharField(
        label="选项", required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="单选题填写，一行一个"
    )
    required = forms.BooleanField(label="必答", required=False, initial=True)

    def __init__(self, data: Any = None, *, question: BatchQuestion | None = None) -> None:
        initial: dict[str, Any] = {"kind": QuestionKind.YES_NO}
        if question is not None:
            initial = {name: getattr(question, name) for name in ("text", "kind", "required")}
            initial["choices"] = "\n".join(question.choices)
        super().__init__(data, initial=initial)

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {**given, "choices": given["choices"].splitlines()}


class CloseForm(forms.Form):
    conclusion = note_field("结束说明", required=True)

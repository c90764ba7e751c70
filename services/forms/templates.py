"""A template of services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import OrgUnit
from common.forms import choices_of
from services import rules
from services.actions.templates import NAME_LENGTH
from services.forms.fields import hours_field
from services.models import Domain, Method, ServiceTemplate

FACTS = ("name", "method", "domain", "title", "place", "hours", "result")


class TemplateForm(forms.Form):
    """`unit` is asked for a new template only, and only where there is a choice."""

    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="适用单位", help_text="乡镇的模板下属站点都能用")
    name = forms.CharField(label="模板名称", max_length=NAME_LENGTH, help_text="显示在按钮上，如：独居老人探访")
    method = forms.ChoiceField(label="方法", choices=choices_of(Method.choices, "请选择"))
    domain = forms.ChoiceField(label="领域", choices=choices_of(Domain.choices, "请选择"))
    title = forms.CharField(label="服务内容", required=False, max_length=rules.MAX_TITLE)
    place = forms.CharField(label="地点", required=False, max_length=rules.MAX_PLACE)
    hours = hours_field("服务时长（小时）")
    result = forms.CharField(
        label="服务结果",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": rules.MAX_RESULT}),
        help_text="常用的写法，登记时再改",
    )

    def __init__(self, *args: Any, units: Iterable[OrgUnit] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is None:
            del self.fields["unit"]
        else:
            choice: Any = self.fields["unit"]
            choice.queryset = units

    def facts(self) -> dict[str, Any]:
        """The arguments of the action. After `is_valid`."""
        return {name: self.cleaned_data[name] for name in FACTS}

    @classmethod
    def of(cls, template: ServiceTemplate, data: Any = None) -> TemplateForm:
        return cls(data, initial={name: getattr(template, name) for name in FACTS})

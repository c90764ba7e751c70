"""Forms of the policies room. Domain checks are those of the actions; forms turn text into values."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import OrgUnit
from policies.kinds import Kind, Parameter, ParameterType

SUGGESTED = 200


class SuggestInput(forms.TextInput):
    """A text input with suggestions below it, without script."""

    suggestions: tuple[str, ...] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"suggest-{name}"
        attributes = self.build_attrs(self.attrs, attrs or {}) | {"list": list_id, "name": name, "type": "text"}
        if value not in (None, ""):
            attributes["value"] = value
        options = format_html_join("", '<option value="{}">', ((text,) for text in self.suggestions))
        return format_html('<input{}><datalist id="{}">{}</datalist>', flatatt(attributes), list_id, options)


class UnitField(forms.CharField):
    """A unit by name or 12-digit code, out of a queryset that came through the gate. Cleans to an OrgUnit."""

    widget = SuggestInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "填写名称或 12 位区划代码")
        super().__init__(max_length=100, **kwargs)
        self.units: QuerySet[OrgUnit] = OrgUnit.objects.none()

    def limit_to(self, units: QuerySet[OrgUnit]) -> None:
        self.units = units
        self.widget.suggestions = tuple(unit_text(unit) for unit in units.order_by("level", "path")[:SUGGESTED])

    def prepare_value(self, value: Any) -> Any:
        return unit_text(value) if isinstance(value, OrgUnit) else value

    def clean(self, value: Any) -> OrgUnit | None:
        text = super().clean(value)
        if not text:
            return None
        code = re.search(r"\b(\d{12})\b", text, re.ASCII)
        found = list(self.units.filter(Q(code=code[1]) if code else Q(name=text)).select_related("parent")[:5])
        if not found:
            raise ValidationError(f"在您管理的范围内没有“{text[:30]}”")
        if len(found) > 1:
            listed = "、".join(f"{unit.parent.name if unit.parent else ''}{unit_text(unit)}" for unit in found)
            raise ValidationError(f"有多个“{text[:30]}”，请填写代码：{listed}")
        return found[0]


def unit_text(unit: OrgUnit) -> str:
    return f"{unit.name} {unit.code}" if unit.code else unit.name


class DayInput(forms.DateInput):
    """The browser's own date picker; its value must be ISO."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **kwargs)


class DocumentFilter(forms.Form):
    """GET filters of the document list."""

    q = forms.CharField(label="搜索", required=False, max_length=60)
    issuer = forms.ModelChoiceField(OrgUnit.objects.none(), label="发文单位", required=False)
    year = forms.TypedChoiceField(label="发文年份", required=False, coerce=int, empty_value=None)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, issuers: QuerySet[OrgUnit], years: list[int]) -> None:
        super().__init__(data)
        cast(forms.ModelChoiceField, self.fields["issuer"]).queryset = issuers
        shown = [("", "全部"), *((year, f"{year} 年") for year in years)]
        cast(forms.ChoiceField, self.fields["year"]).choices = shown
        self.fields["q"].widget.attrs["placeholder"] = "文号或标题"


class DocumentForm(forms.Form):
    """A new document of a unit that the administrator manages."""

    issuer = UnitField(label="发文单位")
    number = forms.CharField(label="文号", max_length=60, help_text="如 市民函〔2023〕28号；没有文号的写文件简称")
    title = forms.CharField(label="标题", max_length=200)
    issued_on = day_field("发文日期")
    issuer_name = forms.CharField(label="发文机关", max_length=60, required=False, help_text="如 晋中市民政局")
    source = forms.CharField(label="出处", max_length=300, required=False, help_text="公开发布的网址、报刊或存档位置")

    def __init__(self, *args: Any, units: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(UnitField, self.fields["issuer"]).limit_to(units)


class ProvisionForm(forms.Form):
    """A new provision of one kind: the kind's parameters between the common fields."""

    unit = UnitField(label="适用单位", help_text="对该单位和它的下级有效；填写名称或 12 位区划代码")
    clause = forms.CharField(label="条款", max_length=40, help_text="如 二(三)")
    in_force_from = day_field("适用起", required=False, help_text="自该日起发生的事项适用；不填：自始")
    in_force_to = day_field("适用止", required=False, help_text="含当日；不填：至今")
    text = forms.CharField(
        label="原文摘录", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )

    def __init__(self, *args: Any, kind: Kind, units: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        cast(UnitField, self.fields["unit"]).limit_to(units)
        if not kind.inherited:
            self.fields["unit"].help_text = "只对该单位本级有效，不分给下级；填写名称或 12 位区划代码"
        for parameter in kind.parameters:
            self.fields[parameter.name] = _parameter_field(parameter)
        self.order_fields(["unit", "clause", *(p.name for p in kind.parameters)])

    def parameters(self) -> dict[str, Any]:
        """What the action takes as `parameters`."""
        return {parameter.name: self.cleaned_data.get(parameter.name) for parameter in self.kind.parameters}


def _parameter_field(parameter: Parameter) -> forms.Field:
    common = {
        "label": parameter.label,
        "required": parameter.required,
        "help_text": parameter.help,
        "initial": parameter.initial,
    }
    if parameter.type is ParameterType.BOOLEAN:
        return forms.BooleanField(**common | {"required": False})
    if parameter.type is ParameterType.DATE:
        return forms.DateField(widget=DayInput(), **common)
    if parameter.type is ParameterType.CHOICE:
        return forms.ChoiceField(choices=[("", "请选择"), *parameter.offered], **common)
    if parameter.type is ParameterType.TEXT:
        return forms.CharField(max_length=parameter.high, **common)
    return forms.IntegerField(min_value=parameter.low, max_value=parameter.high, **common)


class EndForm(forms.Form):
    """The last day of a provision."""

    on = day_field("最后适用日", help_text="含当日；此后发生的事项不再适用，此前的仍适用")
    reason = forms.CharField(label="理由", max_length=200, help_text="如 被某文件取代，写明文号")


class DayForm(forms.Form):
    """The day for which a page answers; today when it is not given."""

    on = day_field("日期", required=False)

    def day(self) -> date:
        """The chosen day, today where it is missing or wrong (the error stands at the field)."""
        chosen = self.cleaned_data.get("on") if self.is_valid() else None
        return chosen or timezone.localdate()

    def clean_on(self) -> date | None:
        on = self.cleaned_data["on"]
        if on and not 1990 <= on.year <= 2099:
            raise ValidationError("日期应在 1990 年至 2099 年之间")
        return on


class NoticeForm(forms.Form):
    """What a holiday notice rests on, and the file with its days; days typed by hand come beside the form."""

    source = forms.CharField(label="依据", max_length=120, help_text="放假通知的文号，如 国办发明电〔2026〕×号")
    reason = forms.CharField(label="重新录入的理由", max_length=200)
    upload = forms.FileField(label="上传表格（CSV 或 XLSX）", required=False, help_text="三列：日期、休/班、名称")

    def __init__(self, *args: Any, confirmed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not confirmed:
            del self.fields["reason"]

"""The filter of the audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.unit_field import UnitField
from accounts.models import User
from accounts.queries.audit import target_types
from accounts.roles import Permission


class AuditFilterForm(forms.Form):
    first = forms.DateField(label="从", required=False, widget=forms.DateInput)
    last = forms.DateField(label="到", required=False, widget=forms.DateInput)
    actor = forms.CharField(label="操作人", required=False, max_length=60)
    verb = forms.CharField(label="操作", required=False, max_length=60)
    target_type = forms.ChoiceField(label="对象类型", required=False)
    unit = UnitField(label="单位", required=False)

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].limit(viewer, Permission.VIEW_AUDIT)  # type: ignore[attr-defined]
        self.fields["target_type"].choices = [("", "全部"), *target_types()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            raise ValidationError({"last": "结束日期早于开始日期"})
        return data

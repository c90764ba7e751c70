"""Fields that several forms of this room have."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission


def units_of(user: User) -> Any:
    """The stations and townships where the user writes."""
    units = OrgUnit.objects.visible_to(user, Permission.EDIT_LINKAGE)
    return units.live(timezone.localdate()).filter(level__gte=Level.TOWNSHIP).order_by("path")


class UnitForm(forms.Form):
    """With `unit`, which is chosen beforehand where there is only one, and `token`, the number of this submit."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(label="登记单位", queryset=OrgUnit.objects.none(), empty_label="请选择")

    def __init__(self, data: Any = None, files: Any = None, *, user: User, initial: Any = None) -> None:
        units = units_of(user)
        only = list(units.values_list("pk", flat=True)[:2])
        first = {"unit": only[-1] if len(only) in (1, 2) else None, "token": uuid.uuid4()}
        super().__init__(data, files, initial=first | (initial or {}))
        field: Any = self.fields["unit"]
        field.queryset = units
        if len(only) == 1:
            field.widget = forms.HiddenInput()

    def values(self) -> dict[str, Any]:
        """The arguments of the action."""
        return self.cleaned_data


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

"""Forms about supervisors."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from common.forms import day_field, note_field
from stations.forms.workers import StationField
from stations.models import Station, Worker

LEAD = [("yes", "主责督导"), ("no", "协助督导")]


class StationsField(forms.ModelMultipleChoiceField):
    """Live stations, each told with its township."""

    label_from_instance = StationField.label_from_instance  # type: ignore[assignment]


class SupervisorForm(forms.Form):
    """A worker or a user who is no worker, for several stations."""

    worker = forms.ModelChoiceField(
        label="督导（社工）", queryset=Worker.objects.none(), required=False, empty_label="---------"
    )
    user = forms.ModelChoiceField(
        label="督导（登录账号）",
        queryset=User.objects.none(),
        required=False,
        empty_label="---------",
        help_text="督导不是名册内社工时选择；两项只选一项",
    )
    stations = StationsField(label="督导的站点", queryset=Station.objects.none(), widget=forms.CheckboxSelectMultiple)
    lead = forms.ChoiceField(
        label="主责或协助", choices=LEAD, widget=forms.RadioSelect, initial="yes",
        help_text="每个站点同时只有一名主责督导：新的主责督导接替原来的",
    )  # fmt: skip
    on = day_field("起始日期")
    note = note_field()

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        permission = Permission.MANAGE_WORKERS
        workers = Worker.objects.visible_to(user, permission).managed_from(user.paths(permission))
        fields["worker"].queryset = workers.order_by("name", "pk")
        fields["user"].queryset = User.objects.visible_to(user, permission).filter(worker=None, is_active=True)
        stations = Station.objects.visible_to(user, permission).filter(closed_on=None)
        fields["stations"].queryset = stations.select_related("unit__parent").order_by("unit__path")

    def values(self) -> dict[str, Any]:
        """What assign_supervisor takes."""
        return self.cleaned_data | {"lead": self.cleaned_data["lead"] == "yes"}


class EndSupervisionForm(forms.Form):
    on = day_field("结束日期", help_text="不含当日")
    note = note_field()

"""Forms of referrals and resource links."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from common.forms import choices_of, day_field
from files.forms import FilesField
from linkage.models import Referral, ReferralKind, ReferralState, ToKind, Urgency
from linkage.rules import STEP_WORDS
from stations.models import Station


def _whom(label: str, length: int, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=length, widget=forms.TextInput(attrs=attrs))


class _WhomFields(forms.Form):
    to_name = _whom("接收单位", 60)
    to_contact = _whom("联系人", 40, autocomplete="off")
    to_phone = _whom("联系人电话", 20, inputmode="tel", autocomplete="off")


class ReferralFields(_WhomFields):
    need = forms.CharField(
        label="需求",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="需要什么，为什么；不写身份证号",
    )
    urgency = forms.ChoiceField(
        label="紧急程度", choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    to_kind = forms.ChoiceField(label="接收单位类型", choices=choices_of(ToKind.choices, "请选择"))
    field_order = ["need", "urgency", "to_kind", "to_name", "to_contact", "to_phone"]


class ReferralForm(ReferralFields):
    """A new one of `station`; its open files are offered."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="类型", choices=ReferralKind.choices, widget=forms.RadioSelect, initial=ReferralKind.REFERRAL
    )
    client = forms.ModelChoiceField(
        label="服务对象",
        required=False,
        queryset=Client.objects.none(),
        empty_label="不针对个人（仅资源链接）",
        help_text="转介必须选择；没有档案的，先建档",
    )
    opened_on = day_field("登记日期")
    note = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = [
        *("token", "kind", "client", "need", "urgency", "to_kind"),
        *("to_name", "to_contact", "to_phone", "opened_on", "note"),
    ]

    def __init__(self, data: Any = None, *, user: User, station: Station, client: int | None = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "client": client})
        files = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).open().filter(station=station)
        field: Any = self.fields["client"]
        field.queryset = files.only("pk", "name", "station").order_by("initials", "name", "pk")


class ReferralEditForm(ReferralFields):
    def __init__(self, data: Any = None, *, referral: Referral) -> None:
        super().__init__(data, initial={name: getattr(referral, name) for name in ReferralFields.base_fields})


class StepForm(_WhomFields):
    """One of the steps that may be taken now. To whom is settled at the contact only."""

    expected = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label="步骤", widget=forms.RadioSelect)
    on = day_field("日期")
    note = forms.CharField(
        label="情况",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="联系、失败、回访、重新开始必填",
    )
    evidence = FilesField(label="转介单、回执等", required=False)
    field_order = ["expected", "to", "to_name", "to_contact", "to_phone", "on", "note", "evidence"]

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        referral: Referral,
        steps: Sequence[ReferralState],
        expected: int,
        chosen: str = "",
    ) -> None:
        initial = {name: getattr(referral, name) for name in _WhomFields.base_fields}
        first = chosen if chosen in steps else steps[0] if len(steps) == 1 else None
        super().__init__(data, files, initial=initial | {"expected": expected, "to": first})
        field: Any = self.fields["to"]
        field.choices = [(str(step), STEP_WORDS[step]) for step in steps]
        if ReferralState.CONTACTED not in steps:
            for name in _WhomFields.base_fields:
                del self.fields[name]


class TakeBackForm(forms.Form):
    reason = forms.CharField(label="撤回理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, expected: int) -> None:
        super().__init__(data, initial={"expected": expected})

"""Forms of volunteers and community organisations."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from common.forms import choices_of, day_field, note_field
from linkage.forms.shared import UnitForm
from linkage.models import Filing, Organisation, OrganisationKind, Volunteer
from linkage.queries.organisations import organisations_around
from stations.models import Sex


class VolunteerFields(forms.Form):
    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    sex = forms.ChoiceField(label="性别", required=False, choices=choices_of(Sex.choices, "不填"))
    birth_year = forms.IntegerField(label="出生年份", required=False, help_text="例如 1968")
    phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text="未成年人填监护人电话",
    )
    skills = forms.CharField(label="技能特长", required=False, max_length=100, help_text="例如：理发、家电维修、陪护")
    organisation = forms.ModelChoiceField(
        label="所属组织", required=False, queryset=Organisation.objects.none(), empty_label="不属于任何组织"
    )
    registered_number = forms.CharField(
        label="全国志愿服务信息系统编号",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="没有可以不填；不是身份证号",
    )
    note = note_field()

    def offer_organisations(self, paths: list[str], kept: int | None = None) -> None:
        """Those active around the units, and the one that stands there."""
        field: Any = self.fields["organisation"]
        field.queryset = organisations_around(paths, [kept] if kept else [])


class VolunteerForm(UnitForm, VolunteerFields):
    registered_on = day_field("登记日期")
    field_order = [
        *("token", "unit", "name", "sex", "birth_year", "phone", "skills"),
        *("organisation", "registered_number", "registered_on", "note"),
    ]

    def __init__(self, data: Any = None, *, user: User, initial: Any = None) -> None:
        super().__init__(data, user=user, initial=initial)
        del self.fields["token"]  # name and telephone tell a repeated submit
        self.offer_organisations([unit.path for unit in self.fields["unit"].queryset])  # type: ignore[attr-defined]


class VolunteerEditForm(VolunteerFields):
    def __init__(self, data: Any = None, *, volunteer: Volunteer) -> None:
        initial = {name: getattr(volunteer, name) for name in VolunteerFields.base_fields if name != "organisation"}
        super().__init__(data, initial=initial | {"organisation": volunteer.organisation_id})
        self.offer_organisations([volunteer.unit.path], volunteer.organisation_id)


class LeaveForm(forms.Form):
    left_on = day_field("退出日期", help_text="从这一天起不再是志愿者")
    reason = note_field("退出原因", required=True)


class OrganisationFields(forms.Form):
    name = forms.CharField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类型", choices=choices_of(OrganisationKind.choices, "请选择"))
    filing = forms.ChoiceField(label="登记备案", choices=Filing.choices, widget=forms.RadioSelect)
    filing_number = forms.CharField(label="登记或备案编号", required=False, max_length=40)
    leader = forms.CharField(label="负责人", required=False, max_length=40)
    members = forms.IntegerField(label="成员人数", required=False, min_value=0)
    phone = forms.CharField(
        label="联系电话", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    starts_on = day_field("开始活动日期", today=False)
    note = note_field()


class OrganisationForm(UnitForm, OrganisationFields):
    field_order = ["unit", *OrganisationFields.base_fields]

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, user=user)
        del self.fields["token"]  # the name tells a repeated submit


class OrganisationEditForm(OrganisationFields):
    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        super().__init__(data, initial={name: getattr(organisation, name) for name in OrganisationFields.base_fields})


class EndForm(forms.Form):
    ends_on = day_field("停止活动日期", help_text="从这一天起不再活动")
    reason = note_field("停止原因", required=True)

"""Forms of the administrators' pages. accounts.actions decides what may be saved; choices come through the gate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms.unit_field import UnitField
from accounts.models import User
from accounts.roles import Permission, Role

ROLES = [("", "请选择"), *Role.choices]


class UserFilterForm(forms.Form):
    q = forms.CharField(label="姓名或用户名", required=False, max_length=60)
    unit = UnitField(label="单位", required=False)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *Role.choices])
    active = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("1", "启用"), ("0", "停用")])

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].limit(viewer, Permission.MANAGE_USERS)  # type: ignore[attr-defined]


class PostingForm(forms.Form):
    role = forms.ChoiceField(label="角色", choices=ROLES)
    unit = UnitField(label="任职单位", help_text="输入名称、拼音首字母或区划代码查找")
    starts_on = forms.DateField(label="起始日期", widget=forms.DateInput)

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].limit(viewer, Permission.MANAGE_USERS)  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = timezone.localdate()


class UserCreateForm(PostingForm):
    username = forms.CharField(
        label="用户名",
        max_length=60,
        help_text="登录用，2 至 60 个字母、数字或 . _ - @，以后不能改",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(label="联系电话", max_length=20, required=False)

    field_order = ["username", "name", "phone", "role", "unit", "starts_on"]


class UserEditForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="联系电话", max_length=20, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, required=False, widget=forms.TextInput)


class PostingEndForm(forms.Form):
    on = forms.DateField(label="自哪天起不再任职", widget=forms.DateInput)
    reason = forms.CharField(label="理由", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()

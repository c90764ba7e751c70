"""Forms about what belongs to a file: categories, level, contacts, kin, consent."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from clients.forms.files import BLANK, LEVEL_CHOICES
from clients.models import Category, Client, ClientContact, ConsentKind, ContactKind, Relation
from common.forms import choices_of, day_field, note_field
from files.forms import FilesField


class CategoryForm(forms.Form):
    category = forms.ChoiceField(label="类别", choices=choices_of(Category.choices, BLANK))
    starts_on = day_field("起始日期", help_text="何时起属于这一类别，如低保批准日期")


class EndForm(forms.Form):
    ends_on = day_field("结束日期", help_text="从这一天起不再属于；与起始日期相同，表示登记有误")
    reason = note_field("说明")


class LevelForm(forms.Form):
    level = forms.ChoiceField(
        label="跟进级别", choices=choices_of(LEVEL_CHOICES, "不设"), required=False, help_text="1级最密切，6级最宽"
    )
    since = day_field("起始日期")
    reason = note_field("评定理由")

    def values(self) -> dict[str, Any]:
        """What set_level takes."""
        level = self.cleaned_data["level"]
        return self.cleaned_data | {"level": int(level) if level else None}


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label="类型", choices=ContactKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="姓名", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    relation = forms.CharField(
        label="与服务对象关系", max_length=20, required=False, help_text="如：父亲、邻居、村干部"
    )
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def __init__(self, data: Any = None, *, contact: ClientContact | None = None, minor: bool = False) -> None:
        initial: dict[str, Any] = {"kind": ContactKind.GUARDIAN if minor else ContactKind.EMERGENCY}
        if contact is not None:
            initial = {name: getattr(contact, name) for name in self.base_fields}
        super().__init__(data, initial=initial)


class RelationForm(forms.Form):
    """Kin: another open file that the user may read, else a name."""

    relation = forms.ChoiceField(label="对方是服务对象的", choices=choices_of(Relation.choices, BLANK))
    other = forms.ModelChoiceField(
        label="对方的档案", queryset=Client.objects.none(), required=False, empty_label="没有档案，填写姓名"
    )
    name = forms.CharField(
        label="对方姓名",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="对方没有档案时填写",
    )
    note = note_field()

    def __init__(self, data: Any = None, *, user: User, client: Client) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        rows = Client.objects.visible_to(user, Permission.VIEW_CLIENTS).open().filter(station=client.station_id)
        linked = set(client.relations.values_list("other", flat=True)) | set(
            client.related_from.values_list("client", flat=True)
        )
        rows = rows.exclude(pk__in=[client.pk, *(key for key in linked if key)])
        fields["other"].queryset = rows.only("pk", "name", "born_on").order_by("initials", "pk")
        fields["other"].label_from_instance = lambda row: f"{row.name}（档案 {row.pk}）"

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("other") and typed.get("name", "").strip():
            self.add_error("name", "已选择对方的档案，请勿再填姓名")
        return typed


class ConsentForm(forms.Form):
    kind = forms.ChoiceField(label="同意内容", choices=ConsentKind.choices, widget=forms.RadioSelect)
    given_on = day_field("签署日期")
    given_by = forms.CharField(
        label="签署人",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="本人签署不填；监护人代签请填姓名",
    )
    scan = FilesField(label="同意书扫描件", required=False)

    def __init__(self, data: Any = None, files: Any = None, *, standing: set[str]) -> None:
        """`standing`: kinds that are agreed to already."""
        super().__init__(data, files)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [pair for pair in ConsentKind.choices if pair[0] not in standing]

    def values(self) -> dict[str, Any]:
        """What give_consent takes."""
        typed = dict(self.cleaned_data)
        return {"files": typed.pop("scan"), **typed}


class WithdrawConsentForm(forms.Form):
    withdrawn_on = day_field("撤回日期")
    reason = note_field("撤回说明")


class ScanForm(forms.Form):
    scan = FilesField(label="同意书扫描件")

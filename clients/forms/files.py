"""Forms about a file: open it, change its facts, say why the number is shown."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from clients.actions.fields import ADDRESS_LENGTH, NAME_LENGTH, SITUATION_LENGTH
from clients.models import Category, Client, Living, SelfCare
from clients.vocabulary import LEVELS
from common.forms import choices_of, day_field
from files.forms import FilesField
from stations.models import Sex, Station

BLANK = "---------"
LEVEL_CHOICES = [(str(level), f"{level}级") for level in LEVELS]
_QUIET = {"autocomplete": "off", "spellcheck": "false"}  # nothing of a person stays in the browser's memory of forms


def _text(label: str, most: int, *, required: bool = False, help_text: str = "", **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={**_QUIET, **attrs})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, help_text=help_text)


class FactsForm(forms.Form):
    """The facts of a file."""

    name = _text("姓名", NAME_LENGTH, required=True)
    id_number = _text("身份证号", 18, help_text="加密保存，只显示前 3 位和后 2 位；填写后性别和出生日期由号码得出")
    sex = forms.ChoiceField(label="性别", choices=choices_of(Sex.choices, BLANK), required=False)
    born_on = day_field("出生日期", required=False, today=False)
    phone = _text("联系电话", 20, inputmode="tel")
    residence = _text("居住地址", ADDRESS_LENGTH, help_text="探访时去的地方")
    household = _text("户籍地址", ADDRESS_LENGTH)
    living = forms.ChoiceField(label="居住状况", choices=choices_of(Living.choices, BLANK), required=False)
    self_care = forms.ChoiceField(label="自理能力", choices=choices_of(SelfCare.choices, BLANK), required=False)
    situation = forms.CharField(
        label="基本情况",
        required=False,
        max_length=SITUATION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="家庭、健康、经济状况和需求；请勿填写身份证号",
    )


class ChangeForm(FactsForm):
    """An empty number keeps the one that is there; the box empties it."""

    drop_number = forms.BooleanField(label="删去身份证号", required=False)

    def __init__(self, data: Any = None, *, client: Client) -> None:
        initial = {name: getattr(client, name) for name in FactsForm.base_fields if name != "id_number"}
        super().__init__(data, initial=initial)
        if client.id_number:
            for name in ("sex", "born_on"):  # they follow from the number
                del self.fields[name]
            self.fields["id_number"].help_text = f"现为 {client.masked_id_number}；不修改请留空"
            self.order_fields(["name", "id_number", "drop_number"])
        else:
            del self.fields["drop_number"]

    def changes(self) -> dict[str, Any]:
        """What change_file takes: only what was changed on this page, so that two people change different things."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data if name != "drop_number"}
        if self.cleaned_data.get("drop_number") and not self.cleaned_data["id_number"]:
            changed["id_number"] = ""
        return changed


class _Opening(forms.Form):
    """What both ways of opening a file ask: where, and whether a namesake is somebody else."""

    station = forms.ModelChoiceField(label="建档站点", queryset=Station.objects.none(), empty_label=BLANK)
    another = forms.BooleanField(label="不是同一人，仍要新建档案", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, user: User, station: Station | None = None) -> None:
        super().__init__(data, initial={"station": station} if station else {})
        fields: dict[str, Any] = self.fields
        offered = stations_to_open(user)
        fields["station"].queryset = offered
        fields["station"].label_from_instance = lambda row: row.unit.name
        only = list(offered[:2])
        if len(only) == 1:
            fields["station"].widget = forms.HiddenInput()
            self.initial["station"] = only[0].pk

    def ask(self, namesake: Client | None, *, found: bool = False) -> None:
        """Offer the box that says a namesake is another person, for this one, or that those `found` are; without either
        nothing is asked."""
        if namesake is None:
            del self.fields["seen"]
            if not found:
                del self.fields["another"]
        elif self.is_bound:
            data: Any = self.data
            self.data = data.copy()
            self.data["seen"] = str(namesake.pk)  # type: ignore[index]

    def namesake(self) -> int | None:
        return self.cleaned_data.get("seen") if self.cleaned_data.get("another") else None


class OpenForm(_Opening, FactsForm):
    """A new file with everything that is known."""

    categories = forms.MultipleChoiceField(
        label="类别", choices=Category.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    level = forms.ChoiceField(label="跟进级别", choices=choices_of(LEVEL_CHOICES, BLANK), required=False)
    opened_on = day_field("建档日期")
    field_order = ("station", "name", "another", "id_number", "sex", "born_on", "categories", "level", "phone")

    def values(self) -> dict[str, Any]:
        """What open_file takes."""
        typed = {name: value for name, value in self.cleaned_data.items() if name not in ("another", "seen")}
        return typed | {"level": int(typed["level"]) if typed["level"] else None, "namesake": self.namesake()}


class QuickForm(_Opening):
    """A file in two answers, from the form of a service: name and one category. The rest is added later."""

    name = _text("姓名", NAME_LENGTH, required=True)
    category = forms.ChoiceField(label="类别", choices=Category.choices, widget=forms.RadioSelect)
    born_on = day_field("出生日期", required=False, today=False, help_text="不清楚可以以后补")
    field_order = ("station", "name", "another", "category", "born_on")

    def values(self) -> dict[str, Any]:
        """What open_file takes."""
        typed = self.cleaned_data
        return {
            "station": typed["station"],
            "name": typed["name"],
            "categories": [typed["category"]],
            "born_on": typed["born_on"],
            "namesake": self.namesake(),
        }


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看理由",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="如：代办医保登记。理由写入变更历史，请勿填写姓名",
    )


class MaterialForm(forms.Form):
    papers = FilesField(label="档案材料")


def stations_to_open(user: User) -> Any:
    """Stations where the user may open files: built and not closed."""
    rows = Station.objects.visible_to(user, Permission.EDIT_CLIENTS).filter(completed_on__isnull=False, closed_on=None)
    return rows.select_related("unit").order_by("unit__path")

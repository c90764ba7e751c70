"""Forms about a file as a whole: merge, close, reopen, move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import User
from accounts.roles import Permission
from clients.actions.fields import NAME_LENGTH
from clients.forms.files import BLANK
from clients.models import Client
from clients.vocabulary import CLOSING_REASONS
from common.forms import PlainSelect, choices_of, day_field, note_field
from common.paths import STEP
from stations.models import Station

CITY = 3 * STEP  # length of a city's path


class MergeForm(forms.Form):
    kept = forms.TypedChoiceField(label="保留哪一份", coerce=int, widget=forms.RadioSelect)
    reason = note_field("合并理由", required=True)

    def __init__(self, data: Any = None, *, pair: tuple[Client, Client]) -> None:
        """The open one, else the one with the number, else the older is offered to be kept."""
        best = min(pair, key=lambda row: (row.closed_on is not None, not row.id_number_index, row.pk))
        super().__init__(data, initial={"kept": best.pk})
        fields: dict[str, Any] = self.fields
        fields["kept"].choices = [(row.pk, f"档案 {row.pk}") for row in pair]


class OtherForm(forms.Form):
    other = forms.IntegerField(
        label="另一份档案的编号", min_value=1, max_value=2**31, help_text="档案页标题或地址中的数字"
    )


class ReasonForm(forms.Form):
    reason = note_field("理由", required=True)

    def __init__(self, data: Any = None, *, label: str = "理由", required: bool = True) -> None:
        super().__init__(data)
        self.fields["reason"].label, self.fields["reason"].required = label, required


class CloseForm(forms.Form):
    on = day_field("归档日期", help_text="从这一天起不再在档；当天的服务请先登记")
    ending = forms.ChoiceField(
        label="结案原因", choices=[(reason.value, reason.label) for reason in CLOSING_REASONS], widget=forms.RadioSelect
    )
    note = note_field("说明")


class ReopenForm(forms.Form):
    on = day_field("恢复日期")
    reason = note_field("恢复理由", required=True)


class OfferForm(forms.Form):
    """Stations of the same city: who moves farther is asked for by the receiver."""

    to_station = forms.ModelChoiceField(
        label="转入站点", queryset=Station.objects.none(), empty_label=BLANK, widget=PlainSelect
    )
    reason = note_field("转移理由", required=True)

    def __init__(self, data: Any = None, *, client: Client) -> None:
        super().__init__(data)
        here = client.station
        stations = Station.objects.in_paths([here.unit.path[:CITY]]).filter(closed_on=None)
        fields: dict[str, Any] = self.fields
        fields["to_station"].queryset = (
            stations.exclude(Q(pk=here.pk) | Q(completed_on=None))
            .select_related("unit__parent__parent")
            .order_by("unit__path")
        )
        fields["to_station"].label_from_instance = station_words


class AskForm(forms.Form):
    to_station = forms.ModelChoiceField(label="转入站点", queryset=Station.objects.none(), empty_label=BLANK)
    name = forms.CharField(label="姓名", max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    id_number = forms.CharField(
        label="身份证号", max_length=18, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="姓名和身份证号都与档案相符才能提出；号码只用于查找，不会保存",
    )  # fmt: skip
    reason = note_field("转移理由", required=True)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        own = Station.objects.visible_to(user, Permission.EDIT_CLIENTS).filter(closed_on=None)
        own = own.exclude(completed_on=None).select_related("unit")
        fields: dict[str, Any] = self.fields
        fields["to_station"].queryset = own
        fields["to_station"].label_from_instance = lambda row: row.unit.name
        only = list(own[:2])
        if len(only) == 1:
            fields["to_station"].widget = forms.HiddenInput()
            fields["to_station"].initial = only[0]


class AnswerForm(forms.Form):
    ACCEPT, REFUSE = "accept", "refuse"
    decision = forms.ChoiceField(
        label="处理", choices=[(ACCEPT, "同意转移"), (REFUSE, "不同意")], widget=forms.RadioSelect
    )
    answer = note_field("处理意见")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("decision") == self.REFUSE and not values.get("answer"):
            self.add_error("answer", "不同意的，请写明理由")
        return values


class TransferFilter(forms.Form):
    state = forms.ChoiceField(
        label="状态", required=False, widget=PlainSelect,
        choices=choices_of([("mine", "待我处理"), ("asked", "待对方确认"), ("decided", "已处理")]),
    )  # fmt: skip


def station_words(station: Station) -> str:
    """“榆次区 · 北关街道社工站”."""
    township = station.unit.parent
    county = township.parent if township else None
    return f"{county.name} · {station.unit.name}" if county else station.unit.name

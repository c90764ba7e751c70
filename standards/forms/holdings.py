"""Forms of the three registers."""

from __future__ import annotations

from typing import Any

from django import forms

from common.forms import choices_of, day_field, note_field
from files.forms import FilesField
from files.kinds import BOTH, IMAGES
from standards.models import (
    Asset,
    AssetCategory,
    AssetState,
    Institution,
    InstitutionKind,
    MoneySource,
    Sign,
    SignKind,
    SignState,
)


class HoldingForm(forms.Form):
    """`COLUMNS` of the row come first; `FILES` are slots."""

    COLUMNS: tuple[str, ...] = ()
    FILES: tuple[str, ...] = ()

    name = forms.CharField(label="名称", max_length=80)
    note = note_field("备注")

    def __init__(self, data: Any = None, files: Any = None, *, row: Any = None) -> None:
        initial = {name: getattr(row, name) for name in self.COLUMNS} if row else {}
        super().__init__(data, files, initial=initial)

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: self.cleaned_data[name] for name in self.COLUMNS} | {
            "files": {slot: self.cleaned_data[slot] for slot in self.FILES}
        }


def _photo(label: str) -> FilesField:
    return FilesField(label=label, required=False, kinds=IMAGES, max_files=3)


class AssetForm(HoldingForm):
    COLUMNS = (
        "name",
        "category",
        "quantity",
        "state",
        "source",
        "source_note",
        "price",
        "location",
        "starts_on",
        "note",
    )
    FILES = ("photo",)
    field_order = [*COLUMNS, "photo"]

    category = forms.ChoiceField(label="类别", choices=AssetCategory.choices)
    quantity = forms.IntegerField(label="数量", min_value=1, max_value=100_000, initial=1)
    state = forms.ChoiceField(label="状态", choices=AssetState.choices, widget=forms.RadioSelect, initial="IN_USE")
    source = forms.ChoiceField(label="资金来源", required=False, choices=choices_of(MoneySource.choices, "---------"))
    source_note = forms.CharField(label="来源说明", required=False, max_length=80, help_text="如 2025 年县级福彩公益金")
    price = forms.DecimalField(label="单价（元）", required=False, min_value=0, max_digits=14, decimal_places=2)
    location = forms.CharField(label="存放位置", required=False, max_length=60)
    starts_on = day_field("购置日期")
    photo = _photo("照片")


class InstitutionForm(HoldingForm):
    COLUMNS = ("name", "kind", "on_wall", "starts_on", "note")
    FILES = ("file", "photo")
    field_order = [*COLUMNS, *FILES]

    kind = forms.ChoiceField(label="类别", choices=InstitutionKind.choices)
    on_wall = forms.BooleanField(label="已上墙", required=False)
    starts_on = day_field("通过日期")
    file = FilesField(label="制度文本", required=False, kinds=BOTH, max_files=3)
    photo = _photo("上墙照片")


class SignForm(HoldingForm):
    COLUMNS = ("name", "kind", "state", "starts_on", "note")
    FILES = ("photo",)
    field_order = [*COLUMNS, "photo"]

    kind = forms.ChoiceField(label="类别", choices=SignKind.choices)
    state = forms.ChoiceField(label="状态", choices=SignState.choices, widget=forms.RadioSelect, initial="GOOD")
    starts_on = day_field("悬挂日期")
    photo = _photo("照片")


class EndHoldingForm(forms.Form):
    on = day_field("停用日期", help_text="自该日起不再使用")
    reason = forms.CharField(label="停用原因", max_length=200)


FORMS: dict[type[Any], type[HoldingForm]] = {Asset: AssetForm, Institution: InstitutionForm, Sign: SignForm}

"""Filters of the room's lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from common.forms import YES_NO, PlainSelect, choices_of
from policies.models import Dimension
from standards.models import (
    AssetCategory,
    AssetState,
    InstitutionKind,
    ItemFailure,
    MoneySource,
    SignKind,
    SignState,
)
from standards.queries.check_list import ANY, Checked, by_check, failing_dimension, failing_item
from stations.forms.filters import ListFilter
from stations.models import StationKind
from stations.models.dated import DatedQuerySet
from stations.models.stations import StationQuerySet


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=PlainSelect)


class CheckFilter(ListFilter):
    """Stations by their county checks, as of the end of a month."""

    kind = _choice("类型", choices_of(StationKind.choices))
    checked = _choice("县级检查", choices_of(Checked.choices))
    dimension = _choice("必备项未达标", [*choices_of(Dimension.choices), (ANY, "任一维度")])
    item = _choice("未达标项目", [])

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        failures = ItemFailure.objects.visible_to(kwargs["user"], kwargs["permission"])
        if self.chosen_unit:
            failures = failures.under(self.chosen_unit)
        names = dict(failures.order_by("starts_on").values_list("code", "name").distinct())
        fields: dict[str, Any] = self.fields
        fields["item"].choices = choices_of(sorted(names.items(), key=lambda pair: pair[1]))

    def apply(self, stations: StationQuerySet) -> StationQuerySet:
        """The completed stations that pass; none while a filter is wrong."""
        if not self.is_valid():
            return stations.none()
        values, on = self.cleaned_data, self.on
        stations = stations.completed(on)
        if self.chosen_unit:
            stations = stations.under(self.chosen_unit)
        if values["kind"]:
            stations = stations.filter(kind=values["kind"])
        if values["checked"]:
            stations = by_check(stations, Checked(values["checked"]), on)
        if values["dimension"]:
            stations = failing_dimension(stations, values["dimension"], on)
        if values["item"]:
            stations = failing_item(stations, values["item"], on)
        if values["q"]:
            word = values["q"].strip()
            stations = stations.filter(Q(unit__name__contains=word) | Q(unit__initials__contains=word.lower()))
        return stations


class HoldingFilter(ListFilter):
    """What the three registers share. `EXACT`: choice fields that are columns."""

    EXACT: tuple[str, ...] = ("kind", "state")

    ended = _choice("停用", [("", "不含停用"), ("yes", "只看停用"), ("all", "全部")])

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["q"].label = "名称、站点"

    def apply(self, rows: DatedQuerySet) -> DatedQuerySet:
        """The rows that pass, as of the day; none while a filter is wrong."""
        if not self.is_valid():
            return rows.none()
        values, on = self.cleaned_data, self.on
        match values["ended"]:
            case "yes":
                rows = rows.filter(ends_on__lte=on)
            case "all":
                rows = rows.filter(starts_on__lte=on)
            case _:
                rows = rows.at(on)
        if self.chosen_unit:
            rows = rows.under(self.chosen_unit)
        for name in self.EXACT:
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        if values["q"]:
            word = values["q"].strip()
            rows = rows.filter(
                Q(name__contains=word)
                | Q(station__unit__name__contains=word)
                | Q(station__unit__initials__contains=word.lower())
            )
        return rows


class AssetFilter(HoldingFilter):
    EXACT = ("category", "state", "source")

    category = _choice("类别", choices_of(AssetCategory.choices))
    state = _choice("状态", choices_of(AssetState.choices))
    source = _choice("资金来源", choices_of(MoneySource.choices))


class InstitutionFilter(HoldingFilter):
    EXACT = ("kind",)

    kind = _choice("类别", choices_of(InstitutionKind.choices))
    on_wall = _choice("上墙", YES_NO)

    def apply(self, rows: DatedQuerySet) -> DatedQuerySet:
        rows = super().apply(rows)
        if self.is_valid() and self.cleaned_data["on_wall"]:
            rows = rows.filter(on_wall=self.cleaned_data["on_wall"] == "yes")
        return rows


class SignFilter(HoldingFilter):
    kind = _choice("类别", choices_of(SignKind.choices))
    state = _choice("状态", choices_of(SignState.choices))

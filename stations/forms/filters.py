"""Filters of the lists. Their parameters are fixed: figures open their records by them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.forms import YES_NO, PlainInput, PlainSelect, choices_of
from common.months import Month, MonthFormField
from common.paths import ancestors
from stations.models import (
    BasicsFilter,
    Dimension,
    Hosting,
    StationKind,
    StationState,
    month_end,
)
from stations.models.building import titled
from stations.models.stations import StationQuerySet


def unit_choices(
    user: User, unit: OrgUnit | None, permission: Permission, *, lowest_level: int = Level.TOWNSHIP
) -> list[tuple[str, str]]:
    """Units to go up or down to: from the user's own ones to `unit`, and what lies right below, down to a level."""
    tops = user.paths(permission)
    above = [step for step in ancestors(unit.path) if any(step.startswith(top) for top in tops)] if unit else tops
    seen = OrgUnit.objects.visible_to(user, permission)
    lowest = unit.pk if unit else None
    if unit is None and len(set(tops)) == 1:
        lowest = seen.values_list("pk", flat=True).get(path=tops[0])
    # The parent's key, not its path: with a join, OR could use no index and would read the whole subtree.
    offered = Q(path__in=above) | Q(parent=lowest, level__lte=lowest_level) if lowest else Q(path__in=above)
    units = list(seen.filter(offered).order_by("path").values_list("pk", "level", "name"))
    top = min((level for _, level, _ in units), default=0)
    return choices_of([(str(pk), "　" * (level - top) + name) for pk, level, name in units])


def choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    """A select of a list's filters."""
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=PlainSelect)


class ListFilter(forms.Form):
    """`unit` (already resolved through the gate), `q` and `month`."""

    unit = choice("单位", [])
    q = forms.CharField(
        label="名称或拼音首字母", required=False, max_length=40, widget=PlainInput(attrs={"type": "search"})
    )
    month = MonthFormField(label="截至月末", required=False, widget=PlainInput(attrs={"type": "month"}))

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None, permission: Permission) -> None:
        super().__init__(data)
        self.chosen_unit = unit
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, permission)

    @property
    def until(self) -> Month | None:
        return self.cleaned_data.get("month") if self.is_valid() else None

    @property
    def on(self) -> date:
        """The day as of which dated facts are shown."""
        return month_end(self.until) if self.until else timezone.localdate()


class StationFilter(ListFilter):
    kind = choice("类型", choices_of(StationKind.choices))
    state = choice("状态", choices_of(StationState.choices))
    basics = choice("基础信息", choices_of(BasicsFilter.choices))
    dimension = choice("建设标准", choices_of(Dimension.choices, "四个维度"))
    met = choice("达标", YES_NO)
    hosting = choice("运营方式", choices_of(Hosting.choices))
    titled = choice("示范称号", YES_NO)

    def apply(self, stations: StationQuerySet) -> StationQuerySet:
        """The stations that pass; none while a filter is wrong."""
        if not self.is_valid():
            return stations.none()
        values, on = self.cleaned_data, self.on
        if self.chosen_unit:
            stations = stations.under(self.chosen_unit)
        if values["month"]:
            stations = stations.known(on)
        if values["kind"]:
            stations = stations.filter(kind=values["kind"])
        if values["state"]:
            stations = stations.state_at(StationState(values["state"]), on)
        if values["basics"]:
            stations = stations.basics(BasicsFilter(values["basics"]), on)
        if values["hosting"]:
            stations = stations.filter(hosting=values["hosting"])
        if values["titled"]:
            stations = stations.filter(titled(on) if values["titled"] == "yes" else ~titled(on))
        if values["met"]:
            stations = self._met(stations, on)
        if values["q"]:
            word = values["q"].strip()
            stations = stations.filter(Q(unit__name__contains=word) | Q(unit__initials__contains=word.lower()))
        return stations

    def _met(self, stations: StationQuerySet, on: date) -> StationQuerySet:
        """Of one dimension, or of all four."""
        if self.cleaned_data["dimension"]:
            met = self.cleaned_data["met"] == "yes"
            return stations.dimension_at(Dimension(self.cleaned_data["dimension"]), on, met=met)
        all_four = stations
        for dimension in Dimension:
            all_four = all_four.dimension_at(dimension, on)
        if self.cleaned_data["met"] == "yes":
            return all_four
        return stations.completed(on).exclude(pk__in=all_four.values("pk"))

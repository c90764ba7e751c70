"""Filters of the lists. Their parameters are fixed: figures open their records by them.

Nobody is searched for by name here: a name would stand in the address. From the file of a person its visits open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from clients.vocabulary import LEVELS, FocusGroup
from common.forms import PlainInput, PlainSelect, choices_of
from common.months import FIRST_DAY, LAST_DAY, MonthFormField
from stations.forms.filters import choice, unit_choices
from stations.models import month_end
from visits.models import BatchState, Source, VisitState
from visits.models.visits import VisitQuerySet, late

P = Permission
STATES = [
    ("", "待探访"),
    ("overdue", "逾期未访"),
    ("over", "超过间隔"),
    ("due", "应访"),
    ("made", "已探访"),
    ("made_late", "已探访（逾期）"),
    ("late", "逾期（已访和未访）"),
    ("no_result", "待填结果"),
    ("unreachable", "未能联系"),
    ("cancelled", "已取消"),
    ("all", "全部"),
]


class VisitFilter(forms.Form):
    """`month`: due, made, given up in it; what is open, overdue or over its interval, as of its end."""

    unit = choice("单位", [])
    state = choice("状态", STATES)
    month = MonthFormField(label="月份", required=False, widget=PlainInput(attrs={"type": "month"}))
    focus = choice("重点人群", choices_of([("any", "任一"), *FocusGroup.choices]))
    level = forms.TypedChoiceField(
        label="跟进级别",
        required=False,
        coerce=int,
        empty_value=None,
        choices=choices_of([(str(each), f"{each}级") for each in LEVELS]),
        widget=PlainSelect,
    )
    source = choice("来源", choices_of(Source.choices))
    mine = choice("探访社工", choices_of([("yes", "我负责和未指定的")]))
    batch = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    client = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        self.user, self.chosen_unit = user, unit
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, P.VIEW_RECORDS, lowest_level=5)

    @property
    def on(self) -> date:
        """The day as of which visits are judged."""
        month = self.cleaned_data.get("month") if self.is_valid() else None
        return month_end(month) if month else timezone.localdate()

    def apply(self, visits: VisitQuerySet) -> VisitQuerySet:
        """The visits that pass; none while a filter is wrong."""
        if not self.is_valid():
            return visits.none()
        given = self.cleaned_data
        if self.chosen_unit:
            visits = visits.under(self.chosen_unit)
        visits = self._in_state(visits, given["state"])
        if given["focus"]:
            visits = visits.in_focus() if given["focus"] == "any" else visits.of_focus(given["focus"])
        for name in ("level", "source", "batch", "client"):
            if given[name]:
                visits = visits.filter(**{name: given[name]})
        if given["mine"]:
            visits = visits.of_worker(self.user)
        return visits

    def _in_state(self, visits: VisitQuerySet, state: str) -> VisitQuerySet:
        month, day = self.cleaned_data["month"], self.on
        first, last = (month.first, month.last) if month else (FIRST_DAY, LAST_DAY)
        words: dict[str, Callable[[], VisitQuerySet]] = {
            "": lambda: visits.standing_at(day) if month else visits.open(),
            "overdue": lambda: visits.overdue_at(day),
            "over": lambda: visits.over_interval_at(day),
            "due": lambda: visits.due_between(first, last),
            "made": lambda: visits.made_between(first, last),
            "made_late": lambda: visits.made_between(first, last).made_late(),
            "late": lambda: visits.due_between(first, last).filter(late(timezone.localdate())),
            "no_result": lambda: visits.made_between(first, last).without_result(),
            "unreachable": lambda: visits.unreachable_between(first, last),
            "cancelled": lambda: visits.filter(state=VisitState.CANCELLED, closed_on__gte=first, closed_on__lte=last),
            "all": lambda: visits.filter(due_on__gte=first, due_on__lte=last),
        }
        return words[state]()


class CountsFilter(forms.Form):
    unit = choice("单位", [])
    month = MonthFormField(label="月份", required=False, widget=PlainInput(attrs={"type": "month"}))

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, P.VIEW_RECORDS, lowest_level=5)


class BatchFilter(forms.Form):
    unit = choice("单位", [])
    state = choice("状态", choices_of(BatchState.choices))
    q = forms.CharField(label="名称", required=False, max_length=40, widget=PlainInput(attrs={"type": "search"}))

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        self.chosen_unit = unit
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, P.VIEW_RECORDS)

    def apply(self, batches: Any) -> Any:
        if not self.is_valid():
            return batches.none()
        given = self.cleaned_data
        if self.chosen_unit:  # read downwards too, so not `under`
            batches = batches.in_paths([self.chosen_unit.path])
        if given["state"]:
            batches = batches.filter(state=given["state"])
        if given["q"]:
            batches = batches.filter(title__contains=given["q"].strip())
        return batches

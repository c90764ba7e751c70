"""Filters of the lists of building: progress, plans, milestones, acceptances, titles of rooms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q

from common.forms import PlainInput, PlainSelect, choices_of
from stations.actions.plans import FIRST_YEAR, LAST_YEAR
from stations.forms.filters import ListFilter
from stations.milestones import Standing
from stations.models import MilestoneKind, TitleState


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=PlainSelect)


class ProgressFilter(ListFilter):
    """`unit` and `month` (as of its end)."""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        del self.fields["q"]


class YearFilter(ListFilter):
    """`unit`, `q`, `year`; with `month_label` also `month`."""

    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=PlainInput(attrs={"type": "number"}),
    )
    words = "名称"
    month_label = ""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if self.month_label:
            self.fields["month"].label = self.month_label
        else:
            del self.fields["month"]
        self.fields["q"].label = self.words

    @property
    def given(self) -> dict[str, Any]:
        """What was chosen; nothing while a filter is wrong."""
        return self.cleaned_data if self.is_valid() else {}

    def inside(self, rows: Any) -> Any:
        """The rows below the chosen unit; none while a filter is wrong."""
        if not self.is_valid():
            return rows.none()
        return rows.under(self.chosen_unit) if self.chosen_unit else rows


class PlanFilter(YearFilter):
    def apply(self, plans: Any) -> Any:
        plans, given = self.inside(plans), self.given
        if given.get("year"):
            plans = plans.filter(year=given["year"])
        if given.get("q"):
            plans = plans.filter(title__contains=given["q"].strip())
        return plans


class MilestoneFilter(YearFilter):
    """`standing` is judged from facts, so the list applies it to judged rows; as of the end of `month`."""

    month_label = "截至月末"
    standing = _choice("进度", choices_of(Standing.choices))
    kind = _choice("完成方式", choices_of(MilestoneKind.choices))
    words = "节点、责任人"

    def apply(self, milestones: Any) -> Any:
        milestones, given = self.inside(milestones), self.given
        if given.get("year"):
            milestones = milestones.filter(plan__year=given["year"])
        if given.get("kind"):
            milestones = milestones.filter(kind=given["kind"])
        if given.get("q"):
            word = given["q"].strip()
            milestones = milestones.filter(Q(name__contains=word) | Q(responsible__contains=word))
        return milestones

    def judged(self, rows: Iterable[Any]) -> list[Any]:
        """Of judged rows (stations.queries.milestones) those of the chosen standing."""
        wanted = self.given.get("standing")
        return [row for row in rows if not wanted or row.standing == wanted]


class AcceptanceFilter(YearFilter):
    """`result`: passed, failed, waiting for corrections, or late with them. `month`: held in it; those that wait, and
    those that are late, as of its end."""

    RESULTS = [("passed", "合格"), ("failed", "不合格"), ("waiting", "待整改"), ("late", "整改逾期")]
    result = _choice("结论", choices_of(RESULTS))
    month_label = "验收月份"
    words = "站点名称或拼音首字母"

    def apply(self, acceptances: Any) -> Any:
        acceptances, given, on = self.inside(acceptances), self.given, self.on
        if given.get("year"):
            acceptances = acceptances.filter(held_on__year=given["year"])
        if given.get("q"):
            acceptances = acceptances.filter(_named("station", given["q"]))
        match given.get("result"):
            case "waiting":
                return acceptances.awaiting_corrections(on)
            case "late":
                return acceptances.corrections_late(on)
        if given.get("month"):
            acceptances = acceptances.held_in(given["month"])
        if given.get("result"):
            acceptances = acceptances.filter(passed=given["result"] == "passed")
        return acceptances


class TitleFilter(YearFilter):
    state = _choice("状态", choices_of(TitleState.choices))
    words = "社工室名称或拼音首字母"

    def apply(self, titles: Any) -> Any:
        titles, given = self.inside(titles), self.given
        if given.get("year"):
            titles = titles.filter(year=given["year"])
        if given.get("state"):
            titles = titles.filter(state=given["state"])
        if given.get("q"):
            titles = titles.filter(_named("room", given["q"]))
        return titles


def _named(station: str, word: str) -> Q:
    word = word.strip()
    return Q(**{f"{station}__unit__name__contains": word}) | Q(**{f"{station}__unit__initials__contains": word.lower()})

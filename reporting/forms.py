"""Forms of the reporting pages. They read the request; the actions judge what it says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from clients.models import Category, FocusGroup
from common.months import Month, MonthFormField
from common.paths import ancestors, within
from reporting.actions import COMMENT_LENGTH, NARRATIVE
from reporting.indicators import Group
from reporting.registry import INDICATORS
from reporting.words import CoverageLevel, Covered, Kept, Punctuality, QueueState


def this_month() -> Month:
    return Month.of(timezone.localdate())


def unit_choices(user: User, permission: Permission, unit: OrgUnit | None) -> list[OrgUnit]:
    """Units for a select: the way down to `unit` within scope, and one level below it (or below the user's own)."""
    tops = user.paths(permission)
    wanted = Q(path__in=tops)
    if unit is None:
        wanted |= Q(parent__path__in=tops)
    else:
        above = [step for step in ancestors(unit.path) if any(within(step, top) for top in tops)]
        wanted |= Q(path__in=above) | Q(parent=unit)
    standing = Q(closed_on=None) | Q(pk=unit.pk if unit else None)
    return list(OrgUnit.objects.visible_to(user, permission).filter(wanted, standing).order_by("path"))


class UnitMonthFilter(forms.Form):
    """GET filters that every list of this room has. `units` are those on offer, in the order of the tree."""

    unit = forms.ChoiceField(label="单位", required=False)
    # The page's month picker changes it; the form only carries it on.
    month = MonthFormField(label="月份", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: list[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = min((unit.level for unit in units), default=0)
        choices = [(str(unit.pk), "\u3000" * (unit.level - top) + unit.name) for unit in units]
        self.fields["unit"].choices = [("", "全部"), *choices]  # type: ignore[attr-defined]

    @property
    def problem(self) -> str:
        """What is wrong with the filters, in one line: month and state have no place of their own on the page."""
        return "；".join(str(error) for errors in self.errors.values() for error in errors)

    def clean_month(self) -> Month | None:
        month: Month | None = self.cleaned_data["month"]
        if month and month > Month.of(timezone.localdate()):
            raise ValidationError(f"{month.label}还没有到")
        return month


class ReportFilter(UnitMonthFilter):
    # The tabs change it.
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *QueueState.choices], widget=forms.HiddenInput
    )
    on_time = forms.ChoiceField(label="时效", required=False, choices=[("", "全部"), *Punctuality.choices])


class CoverageFilter(UnitMonthFilter):
    level = forms.ChoiceField(label="层级", required=False, choices=CoverageLevel.choices)
    covered = forms.ChoiceField(label="建站", required=False, choices=[("", "全部"), *Covered.choices])


class PeopleFilter(UnitMonthFilter):
    focus = forms.ChoiceField(label="重点人群", required=False, choices=[("", "全部"), *FocusGroup.choices])
    category = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Category.choices])
    kept = forms.ChoiceField(label="档案", required=False, choices=[("", "本月服务过"), *Kept.choices])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if sum(bool(typed.get(name)) for name in ("focus", "category", "kept")) > 1:
            raise ValidationError("重点人群、类别和档案请只选一项")
        return typed


def _indicators() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every indicator, by group."""
    return [
        (str(group.label), [(key, one.label) for key, one in INDICATORS.items() if one.group == group])
        for group in Group
    ]


class TrendFilter(UnitMonthFilter):
    key = forms.ChoiceField(label="指标", required=False, choices=_indicators)
    by = forms.ChoiceField(label="列出", required=False, choices=[("", "直接下级"), ("station", "下辖全部站点")])


def _text(field: str, rows: int, help_text: str) -> forms.CharField:
    label, length = NARRATIVE[field]
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": length})
    # No max_length here: the action checks it and names the length that was sent.
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


class ReportForm(forms.Form):
    """The worker's part of a report; the figures fill themselves."""

    summary = _text("summary", 9, "做了什么、服务了哪些人、成效如何。上报前必填，最多 5000 字。")
    problems = _text("problems", 4, "最多 3000 字。")
    plan = _text("plan", 4, "最多 3000 字。")
    zero_confirmed = forms.BooleanField(
        label="确认本月没有开展服务（零报告）", required=False, help_text="只在本月确实没有任何服务记录时勾选。"
    )


class CommentForm(forms.Form):
    comment = forms.CharField(
        label="意见", required=False, widget=forms.Textarea(attrs={"rows": 4, "maxlength": COMMENT_LENGTH})
    )

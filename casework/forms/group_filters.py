"""Filters of the lists of groups, their sessions and activities. Parameters are fixed: figures open records by them.

Groups: `month` with `what`: held (a session in the month; also without `what`), running (as of its end), formed,
ended, stopped. Sessions: `month` (held in it), `state`. Activities: `month` (first held in it), `state`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from casework.models import ActivityState, GroupKind, GroupState, Phase
from casework.models.activities import ActivityQuerySet
from casework.models.groups import GroupQuerySet, GroupSessionQuerySet
from common.forms import PlainInput, choices_of
from common.months import Month, MonthFormField
from services.models import Domain
from stations.forms.filters import choice, unit_choices
from stations.models import Worker, month_end

WHAT = [("held", "开展过活动"), ("running", "月末在组"), ("formed", "成组"), ("ended", "结束"), ("stopped", "提前终止")]
HELD, WAITING = "held", "waiting"
OFFERED = 60  # workers


class _Filter(forms.Form):
    """`unit` is resolved through the gate before the form is made."""

    leads = ""  # the lookup from a worker to what they led

    unit = choice("单位", [])
    month = MonthFormField(label="月份", required=False, widget=PlainInput(attrs={"type": "month"}))
    domain = choice("领域", choices_of(Domain.choices))
    worker = choice("社工", [])
    q = forms.CharField(label="名称", required=False, max_length=40, widget=PlainInput(attrs={"type": "search"}))

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None) -> None:
        super().__init__(data)
        self.chosen_unit = unit
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = unit_choices(user, unit, Permission.VIEW_RECORDS)
        if not user.paths(Permission.EDIT_CASES):  # above a township there are too many to choose from
            del fields["worker"]
            return
        workers = Worker.objects.visible_to(user, Permission.EDIT_CASES).filter(**{f"{self.leads}__isnull": False})
        named = workers.distinct().order_by("name", "pk").values_list("pk", "name")[:OFFERED]
        fields["worker"].choices = choices_of([(str(pk), name) for pk, name in named])

    @property
    def until(self) -> Month | None:
        return self.cleaned_data.get("month") if self.is_valid() else None


class GroupFilter(_Filter):
    leads = "groups"

    what = choice("当月", choices_of(WHAT))
    phase = choice("阶段", choices_of(Phase.choices))
    state = choice("状态", choices_of(GroupState.choices))
    kind = choice("类型", choices_of(GroupKind.choices))

    field_order = ("unit", "month", "what", "phase", "state", "kind", "domain", "worker", "q")

    def apply(self, groups: GroupQuerySet) -> GroupQuerySet:
        """The groups that pass; none while a filter is wrong."""
        if not self.is_valid():
            return groups.none()
        values = self.cleaned_data
        if self.chosen_unit:
            groups = groups.under(self.chosen_unit)
        if values["month"]:
            groups = _in_month(groups, values["month"], values["what"])
        for name in ("state", "kind", "domain"):
            if values[name]:
                groups = groups.filter(**{name: values[name]})
        if values["phase"]:
            groups = groups.open().filter(phase=values["phase"])
        if values.get("worker"):
            groups = groups.filter(workers=values["worker"])
        if values["q"]:
            groups = groups.filter(name__contains=values["q"].strip())
        return groups


def _in_month(groups: GroupQuerySet, month: Month, what: str) -> GroupQuerySet:
    if what == "running":
        return groups.running(month_end(month, timezone.localdate()))
    kinds = {"formed": groups.formed_in, "ended": groups.ended_in, "stopped": groups.stopped_in}
    return kinds.get(what, groups.with_session_in)(month)


class SessionFilter(_Filter):
    leads = "groups"

    state = choice("状态", [("", "全部"), (HELD, "已开展"), (WAITING, "待开展")])

    field_order = ("unit", "month", "state", "domain", "worker", "q")

    def apply(self, sessions: GroupSessionQuerySet) -> GroupSessionQuerySet:
        """The sessions that pass; none while a filter is wrong."""
        if not self.is_valid():
            return sessions.none()
        values = self.cleaned_data
        if self.chosen_unit:
            sessions = sessions.under(self.chosen_unit)
        if values["month"]:
            sessions = sessions.held_in(values["month"])
        if values["state"]:
            sessions = sessions.held() if values["state"] == HELD else sessions.waiting()
        if values["domain"]:
            sessions = sessions.filter(group__domain=values["domain"])
        if values.get("worker"):
            sessions = sessions.filter(group__workers=values["worker"])
        if values["q"]:
            sessions = sessions.filter(group__name__contains=values["q"].strip())
        return sessions


class ActivityFilter(_Filter):
    leads = "activities"

    state = choice("状态", choices_of(ActivityState.choices))

    field_order = ("unit", "month", "state", "domain", "worker", "q")

    def apply(self, activities: ActivityQuerySet) -> ActivityQuerySet:
        """The activities that pass; none while a filter is wrong."""
        if not self.is_valid():
            return activities.none()
        values = self.cleaned_data
        if self.chosen_unit:
            activities = activities.under(self.chosen_unit)
        if values["month"]:
            activities = activities.held_in(values["month"])
        for name in ("state", "domain"):
            if values[name]:
                activities = activities.filter(**{name: values[name]})
        if values.get("worker"):
            activities = activities.filter(workers=values["worker"])
        if values["q"]:
            activities = activities.filter(name__contains=values["q"].strip())
        return activities

"""Forms of community activities. They read the request; the actions judge what it says."""

from __future__ import annotations

from typing import Any

from django import forms

from casework.actions.activities import MOST_VISITORS
from casework.forms.groups import offer_workers, own_worker, score_fields, words, workers_field
from casework.models import Activity, Attainment
from casework.models.satisfaction import SCORE_FIELDS
from common.forms import day_field, note_field
from services.forms.fields import count_field
from services.models import Domain
from stations.models import Station

PLAN = (
    "name", "domain", "purpose", "content", "starts_on", "ends_on", "place", "expected", "volunteers_needed",
    "partners", "budget",
)  # fmt: skip


class ActivityForm(forms.Form):
    name = forms.CharField(label="活动主题", max_length=60)
    domain = forms.ChoiceField(label="领域", choices=Domain.choices, widget=forms.RadioSelect)
    starts_on = day_field("计划开始日期", today=False)
    ends_on = day_field("计划结束日期", required=False, today=False, help_text="当天结束可不填")
    place = forms.CharField(label="活动地点", max_length=100)
    purpose = words("活动目的", 3, 500, required=True)
    content = words("活动内容", 4, 1000, help_text="流程、物资、分工、应急")
    expected = forms.IntegerField(label="预计参加人数", min_value=1, max_value=MOST_VISITORS)
    volunteers_needed = count_field("需要志愿者人数", 9999)
    partners = forms.CharField(label="合作单位", max_length=200, required=False)
    workers = workers_field("负责社工")
    budget = forms.DecimalField(label="预算（元）", required=False, min_value=0, decimal_places=2)

    def __init__(self, data: Any = None, *, station: Station, user_id: int, activity: Activity | None = None) -> None:
        initial: dict[str, Any] = {"workers": own_worker(station, user_id)}
        if activity:
            initial = {name: getattr(activity, name) for name in PLAN}
            initial["workers"] = list(activity.workers.values_list("pk", flat=True))
        super().__init__(data, initial=initial)
        offer_workers(self, station)


class ConclusionForm(forms.Form):
    concluded_on = day_field("总结日期")
    attainment = forms.ChoiceField(label="目标达成", choices=Attainment.choices, widget=forms.RadioSelect)
    result = words("活动成效", 4, 1000, required=True)
    evaluation = words("评估和改进", 4, 1000, required=True)
    cost = forms.DecimalField(label="实际支出（元）", required=False, min_value=0, decimal_places=2)

    def __init__(self, data: Any = None, *, activity: Activity) -> None:
        names = ("attainment", "result", "evaluation", "cost")
        initial = {name: getattr(activity, name) for name in names}
        scored = {name: getattr(activity, name) for name in SCORE_FIELDS.values()}
        super().__init__(data, initial=initial | {name: count or None for name, count in scored.items()})
        self.fields.update(score_fields())

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    @property
    def scores(self) -> list[forms.BoundField]:
        return [self[name] for name in SCORE_FIELDS.values()]


class CancelForm(forms.Form):
    cancelled_on = day_field("取消日期")
    reason = note_field("取消原因", required=True)


class TakeBackForm(forms.Form):
    reason = note_field("撤回理由", required=True)
    expected = forms.CharField(widget=forms.HiddenInput, max_length=10)

    def __init__(self, data: Any = None, *, expected: str) -> None:
        super().__init__(data, initial={"expected": expected})

"""Forms of groups. They read the request; the actions judge what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from casework.actions.groups import MOST_MEMBERS, MOST_SESSIONS
from casework.models import Attainment, Group, GroupEvaluation, GroupKind, GroupMember, GroupSession, Phase
from casework.models.satisfaction import SCORE_FIELDS, Satisfaction
from common.forms import day_field, note_field
from services.forms.fields import count_field
from services.models import Domain
from services.queries import team_choices
from stations.models import Station, Worker

LOOK_BACK = timedelta(days=366)  # whoever was posted within a year may have led
SCALES = 3


def words(label: str, rows: int, most: int, *, required: bool = False, help_text: str = "") -> forms.CharField:
    # No max_length: the action checks it and names the length that was sent.
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=required, widget=widget, help_text=help_text)


def workers_field(label: str) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(Worker.objects.none(), label=label, widget=forms.CheckboxSelectMultiple)


def offer_workers(form: forms.Form, station: Station) -> None:
    today = timezone.localdate()
    workers: Any = form.fields["workers"]
    workers.queryset = team_choices(station, today - LOOK_BACK, today)


def own_worker(station: Station, user_id: int) -> list[int]:
    """The user's own name, ticked; or the only one there is."""
    today = timezone.localdate()
    team = list(team_choices(station, today, today))
    return [worker.pk for worker in team if worker.user_id == user_id] or [
        worker.pk for worker in team if len(team) == 1
    ]


PLAN = (
    "name", "kind", "domain", "purpose", "goals", "target", "planned_sessions", "planned_members", "schedule", "place",
    "difficulties", "answers", "budget",
)  # fmt: skip


class GroupForm(forms.Form):
    """The plan. Of a new group also the day on which its preparation began."""

    name = forms.CharField(label="小组名称", max_length=60, help_text="不要写组员姓名")
    kind = forms.ChoiceField(label="小组类型", choices=GroupKind.choices, widget=forms.RadioSelect)
    domain = forms.ChoiceField(label="领域", choices=Domain.choices, widget=forms.RadioSelect)
    opened_on = day_field("筹备日期")
    target = forms.CharField(label="招募对象", max_length=200, help_text="什么样的人，如“辖区独居老人”")
    purpose = words("小组目的", 3, 500, help_text="进入形成期前必填")
    goals = words("小组目标", 3, 1000, help_text="具体、可衡量；进入形成期前必填")
    planned_sessions = forms.IntegerField(label="计划节数", min_value=1, max_value=MOST_SESSIONS)
    planned_members = forms.IntegerField(label="计划人数", min_value=2, max_value=MOST_MEMBERS)
    schedule = forms.CharField(label="活动时间安排", max_length=100, required=False, help_text="如“每周三下午”")
    place = forms.CharField(label="活动地点", max_length=100, required=False)
    workers = workers_field("带领社工")
    difficulties = words("预计困难", 2, 1000)
    answers = words("应对办法", 2, 1000)
    budget = forms.DecimalField(label="预算（元）", required=False, min_value=0, decimal_places=2)

    def __init__(self, data: Any = None, *, station: Station, user_id: int, group: Group | None = None) -> None:
        initial: dict[str, Any] = {"workers": own_worker(station, user_id)}
        if group:
            initial = {name: getattr(group, name) for name in PLAN}
            initial["workers"] = list(group.workers.values_list("pk", flat=True))
        super().__init__(data, initial=initial)
        offer_workers(self, station)
        if group:
            del self.fields["opened_on"]


class SessionForm(forms.Form):
    planned_on = day_field("计划日期", today=False)
    topic = forms.CharField(label="主题", max_length=60)
    phase = forms.ChoiceField(
        label="所属阶段",
        choices=[choice for choice in Phase.choices if choice[0] != Phase.PREPARATION],
        widget=forms.RadioSelect,
    )
    content = words("活动内容", 4, 1000, help_text="流程、物资、分工")

    def __init__(self, data: Any = None, *, session: GroupSession | None = None, **initial: Any) -> None:
        if session:
            initial = {name: getattr(session, name) for name in ("planned_on", "topic", "phase", "content")}
        super().__init__(data, initial=initial)


class MemberForm(forms.Form):
    """When a member came and left."""

    joined_on = day_field("入组日期", today=False)
    left_on = day_field("离组日期", required=False, today=False, help_text="自当日起不再参加；仍在组的不填")
    reason = note_field("离组原因")

    def __init__(self, data: Any = None, *, member: GroupMember) -> None:
        initial = {"joined_on": member.joined_on, "left_on": member.left_on, "reason": member.left_reason}
        super().__init__(data, initial=initial)


class PhaseForm(forms.Form):
    on = day_field("日期")
    observed = words(
        "观察和小结", 5, 1000, required=True, help_text="本阶段组员的表现、互动和带领情况；请勿填写身份证号"
    )
    expected = forms.CharField(widget=forms.HiddenInput, max_length=12)

    def __init__(self, data: Any = None, *, expected: str) -> None:
        super().__init__(data, initial={"expected": expected})


class DayForm(forms.Form):
    on = day_field("日期")


class StopForm(DayForm):
    reason = note_field("终止原因", required=True)


def score_fields() -> dict[str, forms.IntegerField]:
    """One count for each mark, labelled by the model."""
    labels = {field.name: str(field.verbose_name) for field in Satisfaction._meta.local_fields}
    return {name: count_field(labels[name], 9999) for name in SCORE_FIELDS.values()}


class EvaluationForm(forms.Form):
    """The evaluation with up to three scales, whose fields are scale_0_name, scale_0_people, …"""

    on = day_field("评估日期")
    attainment = forms.ChoiceField(label="目标达成", choices=Attainment.choices, widget=forms.RadioSelect)
    goals = words("目标达成情况", 4, 1000, required=True)
    process = words("过程评估", 4, 1000, required=True, help_text="出勤、互动、带领、困难及应对")
    summary = words("总结和建议", 4, 1000, required=True)

    def __init__(self, data: Any = None, *, evaluation: GroupEvaluation | None = None) -> None:
        initial: dict[str, Any] = {}
        if evaluation:
            names = ("on", "attainment", "goals", "process", "summary", *SCORE_FIELDS.values())
            initial = {name: getattr(evaluation, name) for name in names}
            for number, scale in enumerate(evaluation.scales.all()):
                for name in ("name", "people", "before", "after"):
                    initial[f"scale_{number}_{name}"] = getattr(scale, name)
        super().__init__(data, initial=initial)
        self.fields.update(score_fields())
        for number in range(SCALES):
            self.fields[f"scale_{number}_name"] = forms.CharField(label="量表", required=False, max_length=40)
            self.fields[f"scale_{number}_people"] = count_field("填写人数", 9999)
            for name, label in (("before", "前测平均分"), ("after", "后测平均分")):
                self.fields[f"scale_{number}_{name}"] = forms.DecimalField(
                    label=label, required=False, decimal_places=1, max_digits=5, min_value=0
                )

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    @property
    def scores(self) -> list[forms.BoundField]:
        return [self[name] for name in SCORE_FIELDS.values()]

    @property
    def scales(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"scale_{number}_{name}"] for name in ("name", "people", "before", "after")]
            for number in range(SCALES)
        ]

    def values(self) -> dict[str, Any]:
        """The arguments of the action: a scale counts once anything of it is filled in."""
        typed = self.cleaned_data
        found = {name: typed[name] for name in (*self.base_fields, *SCORE_FIELDS.values())}
        scales = [
            {name: typed[f"scale_{number}_{name}"] for name in ("name", "people", "before", "after")}
            for number in range(SCALES)
        ]
        return found | {"scales": [scale for scale in scales if any(v not in (None, "") for v in scale.values())]}

    def add_error(self, field: Any, error: Any) -> None:
        """What the action says of the scales stands beside the first of them."""
        super().add_error("scale_0_name" if field == "scales" else field, error)


class AttendanceForm(forms.Form):
    """Who came: `came` keys of members, `reason_<key>` of those who did not, `seen` who the user saw as present."""

    came = forms.MultipleChoiceField(label="到场", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, data: Any, *, lines: Iterable[AttendanceLine]) -> None:
        self.lines = list(lines)
        super().__init__(data, initial={"seen": ",".join(str(line.key) for line in self.lines if line.ticked)})
        fields: dict[str, Any] = self.fields
        fields["came"].choices = [(str(line.key), str(line.key)) for line in self.lines]
        for line in self.lines:
            fields[line.field] = forms.CharField(label=f"{line.number} 号缺席原因", required=False, max_length=100)
            if data is not None:
                line.ticked = str(line.key) in data.getlist("came")
                line.reason = data.get(line.field, "")[:100]

    def values(self) -> dict[str, Any]:
        ticked = {int(key) for key in self.cleaned_data["came"]}
        seen = {int(key) for key in self.cleaned_data["seen"].split(",") if key.isascii() and key.isdigit()}
        return {
            "came": ticked,
            "reasons": {line.key: self.cleaned_data[line.field] for line in self.lines},
            "seen": seen & {line.key for line in self.lines},
        }

    def shown(self) -> list[AttendanceLine]:
        for line in self.lines:
            line.error = "；".join(str(problem) for problem in self.errors.get(line.field, ())) if self.is_bound else ""
        return self.lines


class AttendanceLine:
    """A member of that day: one line of the form."""

    def __init__(self, member: GroupMember, name: str, ticked: bool, reason: str) -> None:
        self.key, self.number, self.name = member.pk, member.number, name
        self.field = f"reason_{member.pk}"
        self.ticked, self.reason, self.error = ticked, reason, ""

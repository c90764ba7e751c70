"""Forms about trainings: what it was, who took part, and the filter of the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Level, OrgUnit, User
from accounts.queries import home_unit
from accounts.roles import Permission
from common.forms import PlainInput, choices_of, day_field, note_field
from files.forms import FilesField
from stations.forms.filters import ListFilter, choice
from stations.models import StationPosting, Training, TrainingKind, Worker


class TrainingForm(forms.Form):
    topic = forms.CharField(label="主题", max_length=100)
    kind = forms.ChoiceField(label="类型", choices=choices_of(TrainingKind.choices, "---------"))
    organiser = forms.CharField(label="主办单位", max_length=80)
    place = forms.CharField(label="地点", max_length=100, required=False)
    held_from = day_field("开始日期")
    held_to = day_field("结束日期", help_text="含当日")
    hours = forms.DecimalField(label="学时", help_text="全程参加的学时，每天最多 12")
    unit = forms.ModelChoiceField(
        label="登记单位", queryset=OrgUnit.objects.none(), empty_label="---------", help_text="由该单位管理本条记录"
    )
    note = note_field()
    materials = FilesField(label="通知、签到表、结业证明", required=False)

    def __init__(self, data: Any = None, files: Any = None, *, user: User, training: Training | None = None) -> None:
        names = ("topic", "kind", "organiser", "place", "held_from", "held_to", "hours", "note")
        initial = {name: getattr(training, name) for name in names} if training else {}
        super().__init__(data, files, initial={"unit": training.unit_id if training else home_unit(user), **initial})
        fields: dict[str, Any] = self.fields
        units = OrgUnit.objects.visible_to(user, Permission.MANAGE_WORKERS).filter(level__gte=Level.COUNTY)
        fields["unit"].queryset = units.filter(closed_on=None).order_by("path")


class Candidate:
    """A worker who may have taken part: one line of the form."""

    def __init__(self, worker: Worker, station: str, hours: Decimal | None) -> None:
        self.worker, self.station, self.hours = worker, station, hours
        self.field = f"hours_{worker.pk}"
        self.ticked = hours is not None
        self.text = "" if hours is None else str(hours)
        self.error = ""


def candidates(user: User, training: Training, within: OrgUnit | None) -> list[Candidate]:
    """Whom the user manages and who was posted when the training ended, or takes part already; by station. Two queries.

    `within` narrows them to the stations of a unit.
    """
    reach = Worker.objects.visible_to(user, Permission.MANAGE_WORKERS)
    reach = reach.managed_from(user.paths(Permission.MANAGE_WORKERS))
    hours = {row.worker_id: row.hours for row in training.attendances.all()}
    there = StationPosting.objects.visible_to(user, Permission.VIEW_WORKERS).at(training.held_to)
    if within:
        there = there.under(within)
    stations = {row.worker_id: row.station.unit for row in there.select_related("station__unit")}
    wanted = Q(pk__in=stations) if within else Q(pk__in=stations) | Q(pk__in=hours)
    found = [
        (stations[worker.pk].path if worker.pk in stations else "~", worker)
        for worker in reach.filter(wanted).order_by("name", "pk")
    ]
    found.sort(key=lambda pair: pair[0])
    return [
        Candidate(worker, stations[worker.pk].name if worker.pk in stations else "", hours.get(worker.pk))
        for _, worker in found
    ]


class AttendanceForm(forms.Form):
    """Who took part, with hours (empty: the training's). `seen`: who the user saw as taking part."""

    workers = forms.MultipleChoiceField(label="参训人员", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(self, data: Any, *, lines: Iterable[Candidate]) -> None:
        self.lines = list(lines)
        super().__init__(data, initial={"seen": ",".join(str(line.worker.pk) for line in self.lines if line.ticked)})
        fields: dict[str, Any] = self.fields
        fields["workers"].choices = [(str(line.worker.pk), line.worker.name) for line in self.lines]
        for line in self.lines:
            fields[line.field] = forms.CharField(label=f"{line.worker.name}的学时", required=False, max_length=20)
            if data is not None:
                line.ticked = str(line.worker.pk) in data.getlist("workers")
                line.text = data.get(line.field, "")[:20]

    def values(self) -> dict[str, Any]:
        """What set_attendance takes."""
        ticked = set(self.cleaned_data["workers"])
        offered = {line.worker.pk for line in self.lines}
        seen = {int(key) for key in self.cleaned_data["seen"].split(",") if key.isascii() and key.isdigit()}
        return {
            "hours": {
                line.worker: self.cleaned_data[line.field] for line in self.lines if str(line.worker.pk) in ticked
            },
            "seen": seen & offered,
        }

    def shown(self) -> list[Candidate]:
        """The lines with their errors."""
        for line in self.lines:
            line.error = "；".join(str(problem) for problem in self.errors.get(line.field, ())) if self.is_bound else ""
        return self.lines


class TrainingFilter(ListFilter):
    kind = choice("类型", choices_of(TrainingKind.choices))
    year = forms.IntegerField(
        label="年度", required=False, min_value=2000, max_value=2099, widget=PlainInput(attrs={"inputmode": "numeric"})
    )

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None, permission: Permission) -> None:
        super().__init__(data, user=user, unit=unit, permission=permission)
        self.fields["q"].label = "主题、主办单位"
        self.fields["month"].label = "月份"

    def apply(self, trainings: Any) -> Any:
        """The trainings that pass; none while a filter is wrong."""
        if not self.is_valid():
            return trainings.none()
        values = self.cleaned_data
        if self.chosen_unit:
            trainings = trainings.under(self.chosen_unit)
        if values["kind"]:
            trainings = trainings.filter(kind=values["kind"])
        if values["month"]:
            trainings = trainings.filter(held_to__gte=values["month"].first, held_to__lte=values["month"].last)
        if values["year"]:
            first, last = date(values["year"], 1, 1), date(values["year"], 12, 31)
            trainings = trainings.filter(held_to__gte=first, held_to__lte=last)
        if values["q"]:
            word = values["q"].strip()
            trainings = trainings.filter(Q(topic__contains=word) | Q(organiser__contains=word))
        return trainings

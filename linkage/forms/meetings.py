"""Forms of joint meetings."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from common.forms import day_field, note_field
from files.forms import FilesField
from linkage.actions.meetings import TaskFacts
from linkage.forms.shared import UnitForm
from linkage.models import Meeting, Organisation, Party
from linkage.queries.organisations import organisations_around

TASKS = 3


class _MeetingFields(forms.Form):
    held_on = day_field("会议日期")
    place = forms.CharField(label="地点", required=False, max_length=60)
    chair = forms.CharField(label="主持人", max_length=40)
    topics = forms.CharField(label="议题", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    there = forms.MultipleChoiceField(
        label="参会方", choices=Party.choices, widget=forms.CheckboxSelectMultiple, help_text="至少两方"
    )
    organisations = forms.ModelMultipleChoiceField(
        label="到会的社会组织",
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minutes = FilesField(label="会议纪要、签到表、照片", required=False)

    def _offer(self, user: User, kept: Any = ()) -> None:
        fields: dict[str, Any] = self.fields
        for party in Party:
            fields[f"party_{party}"] = forms.CharField(label=f"{party.label}：参会人员", required=False, max_length=200)
        fields["organisations"].queryset = organisations_around(user.paths(Permission.EDIT_LINKAGE), kept)

    def _values(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        who = {party: typed.pop(f"party_{party}", "") for party in Party}
        there = set(typed.pop("there")) | {party for party, words in who.items() if words.strip()}
        return typed | {"parties": {str(party): who[party] for party in Party if party in there}}


class MeetingForm(UnitForm, _MeetingFields):
    """With the first things agreed; more are added on the meeting's page."""

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        super().__init__(data, files, user=user)
        self._offer(user)
        fields: dict[str, Any] = self.fields
        for number in range(TASKS):
            fields[f"text_{number}"] = forms.CharField(label=f"议定事项 {number + 1}", required=False, max_length=200)
            fields[f"responsible_{number}"] = forms.CharField(label="责任方", required=False, max_length=60)
            fields[f"due_on_{number}"] = day_field("完成期限", required=False, today=False)
        tasks = [f"{name}_{number}" for number in range(TASKS) for name in ("text", "responsible", "due_on")]
        self.order_fields(_order(tasks))

    def values(self) -> dict[str, Any]:
        typed = self._values()
        tasks = [
            TaskFacts(typed.pop(f"text_{n}"), typed.pop(f"responsible_{n}"), typed.pop(f"due_on_{n}"))
            for n in range(TASKS)
        ]
        return typed | {"tasks": tasks}


class MeetingEditForm(_MeetingFields):
    def __init__(self, data: Any = None, files: Any = None, *, user: User, meeting: Meeting) -> None:
        parties = {row.party: row.people for row in meeting.parties.all()}
        here = list(meeting.organisations.values_list("pk", flat=True))
        initial = {name: getattr(meeting, name) for name in ("held_on", "place", "chair", "topics")}
        initial |= {"there": list(parties), "organisations": here}
        initial |= {f"party_{party}": people for party, people in parties.items()}
        super().__init__(data, files, initial=initial)
        self._offer(user, here)
        self.order_fields(_order([]))

    def values(self) -> dict[str, Any]:
        return self._values()


def _order(tasks: list[str]) -> list[str]:
    parties = [f"party_{party}" for party in Party]
    head = ["token", "unit", "held_on", "place", "chair", "there", *parties]
    return [*head, "organisations", "topics", *tasks, "minutes"]


class TaskForm(forms.Form):
    text = forms.CharField(label="议定事项", max_length=200)
    responsible = forms.CharField(label="责任方", max_length=60)
    due_on = day_field("完成期限", today=False)


class DoneForm(forms.Form):
    done_on = day_field("完成日期")
    result = note_field("落实情况", required=True)

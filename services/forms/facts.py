"""The facts of a record as fields: shared by logging and correcting. They type and carry; services.rules judges."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from services import rules
from services.forms.fields import count_field, hours_field
from services.forms.people import PeopleForm, counted_groups
from services.models import Domain, FocusGroup, Method
from services.queries import team_choices
from services.vocabulary import suggested_title
from stations.models import Worker

LOOK_BACK = timedelta(days=62)  # whoever left within two months is still offered


class FactsForm(PeopleForm):
    """The facts of a record. Required fields are judged with all others, so that every problem shows at once."""

    method = forms.ChoiceField(label="方法", choices=Method.choices, widget=forms.RadioSelect, required=False)
    domain = forms.ChoiceField(label="领域", choices=Domain.choices, widget=forms.RadioSelect, required=False)
    starts_on = forms.DateField(label="开始日期", required=False, widget=forms.DateInput)
    ends_on = forms.DateField(label="结束日期", required=False, widget=forms.DateInput, help_text="当天结束可不填")
    starts_at = forms.TimeField(label="开始时间", required=False, widget=forms.TimeInput, help_text="可不填")
    contacts = count_field(rules.LABELS["contacts"], rules.MAX_CONTACTS)
    elderly = count_field(FocusGroup.ELDERLY.label, rules.MAX_CONTACTS)
    children = count_field(FocusGroup.CHILDREN.label, rules.MAX_CONTACTS)
    orphans = count_field(FocusGroup.ORPHANS.label, rules.MAX_CONTACTS)
    hardship = count_field(FocusGroup.HARDSHIP.label, rules.MAX_CONTACTS)
    hours = hours_field("服务时长（小时）")
    workers = forms.ModelMultipleChoiceField(
        Worker.objects.none(), label="社工", required=False, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label="服务内容", required=False, help_text="不填则按领域和方法自动生成")
    place = forms.CharField(label="地点", required=False)
    volunteers = count_field("志愿者人数", rules.MAX_VOLUNTEERS)
    volunteer_hours = hours_field("志愿服务时长（小时）")
    result = forms.CharField(
        label="服务结果", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="请勿填写身份证号"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        workers: Any = self.fields["workers"]
        workers.queryset = team_choices(self.station, self._first_day(), today)
        for name, limit in (("title", rules.MAX_TITLE), ("place", rules.MAX_PLACE), ("result", rules.MAX_RESULT)):
            self.fields[name].widget.attrs["maxlength"] = limit

    def _first_day(self) -> date:
        """From when on workers are offered: two months back, or the day that was typed if that is earlier."""
        typed = self["starts_on"].value()
        if isinstance(typed, str):
            try:
                typed = date.fromisoformat(typed)
            except ValueError:
                typed = None
        return min(typed or self.today, self.today - LOOK_BACK)

    def facts(self) -> dict[str, Any]:
        """What was typed, as arguments of the actions. A number that was left blank follows from the people named; a
        typed one wins, zero too. After `is_valid`."""
        typed = self.cleaned_data
        found = {name: typed.get(name) for name in rules.CHECKS}
        found["contacts"] = self.contacts_of(typed)
        day = typed.get("ends_on") or typed.get("starts_on") or self.today
        counted = counted_groups(self.served() or (), day)
        for group in FocusGroup.values:
            found[group] = counted[group] if typed.get(group) is None else typed[group]
        found["volunteers"] = typed.get("volunteers") or 0
        found["volunteer_hours"] = typed.get("volunteer_hours") or Decimal(0)
        # Without domain or method the entry is refused for those; a blank title is then no third problem.
        found["title"] = found["title"] or suggested_title(found["domain"], found["method"]) or "服务"
        found["workers"] = list(typed.get("workers") or [])
        found["clients"] = self.served()
        return found

    def contacts_of(self, typed: dict[str, Any]) -> int | None:
        """The contacts: as typed, else everybody who is named; None when there is neither."""
        return typed["contacts"] if typed.get("contacts") is not None else len(self.served() or ()) or None

    @property
    def focus_fields(self) -> list[forms.BoundField]:
        return [self[group] for group in FocusGroup.values]

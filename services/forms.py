"""The entry form, the forms of correcting and voiding. They type and carry; services.rules judges what they say."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from services import rules
from services.models import Domain, FocusGroup, Method, ServiceRecord
from services.queries import team_choices
from services.vocabulary import suggested_title, what, whom
from stations.models import Station, Worker

OTHER_DAY = "other"
LOOK_BACK = timedelta(days=62)  # whoever left within two months is still offered


def _count(label: str, maximum: int, **attrs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": 0, "max": maximum, "step": 1, "inputmode": "numeric", **attrs})
    return forms.IntegerField(label=label, required=False, widget=widget)


def _hours(label: str, **attrs: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"min": 0, "step": "0.1", "inputmode": "decimal", **attrs})
    return forms.DecimalField(label=label, required=False, widget=widget)


class FactsForm(forms.Form):
    """The facts of a record. Required fields are judged with all others, so that every problem shows at once."""

    method = forms.ChoiceField(label="方法", choices=Method.choices, widget=forms.RadioSelect, required=False)
    domain = forms.ChoiceField(label="领域", choices=Domain.choices, widget=forms.RadioSelect, required=False)
    starts_on = forms.DateField(label="开始日期", required=False, widget=forms.DateInput)
    ends_on = forms.DateField(label="结束日期", required=False, widget=forms.DateInput, help_text="当天结束可不填")
    contacts = _count(rules.LABELS["contacts"], rules.MAX_CONTACTS)
    elderly = _count(FocusGroup.ELDERLY.label, rules.MAX_CONTACTS)
    children = _count(FocusGroup.CHILDREN.label, rules.MAX_CONTACTS)
    orphans = _count(FocusGroup.ORPHANS.label, rules.MAX_CONTACTS)
    hardship = _count(FocusGroup.HARDSHIP.label, rules.MAX_CONTACTS)
    hours = _hours("服务时长（小时）")
    workers = forms.ModelMultipleChoiceField(
        Worker.objects.none(), label="社工", required=False, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label="服务内容", required=False, help_text="不填则按领域和方法自动生成")
    place = forms.CharField(label="地点", required=False)
    volunteers = _count("志愿者人数", rules.MAX_VOLUNTEERS)
    volunteer_hours = _hours("志愿服务时长（小时）")
    result = forms.CharField(
        label="服务结果", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="请勿填写身份证号"
    )

    def __init__(self, *args: Any, station: Station, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.station = station
        self.today = today
        workers: Any = self.fields["workers"]
        workers.queryset = team_choices(station, self._first_day(), today)
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
        """What was typed, as arguments of the actions; a blank count is zero, except that of the contacts."""
        typed = self.cleaned_data
        found = {name: typed.get(name) for name in rules.CHECKS}
        found.update({group: typed.get(group) or 0 for group in FocusGroup.values})
        found["volunteers"] = typed.get("volunteers") or 0
        found["volunteer_hours"] = typed.get("volunteer_hours") or Decimal(0)
        # Without domain or method the entry is refused for those; a blank title is then no third problem.
        found["title"] = found["title"] or suggested_title(found["domain"], found["method"]) or "服务"
        found["workers"] = list(typed.get("workers") or [])
        return found

    @property
    def focus_fields(self) -> list[forms.BoundField]:
        return [self[group] for group in FocusGroup.values]


class LogForm(FactsForm):
    """Logging. `when` is the day itself (today, yesterday) or "other", so that a page left open overnight keeps it."""

    station_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    client_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), "提交编号无效，请刷新页面")
    )
    when = forms.CharField(required=False, max_length=10)
    judged_for = forms.DateField(required=False)
    must_confirm = False  # the entry is late and its due date was not on the page that was sent
    saved_before: ServiceRecord | None = None  # this submit's record, which says something else

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        placeholder = suggested_title(self["domain"].value(), self["method"].value())
        self.fields["title"].widget.attrs |= {"list": "titles", "autocomplete": "off", "placeholder": placeholder}

    @property
    def title_words(self) -> dict[str, dict[str, str]]:
        """The halves of suggested titles, for the script that shows them as the chips are pressed."""
        return {
            "domain": {key: whom(key) for key in Domain.values},
            "method": {key: what(key) for key in Method.values},
        }

    @property
    def days(self) -> list[dict[str, Any]]:
        """The chips of the day: value, label, chosen."""
        chosen = self["when"].value() or self.today.isoformat()
        yesterday = self.today - timedelta(days=1)
        offered = [(self.today.isoformat(), "今天", self.today), (yesterday.isoformat(), "昨天", yesterday)]
        values = [value for value, _, _ in offered]
        chips = [
            {"value": value, "label": label, "day": day, "chosen": value == chosen} for value, label, day in offered
        ]
        return [*chips, {"value": OTHER_DAY, "label": "其他日期", "day": None, "chosen": chosen not in values}]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        when = typed.get("when") or ""
        if when and when != OTHER_DAY:
            try:
                day = date.fromisoformat(when)
            except ValueError:
                raise ValidationError("请重新选择服务日期") from None
            typed["starts_on"] = typed["ends_on"] = day
            for name in ("starts_on", "ends_on"):  # what stands in the folded fields does not matter
                self.errors.pop(name, None)
        return typed

    def begin_anew(self, record: ServiceRecord) -> None:
        """`record` was saved by this page, which now says something else: keep what was typed, under a new id."""
        self.saved_before = record
        data: Any = self.data
        self.data = data.copy()
        self.data["client_id"] = str(uuid.uuid4())  # type: ignore[index]

    @classmethod
    def blank(cls, *, station: Station, today: date, team: Iterable[Worker], user_id: int, **presets: Any) -> LogForm:
        """A fresh form: today, one hour, the user's own name ticked (or the only one there is)."""
        team = list(team)
        ticked = [worker.pk for worker in team if worker.user_id == user_id] or [
            worker.pk for worker in team if len(team) == 1
        ]
        initial = {
            "station_id": station.pk,
            "client_id": uuid.uuid4(),
            "when": today.isoformat(),
            "contacts": 1,
            "hours": Decimal("1.0"),
            "workers": ticked,
            **{name: value for name, value in presets.items() if value not in (None, "")},
        }
        return cls(station=station, today=today, initial=initial)


class CorrectForm(FactsForm):
    reason = forms.CharField(
        label="更正理由",
        error_messages={"required": "请填写理由"},
        widget=forms.TextInput(attrs={"maxlength": rules.MAX_REASON}),
        help_text="更正前后的内容都留在记录的历史中",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].required = True
        self.fields["starts_on"].error_messages["required"] = "请填写开始日期"


class VoidForm(forms.Form):
    reason = forms.CharField(
        label="作废理由",
        error_messages={"required": "请填写理由"},
        widget=forms.TextInput(attrs={"maxlength": rules.MAX_REASON}),
        help_text="如：重复登记、登记到了别的站点",
    )


def initial_of(record: ServiceRecord) -> dict[str, Any]:
    """A record's facts as a form's initial values; counts of zero stay blank."""
    facts: dict[str, Any] = {name: getattr(record, name) for name in rules.CHECKS}
    blank_when_zero = (*FocusGroup.values, "volunteers", "volunteer_hours")
    facts.update({name: facts[name] or None for name in blank_when_zero})
    facts["workers"] = list(record.workers.values_list("pk", flat=True))
    return facts


def copied(record: ServiceRecord) -> dict[str, Any]:
    """What a copy takes over: everything but the dates and the result."""
    facts = initial_of(record)
    return {name: value for name, value in facts.items() if name not in ("starts_on", "ends_on", "result")}

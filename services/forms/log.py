"""The entry form: the one definition of what is submitted, with a line or without."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from files.forms import FilesField
from files.kinds import IMAGES
from services import links, rules
from services.actions import log_entry
from services.forms.facts import FactsForm
from services.forms.fields import count_field
from services.links import Linked
from services.models import Domain, Method, ServiceRecord
from services.queries.people import split_names
from services.vocabulary import suggested_title, what, whom
from stations.models import Station, Worker

OTHER_DAY = "other"
BLANK_CONTACTS = 1  # what stands in a fresh form


class LogForm(FactsForm):
    """Logging. `when` is the day itself (today, yesterday) or "other", so that a page left open overnight keeps it."""

    station_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    client_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), "提交编号无效，请刷新页面")
    )
    when = forms.CharField(required=False, max_length=10)
    judged_for = forms.DateField(required=False)
    link = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    others = count_field("另有未建档（人）", rules.MAX_CONTACTS)
    new_clients = forms.CharField(
        label="新建档案",
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="只填姓名，几人用顿号隔开；保存时建立档案，其余信息以后补充",
    )
    photo = FilesField(label="照片", kinds=IMAGES, required=False)
    must_confirm = False  # the entry is late and its due date was not on the page that was sent
    saved_before: ServiceRecord | None = None  # this submit's record, which says something else

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        placeholder = suggested_title(self["domain"].value(), self["method"].value())
        self.fields["title"].widget.attrs |= {"list": "titles", "autocomplete": "off", "placeholder": placeholder}
        self.may_open = self.may_name and may(self.user, Permission.EDIT_CLIENTS, self.station.unit.path)
        if not self.may_open:
            del self.fields["new_clients"]

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
        typed["new_clients"] = split_names(typed.get("new_clients") or "")
        typed["link"] = self._link(typed.get("link") or "")
        return typed

    def _link(self, value: str) -> Linked | None:
        found = links.find(self.user, value)
        if found and found.station_id != self.station.pk:
            raise ValidationError(f"这个{found.link.label}不属于{self.station.unit.name}，请从原页面重新登记")
        return found

    def contacts_of(self, typed: dict[str, Any]) -> int | None:
        """As typed; left blank, or at the one that stands in a fresh form, everybody named and `others`."""
        there = len(self.served() or ()) + len(typed["new_clients"]) + (typed.get("others") or 0)
        contacts = typed.get("contacts")
        return there if there and contacts in (None, BLANK_CONTACTS) else contacts

    def save(self, *, by: User, now: datetime, **moments: Any) -> tuple[ServiceRecord, bool]:
        """Log what was typed (`services.actions.log_entry`, which gets `moments` too). After `is_valid`."""
        typed = self.cleaned_data
        return log_entry(
            by=by,
            station=self.station,
            client_id=typed["client_id"],
            now=now,
            link=typed["link"],
            new_clients=typed["new_clients"],
            photos=typed.get("photo") or (),
            **self.facts(),
            **moments,
        )

    def begin_anew(self, record: ServiceRecord) -> None:
        """`record` was saved by this page, which now says something else: keep what was typed, under a new id."""
        self.saved_before = record
        data: Any = self.data
        self.data = data.copy()
        self.data["client_id"] = str(uuid.uuid4())  # type: ignore[index]

    @classmethod
    def blank(cls, *, station: Station, today: date, team: Iterable[Worker], user: User, **presets: Any) -> LogForm:
        """A fresh form: today, one hour, the user's own name ticked (or the only one there is)."""
        team = list(team)
        ticked = [worker.pk for worker in team if worker.user_id == user.pk] or [
            worker.pk for worker in team if len(team) == 1
        ]
        initial = {
            "station_id": station.pk,
            "client_id": uuid.uuid4(),
            "when": today.isoformat(),
            "contacts": BLANK_CONTACTS,
            "hours": Decimal("1.0"),
            "workers": ticked,
            **{name: value for name, value in presets.items() if value not in (None, "", [])},
        }
        return cls(station=station, user=user, today=today, initial=initial)

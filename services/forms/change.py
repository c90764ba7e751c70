"""Correcting and voiding a record, and a record's facts as they stand in a form."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from clients.queries.consent import refusing
from files.forms import FilesField
from files.kinds import IMAGES
from services import rules
from services.actions import correct_entry
from services.forms.facts import FactsForm
from services.models import FocusGroup, ServiceRecord
from services.queries.people import choosable


class CorrectForm(FactsForm):
    photo = FilesField(label="补充照片", kinds=IMAGES, required=False)
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

    def save(self, *, by: User, record: ServiceRecord) -> ServiceRecord:
        """Correct the record by what was typed (`services.actions.correct_entry`). After `is_valid`."""
        typed = self.cleaned_data
        return correct_entry(
            by=by, record=record, reason=typed["reason"], photos=typed.get("photo") or (), **self.facts()
        )


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
    facts["clients"] = list(record.service_clients.values_list("client_id", flat=True))
    return facts


DATED = ("starts_on", "ends_on", "starts_at", "result")  # what a copy does not take over


def copied(record: ServiceRecord, user: User) -> tuple[dict[str, Any], int]:
    """What a copy takes over: everything but the dates and the result; and how many people it leaves out, whose files
    are closed or whose consent is withdrawn. Counts that only follow from the people are left to be counted anew."""
    facts = {name: value for name, value in initial_of(record).items() if name not in DATED}
    rows = list(record.service_clients.order_by("client_id").values("client_id", *FocusGroup.values))
    if not rows:
        return facts, 0
    keys = [row["client_id"] for row in rows]
    open_here = choosable(user, record.station).filter(closed_on=None, pk__in=keys)
    kept = sorted(set(open_here.values_list("pk", flat=True)) - refusing(keys))
    for group in FocusGroup.values:
        if facts[group] == (sum(row[group] for row in rows) or None):
            facts[group] = None
    if facts["contacts"] == len(rows):
        facts["contacts"] = len(kept) or None
    return {**facts, "clients": kept}, len(rows) - len(kept)

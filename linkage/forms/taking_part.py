"""Who took part in a service: volunteers with hours, organisations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from linkage.models import Organisation
from linkage.queries.taking_part import Line


class TakingPartForm(forms.Form):
    """`volunteers` ticked, `hours_<key>` (empty: an equal share), `organisations`; `seen…`: what stood there before."""

    volunteers = forms.MultipleChoiceField(label="志愿者", required=False)
    organisations = forms.MultipleChoiceField(
        label="参与的社会组织", required=False, widget=forms.CheckboxSelectMultiple
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    seen_organisations = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(
        self, data: Any, *, lines: Iterable[Line], organisations: Iterable[Organisation], there: Iterable[int]
    ) -> None:
        """`there`: keys of the organisations that are entered."""
        self.lines, self.offered, here = list(lines), {one.pk: one for one in organisations}, list(there)
        super().__init__(
            data,
            initial={
                "seen": ",".join(str(line.volunteer.pk) for line in self.lines if line.ticked),
                "seen_organisations": ",".join(map(str, here)),
                "organisations": [str(key) for key in here],
            },
        )
        fields: dict[str, Any] = self.fields
        fields["volunteers"].choices = [(str(line.volunteer.pk), line.volunteer.name) for line in self.lines]
        fields["organisations"].choices = [(str(key), one.name) for key, one in self.offered.items()]
        for line in self.lines:
            fields[line.field] = forms.CharField(required=False, max_length=20, label=f"{line.volunteer.name}的时长")
            if data is not None:
                line.ticked = str(line.volunteer.pk) in data.getlist("volunteers")
                line.text = data.get(line.field, "")[:20]

    def values(self) -> dict[str, Any]:
        """What set_taking_part takes."""
        typed = self.cleaned_data
        ticked = set(typed["volunteers"])
        return {
            "hours": {line.volunteer: typed[line.field] for line in self.lines if str(line.volunteer.pk) in ticked},
            "organisations": [self.offered[int(key)] for key in typed["organisations"]],
            "seen": _keys(typed["seen"]) & {line.volunteer.pk for line in self.lines},
            "seen_organisations": _keys(typed["seen_organisations"]) & self.offered.keys(),
        }

    def shown(self) -> list[Line]:
        """The lines with their errors."""
        for line in self.lines:
            line.error = "；".join(str(problem) for problem in self.errors.get(line.field, ())) if self.is_bound else ""
        return self.lines


def _keys(text: str) -> set[int]:
    return {int(key) for key in text.split(",") if key.isascii() and key.isdigit() and len(key) < 19}

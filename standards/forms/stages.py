"""Forms of the pages about stages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from common.forms import PlainSelect, choices_of, day_field
from policies.stages import Stage
from standards.models import ProposalState
from standards.queries.stage_pages import with_proposal
from stations.forms.filters import ListFilter
from stations.models.stations import StationQuerySet

AGREE, RETURN = "agree", "return"


class StageFilter(ListFilter):
    """Stations that have a stage, as of the end of a month."""

    stage = forms.ChoiceField(label="阶段", required=False, choices=choices_of(Stage.choices), widget=PlainSelect)
    state = forms.ChoiceField(
        label="最近一次评定", required=False, choices=choices_of(ProposalState.choices), widget=PlainSelect
    )

    def within(self, stations: StationQuerySet) -> StationQuerySet:
        """Those of the chosen unit, whatever else is asked for."""
        return stations.under(self.chosen_unit) if self.chosen_unit else stations

    def apply(self, stations: StationQuerySet) -> StationQuerySet:
        """The stations that pass, as `with_proposal`; none while a filter is wrong."""
        rows = with_proposal(self.within(stations), self.on)
        if not self.is_valid():
            return rows.none()
        values = self.cleaned_data
        if values["stage"]:
            rows = rows.filter(stage=values["stage"])
        if values["state"]:
            rows = rows.filter(proposal_state=values["state"])
        if values["q"]:
            word = values["q"].strip()
            rows = rows.filter(Q(unit__name__contains=word) | Q(unit__initials__contains=word.lower()))
        return rows


class StepForm(forms.Form):
    """The county's decision or the city's confirmation: agree, or send back with a comment."""

    verdict = forms.ChoiceField(label="结论", widget=forms.RadioSelect)
    on = day_field("日期")
    comment = forms.CharField(
        label="意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="退回时必填"
    )
    expected = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, data: Any = None, *, agree_label: str, day_label: str, expected: str) -> None:
        super().__init__(data, initial={"expected": expected})
        fields: dict[str, Any] = self.fields
        fields["verdict"].choices = [(AGREE, agree_label), (RETURN, "退回")]
        fields["on"].label = day_label

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        values = dict(self.cleaned_data)
        return {"agree": values.pop("verdict") == AGREE, **values}

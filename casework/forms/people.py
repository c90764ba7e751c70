"""Choosing people of a station's files by tick, or by a pasted list of names. Names never stand in an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from casework.actions.activities import MOST_VISITORS
from casework.actions.groups import MOST_MEMBERS
from clients.models import Client
from common.forms import day_field
from services.actions.people import MAX_CLIENTS
from services.forms.fields import count_field
from services.queries.people import (
    Chip,
    Matched,
    chips_of,
    choosable,
    match_names,
    offers_in,
    recent_keys,
    split_names,
)
from stations.models import Station


class ChooseForm(forms.Form):
    """`clients` are ticked; `names` are matched with the station's open files when the button “find” is pressed.

    Names that match one file are ticked; the others stay in the box, with similar files offered below. One of these
    that is ticked settles its name; who was ticked before does not.
    """

    clients = forms.ModelMultipleChoiceField(
        Client.objects.none(), label="人员", required=False, widget=forms.CheckboxSelectMultiple
    )
    names = forms.CharField(
        label="按姓名查找或粘贴名单",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="一行一个，或用顿号、逗号隔开；可输入姓名的一部分或拼音首字母",
    )

    def __init__(
        self, data: Any = None, *, user: User, station: Station, day: date, already: Iterable[int] = (), **initial: Any
    ) -> None:
        self.user, self.station, self.day = user, station, day
        self.already = list(already)
        self.matched = Matched()
        super().__init__(data, initial={"clients": self.already, **initial})
        clients: Any = self.fields["clients"]
        clients.queryset = choosable(user, station, self.already)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        ticked = {client.pk: client for client in typed.get("clients") or ()}
        names = split_names(typed.get("names") or "")[:MAX_CLIENTS]
        self.matched = match_names(self.user, self.station, names, ticked, offers_in(self.data.get("offers", "")))
        typed["clients"] = list((ticked | {client.pk: client for client in self.matched.found}).values())
        if self.matched.left and not self.finding:
            self.add_error("names", self.problems)
        return typed

    @property
    def problems(self) -> list[str]:
        return self.matched.problems("计入人数")

    @property
    def finding(self) -> bool:
        """Only match the names, save nothing."""
        return "find" in self.data

    @property
    def names_left(self) -> str:
        """What stands in the box: the names that no file answers to."""
        return "\n".join(self.matched.left)

    @property
    def chips(self) -> list[Chip]:
        """Those chosen first, then similar names, then people served of late."""
        chosen = self._chosen()
        keys = [*chosen, *self.matched.offered, *recent_keys(self.user, self.station, self.day)]
        chips = chips_of(choosable(self.user, self.station, self.already), self.station, keys, self.day)
        for chip in chips:
            chip.chosen = chip.pk in chosen
        return chips

    def _chosen(self) -> list[int]:
        if not self.is_bound:
            return self.already
        if "clients" in self.cleaned_data:
            return [client.pk for client in self.cleaned_data["clients"]]
        return []


class MembersForm(ChooseForm):
    """Who joins a group, and when."""

    joined_on = day_field("入组日期")
    unnamed = count_field("另有未建档组员人数", MOST_MEMBERS)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {name: typed[name] for name in ("clients", "joined_on", "unnamed", "expected")}


class VisitorsForm(ChooseForm):
    """Who came to an activity: people with files by name, all of them by number."""

    contacts = count_field("参加总人数", MOST_VISITORS)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=6000)

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        seen = [int(key) for key in typed["seen"].split(",") if key.isascii() and key.isdigit()]
        return {"clients": typed["clients"], "contacts": typed["contacts"] or 0, "seen": seen}

"""The people that the entry form offers, as it opens and as it is searched."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.gate import permitted, require
from accounts.requests import SignedIn
from accounts.roles import Permission
from services.actions.people import MAX_CLIENTS
from services.forms import CorrectForm, LogForm
from services.queries.people import (
    Chip,
    Matched,
    chips_of,
    choosable,
    found_keys,
    match_names,
    offers_in,
    open_keys,
    recent_keys,
    split_names,
)
from services.views.finding import chosen_days, station_of


@dataclass
class Picker:
    """`chips`: those chosen, then those served of late. `counted`: how many of the chosen are of each focus group."""

    chips: list[Chip] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def chosen(self) -> int:
        return sum(chip.chosen for chip in self.chips)


def picker(form: LogForm | CorrectForm, day: date) -> Picker | None:
    """The chips of a form; None for who names nobody."""
    if not form.may_name:
        return None
    clients: Any = form.fields["clients"]
    chosen = {int(key) for key in form["clients"].value() or () if str(key).isascii() and str(key).isdigit()}
    recent = recent_keys(form.user, form.station, day)
    chips = chips_of(clients.queryset, form.station, [*sorted(chosen)[:MAX_CLIENTS], *form.offered, *recent], day)
    for chip in chips:
        chip.chosen = chip.pk in chosen
    counted = Counter(group for chip in chips if chip.chosen for group in chip.focus)
    for group in form.focus_fields:  # what a blank number will be
        group.field.widget.attrs["placeholder"] = counted[group.name] or ""
    return Picker(chips, counted)


@require_POST
@permitted(Permission.LOG_SERVICE)
def service_people(request: SignedIn) -> HttpResponse:
    """More chips, by `q` (a part of a name), `names` (a list; the ticked `clients` settle those for which `offers` says
    that they were offered), `all`, or `clients` alone (keys of a draft): names travel in the body, never in an address.
    `station_id`, and the day as the form has it."""
    station = station_of(request, request.POST.get("station_id") or request.GET.get("station_id"))
    require(request.user, Permission.VIEW_CLIENTS, station.unit.path)
    sent, user = request.POST, request.user
    matched: Matched | None = None
    wanted = sent.getlist("clients")[:MAX_CLIENTS]
    ticked = [int(key) for key in wanted if key.isascii() and key.isdigit() and len(key) < 19]
    offered: list[int] = []
    if sent.get("all"):
        ticked = open_keys(user, station, MAX_CLIENTS)
    elif "match" in sent:
        names, offers = split_names(sent.get("names", ""))[:MAX_CLIENTS], offers_in(sent.get("offers", ""))
        matched = match_names(user, station, names, ticked, offers)
        ticked, offered = [client.pk for client in matched.found], matched.offered
    elif "q" in sent:
        ticked, offered = [], found_keys(user, station, sent["q"])
    day = chosen_days(sent)[1] or timezone.localdate()
    chips = chips_of(choosable(user, station), station, [*ticked, *offered], day)
    for chip in chips:
        chip.chosen = chip.pk in ticked and not chip.refused
    context = {"chips": chips, "matched": matched, "asked": sent.get("q", "").strip(), "most": MAX_CLIENTS}
    return render(request, "services/_people_found.html", context)

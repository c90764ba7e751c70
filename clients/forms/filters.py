"""Filters of the list. Their parameters are fixed: figures open the list by them. What somebody types to find a person
is no filter: it is posted, so that no name or number stands in an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from clients.gate import stations_read
from clients.models import Category, Client, FocusGroup, Living, SelfCare
from clients.queries.conditions import AgeBand, aged, in_focus, registered
from clients.queries.consent import standing, withdrawn
from clients.vocabulary import ConsentState
from common.forms import PlainSelect, choices_of
from stations.models import Station


class State(models.TextChoices):
    OPEN = "open", "在档"
    CLOSED = "closed", "已归档"


def choice(label: str, choices: list[tuple[str, str]], blank: str = "全部") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices_of(choices, blank), widget=PlainSelect)


class ClientFilter(forms.Form):
    """`unit`: a station, or a unit above stations where the user holds the right."""

    unit = choice("站点", [])
    state = choice("状态", [*State.choices, ("all", "全部")], "在档")
    category = choice("类别", Category.choices)
    focus = choice("重点人群", FocusGroup.choices)
    level = choice("跟进级别", [*((str(n), f"{n}级") for n in range(1, 7)), ("none", "未评定")])
    age = choice("年龄", AgeBand.choices)
    living = choice("居住状况", Living.choices)
    self_care = choice("自理能力", SelfCare.choices)
    consent = choice("知情同意", ConsentState.choices)

    def __init__(self, data: Any, *, user: User, permission: Permission = Permission.VIEW_CLIENTS) -> None:
        """Raises Http404 for a unit out of reach. Two queries at most."""
        super().__init__(data)
        readable = Station.objects.filter(pk__in=stations_read(user, permission)).visible_to(user)
        rows = readable.order_by("unit__path").values_list("pk", "unit__name")
        self.user = user
        self.stations = {str(pk): name for pk, name in rows}
        self.above = self._above(user, permission)
        offered = list(self.stations.items())
        if self.above is not None:
            offered.insert(0, (str(self.above.pk), self.above.name))
        fields: dict[str, Any] = self.fields
        fields["unit"].choices = choices_of(offered)
        if len(offered) < 2:
            fields["unit"].widget = forms.HiddenInput()

    def _above(self, user: User, permission: Permission) -> OrgUnit | None:
        asked = str(self.data.get("unit") or "")
        return unit_in_scope(user, asked, permission) if asked and asked not in self.stations else None

    @property
    def unit_name(self) -> str:
        """The name of the chosen unit, or ""."""
        asked = self.cleaned_data.get("unit", "") if self.is_valid() else ""
        return self.above.name if self.above is not None and asked else self.stations.get(asked, "")

    def apply(self, rows: QuerySet[Client], *, any_state: bool = False) -> QuerySet[Client]:
        """The files that pass, of those through the gate; merged and anonymised ones never, none while a filter is
        wrong. Without a state the open ones, with `any_state` closed ones too."""
        if not self.is_valid():
            return rows.none()
        values, today = self.cleaned_data, timezone.localdate()
        rows = rows.filter(merged_into=None, anonymised_at=None)
        if self.above is not None:
            rows = rows.filter(
                station__in=Station.objects.visible_to(self.user).under(self.above).order_by().values("pk")
            )
        elif values["unit"]:
            rows = rows.filter(station=int(values["unit"]))
        if values["state"] in State.values or not (values["state"] or any_state):
            rows = rows.filter(closed_on__isnull=values["state"] != State.CLOSED)
        for name in ("living", "self_care"):
            if values[name]:
                rows = rows.filter(**{name: values[name]})
        if values["level"]:
            rows = rows.filter(level=None if values["level"] == "none" else int(values["level"]))
        if values["category"]:
            rows = rows.filter(registered([values["category"]], today))
        if values["focus"]:
            rows = rows.filter(in_focus(FocusGroup(values["focus"]), today))
        if values["age"]:
            rows = rows.filter(aged(AgeBand(values["age"]), today))
        if values["consent"]:
            rows = rows.filter(_consent(ConsentState(values["consent"])))
        return rows


def _consent(state: ConsentState) -> Any:
    match state:
        case ConsentState.STANDING:
            return standing()
        case ConsentState.WITHDRAWN:
            return Q(withdrawn()) & ~Q(standing())
        case ConsentState.MISSING:
            return ~Q(withdrawn()) & ~Q(standing())

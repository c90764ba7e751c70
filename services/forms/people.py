"""Whom a service names: chips of files, a list of names, and what follows from them for the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from clients.queries.registered import registered_as
from clients.vocabulary import focus_groups
from services.actions.people import MAX_CLIENTS
from services.queries.people import choosable, match_names, offers_in, split_names
from stations.models import Station


class PeopleForm(forms.Form):
    """`clients` (keys of files) and `names` (one a line). Who may not read the station's files names nobody: the
    fields are gone, and `served()` is None."""

    clients = forms.ModelMultipleChoiceField(
        Client.objects.none(),
        label="服务对象",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "所选的服务对象不在本站档案中，请重新选择",
            "invalid_pk_value": "所选的服务对象不在本站档案中，请重新选择",
            "invalid_list": "所选的服务对象不在本站档案中，请重新选择",
        },
    )
    names = forms.CharField(
        label="按名单登记",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text="每行一个姓名，与本站档案核对",
    )

    def __init__(self, *args: Any, station: Station, user: User, already: Iterable[int] = (), **kwargs: Any) -> None:
        """`already` are files that the record names, whatever has become of them since."""
        super().__init__(*args, **kwargs)
        self.station, self.user = station, user
        self.offered: list[int] = []  # files like the names that are left
        self.offers = ""  # and for which line each is
        self.may_name = may(user, Permission.VIEW_CLIENTS, station.unit.path)
        if self.may_name:
            clients: Any = self.fields["clients"]
            clients.queryset = choosable(user, station, already)
        else:
            for name in set(PeopleForm.base_fields):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if self.may_name:
            self._match(typed)
        return typed

    def _match(self, typed: dict[str, Any]) -> None:
        names = split_names(typed.get("names") or "")
        if len(names) > MAX_CLIENTS:
            raise ValidationError({"names": f"一次最多核对 {MAX_CLIENTS} 个姓名"})
        ticked = {client.pk: client for client in typed.get("clients") or ()}
        matched = match_names(self.user, self.station, names, ticked, offers_in(self.data.get("offers", "")))
        if problems := matched.problems():
            self.add_error("names", problems)
        self.offered, self.offers = matched.offered, matched.offers
        chosen = ticked | {client.pk: client for client in matched.found}
        typed["clients"] = list(chosen.values())

    def served(self) -> list[Client] | None:
        """The people named; None from who may not name anybody. After `is_valid`."""
        return list(self.cleaned_data.get("clients") or []) if self.may_name else None


def counted_groups(clients: Iterable[Client], day: date) -> Counter[str]:
    """How many of the people count in each focus group on the day. One query, none for nobody."""
    clients = list(clients)
    registered = registered_as((client.pk for client in clients), day)
    return Counter(
        group.value for client in clients for group in focus_groups(registered.get(client.pk, []), client.born_on, day)
    )

"""Transfers as both sides see them: whom the file is of, only to who decides or reads it; where from, not before the
keeping station has agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients.models import Client, Transfer, TransferState
from stations.models import Station

TONES = {
    TransferState.ASKED: "warn",
    TransferState.ACCEPTED: "ok",
    TransferState.REFUSED: "muted",
    TransferState.WITHDRAWN: "muted",
}
EDIT = Permission.EDIT_CLIENTS


@dataclass(frozen=True)
class TransferRow:
    """`person` is “档案 12” for who may not know whom it is of; `client_url` "" for who may not read the file."""

    pk: int
    url: str
    person: str
    about: str
    client_url: str
    from_station: str
    to_station: str
    asked_by: str
    asked_at: datetime
    reason: str
    state: str
    tone: str
    answer: str
    decided_at: datetime | None
    answers: bool  # the user decides
    asks: bool  # the user may take it back


def answering(transfer: Transfer) -> Station:
    """The station that decides."""
    return transfer.from_station if transfer.asked_by_receiver else transfer.to_station


def asking(transfer: Transfer) -> Station:
    return transfer.to_station if transfer.asked_by_receiver else transfer.from_station


def decides(user: User, transfer: Transfer) -> bool:
    return may(user, EDIT, answering(transfer).unit.path)


def takes_back(user: User, transfer: Transfer) -> bool:
    return may(user, EDIT, asking(transfer).unit.path)


def transfers_of(user: User, state: str = "") -> QuerySet[Transfer]:
    """Those at the user's stations. `state`: mine (to be decided by them), asked (by them), decided, "" all."""
    rows = Transfer.objects.visible_to(user, EDIT)
    stations = Station.objects.visible_to(user, EDIT).order_by().values("pk")
    receiving = Q(asked_by_receiver=False, to_station__in=stations)
    sending = Q(asked_by_receiver=True, from_station__in=stations)
    if state == "mine":
        rows = rows.filter(receiving | sending, state=TransferState.ASKED)
    elif state == "asked":
        offered = Q(asked_by_receiver=False, from_station__in=stations)
        rows = rows.filter(offered | Q(asked_by_receiver=True, to_station__in=stations), state=TransferState.ASKED)
    elif state == "decided":
        rows = rows.exclude(state=TransferState.ASKED)
    return rows.select_related("client", "from_station__unit", "to_station__unit", "asked_by")


def transfer_rows(user: User, transfers: Iterable[Transfer]) -> list[TransferRow]:
    """One query beside theirs."""
    transfers = list(transfers)
    keys = {transfer.client_id for transfer in transfers}
    readable = set(
        Client.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(pk__in=keys).values_list("pk", flat=True)
    )
    today = timezone.localdate()
    return [_row(user, transfer, transfer.client_id in readable, today) for transfer in transfers]


def _row(user: User, transfer: Transfer, readable: bool, today: date) -> TransferRow:
    client, state = transfer.client, TransferState(transfer.state)
    waiting = state == TransferState.ASKED
    named = readable or waiting
    age = client.age(today)
    facts = [client.get_sex_display(), "" if age is None else f"{age} 岁"]
    shows_from = (
        may(user, EDIT, transfer.from_station.unit.path)
        or not transfer.asked_by_receiver
        or state == TransferState.ACCEPTED
    )
    return TransferRow(
        pk=transfer.pk,
        url=reverse("transfer_detail", args=[transfer.pk]),
        person=str(client) if named else f"档案 {client.pk}",
        about=" · ".join(filter(None, facts)) if named else "",
        client_url=reverse("client_detail", args=[client.pk]) if readable else "",
        from_station=transfer.from_station.unit.name if shows_from else "现建档站点",
        to_station=transfer.to_station.unit.name,
        asked_by=transfer.asked_by.name if transfer.asked_by else "",
        asked_at=transfer.asked_at,
        reason=transfer.reason,
        state=state.label,
        tone=TONES[state],
        answer=transfer.answer,
        decided_at=transfer.decided_at,
        answers=waiting and decides(user, transfer),
        asks=waiting and takes_back(user, transfer),
    )

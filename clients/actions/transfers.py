"""A file moves to another station: one side asks, the other one agrees. Services stay where they happened.

The receiver may ask for a file that they cannot see, with the person's exact name and identity number, as with workers
taken over. Whoever may write at both stations moves the file at once. Reasons stay with the transfer; the trail names
the file and both stations.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients import signals
from clients.actions import fields
from clients.actions.closing import begin_spell, end_spell
from clients.actions.locks import changeable
from clients.actions.numbers import refuse_second_file
from clients.models import Client, Transfer, TransferState
from clients.vocabulary import Ending
from common import checks
from common.encrypted import blind_index
from common.text import long_text, plain_name
from stations import stale
from stations.models import Station

NOT_FOUND = "没有姓名和身份证号都相符的档案；请核对，或在本站新建档案"


@transaction.atomic
def offer_transfer(*, by: User | None, client: Client, to_station: Station, reason: str) -> Transfer:
    """The keeping station offers the file to another one. A repeat gives the open transfer.

    Raises ValidationError by field: the same station, one that does not stand, another transfer that waits.
    """
    reason = checks.required_text(reason, field="reason", label="转移理由")
    _lock_stations(client.station, to_station)
    client = changeable(client)
    if client.closed_on:
        raise ValidationError(f"档案已于 {client.closed_on} 归档；转入站点可凭姓名和身份证号申请转移")
    return _ask(by, client, to_station, reason, asked_by_receiver=False)


@transaction.atomic
def ask_for_transfer(*, by: User | None, to_station: Station, name: str, id_number: str, reason: str) -> Transfer:
    """The receiving station asks for the file of the person with this name and number, of whatever station.

    An open file before a closed one, then the latest. Raises ValidationError by field; it does not tell where the file
    is, nor whether name or number was wrong.
    """
    clean = checks.all_of(
        name=lambda: plain_name(name, field="name", label="姓名", max_length=fields.NAME_LENGTH),
        id_number=lambda: fields.id_number(id_number),
        reason=lambda: checks.required_text(reason, field="reason", label="转移理由"),
    )
    if not clean["id_number"]:
        raise ValidationError({"id_number": "请填写身份证号"})
    standing = Client.objects.standing().filter(id_number_index=blind_index(clean["id_number"]), name=clean["name"])
    if standing.open().filter(station=to_station).exists():
        raise ValidationError({"id_number": "该服务对象在本站已有在档的档案"})
    found = standing.select_related("station").exclude(station=to_station)
    client = min(found, key=lambda row: (row.closed_on is not None, -row.pk), default=None)
    if client is None:
        raise ValidationError({"id_number": NOT_FOUND})
    _lock_stations(client.station, to_station)
    client = changeable(client)
    return _ask(by, client, to_station, clean["reason"], asked_by_receiver=True)


@transaction.atomic
def accept_transfer(*, by: User | None, transfer: Transfer, on: date | None = None, answer: str = "") -> Transfer:
    """The other side agrees: the file is open at the new station from `on` (today) on, with everything in it.

    Whoever has something open at the old station may refuse (clients.signals.leaving). Raises ValidationError.
    """
    transfer = _undecided(transfer)
    answer = long_text(answer, field="answer", label="处理意见", max_length=checks.NOTE_LENGTH)
    _move(by, transfer, on or timezone.localdate())
    return _decide(by, transfer, TransferState.ACCEPTED, answer)


@transaction.atomic
def refuse_transfer(*, by: User | None, transfer: Transfer, answer: str) -> Transfer:
    """The other side does not agree, and says why."""
    transfer = _undecided(transfer)
    answer = checks.required_text(answer, field="answer", label="处理意见")
    _decide(by, transfer, TransferState.REFUSED, answer)
    _tell(by, "拒绝转移档案", transfer)
    return transfer


@transaction.atomic
def withdraw_transfer(*, by: User | None, transfer: Transfer, reason: str) -> Transfer:
    """Who asked takes it back."""
    transfer = _undecided(transfer)
    _decide(by, transfer, TransferState.WITHDRAWN, checks.withdrawal_reason(reason))
    _tell(by, "撤回转移申请", transfer)
    return transfer


def _ask(by: User | None, client: Client, to_station: Station, reason: str, *, asked_by_receiver: bool) -> Transfer:
    if client.station_id == to_station.pk:
        raise ValidationError({"to_station": "档案已在该站点"})
    if to_station.completed_on is None or to_station.closed_on is not None:
        raise ValidationError({"to_station": f"{to_station}尚未建成或已撤销，不能接收档案"})
    refuse_second_file(client.id_number_index, to_station, advice="请先合并两份档案", but=client)
    waiting = Transfer.objects.filter(client=client, state=TransferState.ASKED).first()
    if waiting is not None:
        if (waiting.to_station_id, waiting.asked_by_receiver) == (to_station.pk, asked_by_receiver):
            return waiting
        raise ValidationError("这份档案另有转移申请还没有处理，请先处理")
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                client=client,
                from_station=client.station,
                to_station=to_station,
                asked_by_receiver=asked_by_receiver,
                reason=reason,
                asked_by=by,
            )
    except IntegrityError:
        raise ValidationError("这份档案另有转移申请还没有处理，请先处理") from None
    _tell(by, "申请转移档案", transfer)
    if by is not None and all(may(by, Permission.EDIT_CLIENTS, path) for path in transfer.gate_paths()):
        return accept_transfer(by=by, transfer=transfer)
    return transfer


def _move(by: User | None, transfer: Transfer, on: date) -> None:
    client = changeable(transfer.client)
    old, new = transfer.from_station, transfer.to_station
    if client.station_id != old.pk:
        raise ValidationError("档案已不在原站点，请撤回这份申请")
    spell = client.spells.order_by("-starts_on", "-pk").first()
    assert spell is not None  # a file begins with one
    if spell.ends_on is None:
        on = checks.past_day(on, field="on", label="转移日期", since=spell.starts_on, since_label="在原站点建档的日期")
        signals.leaving.send(sender=Client, client=client, station=old, on=on, by=by, to=new)
        end_spell(spell, on, Ending.MOVED)
        stale.mark(old.pk, stale.months_since(on))
    else:
        on = checks.past_day(on, field="on", label="转移日期", since=spell.ends_on, since_label="在原站点归档的日期")
    begin_spell(client, new, on)
    _tell(by, "转出档案", transfer)
    transfer.client = client
    _tell(by, "转入档案", transfer, at=new)


def _undecided(transfer: Transfer) -> Transfer:
    """The transfer read again with its stations and row locked. Raises ValidationError when it is decided."""
    _lock_stations(transfer.from_station, transfer.to_station)
    rows = Transfer.objects.select_for_update(of=("self",))
    fresh = rows.select_related("client__station__unit", "from_station__unit", "to_station__unit").get(pk=transfer.pk)
    if fresh.state != TransferState.ASKED:
        raise ValidationError(f"这份转移申请已经处理：{fresh.get_state_display()}")
    return fresh


def _decide(by: User | None, transfer: Transfer, state: TransferState, answer: str) -> Transfer:
    transfer.state, transfer.decided_at, transfer.decided_by, transfer.answer = state, timezone.now(), by, answer
    transfer.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    return transfer


def _tell(by: User | None, verb: str, transfer: Transfer, *, at: Station | None = None) -> None:
    """One event at the station that keeps the file, or at `at`."""
    words = {"站点": [str(transfer.from_station), str(transfer.to_station)]}
    unit = (at or transfer.from_station).unit
    audit.record(by=by, verb=verb, target=transfer.client, unit=unit, changes=words)


def _lock_stations(*stations: Station) -> None:
    """In order of their keys, before any file."""
    keys = {station.pk for station in stations}
    list(Station.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk"))

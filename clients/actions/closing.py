"""Closing a file 结案归档, and opening it again."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from clients import signals
from clients.actions import trail
from clients.actions.locks import changeable, in_use
from clients.actions.numbers import refuse_second_file
from clients.models import Client, FileSpell, Transfer, TransferState
from clients.vocabulary import CLOSING_REASONS, Ending
from common import checks
from stations import stale
from stations.actions.locks import locked_station
from stations.models import Station


@transaction.atomic
def close_file(*, by: User | None, client: Client, on: date, ending: str, note: str = "") -> Client:
    """The station keeps the file no longer from `on` on; `ending` is one of CLOSING_REASONS, OTHER needs a note.

    Whoever has something open with the person may refuse (clients.signals.leaving). The note stays with the file; the
    trail says the reason in a word. Raises ValidationError by field.
    """
    ending, note = _reason(ending, note)
    locked_station(client.station)
    client = in_use(client)
    _refuse_moving(client)
    spell = client.spells.current().get()
    on = checks.past_day(on, field="on", label="归档日期", since=spell.starts_on, since_label="建档日期")
    signals.leaving.send(sender=Client, client=client, station=client.station, on=on, by=by, to=None)
    end_spell(spell, on, Ending(ending), note)
    client.closed_on = on
    client.save(update_fields=["closed_on"])
    changes = {"结案归档日期": [None, str(on)], "结束原因": [None, Ending(ending).label]}
    trail.record(by=by, verb="结案归档", client=client, changes=changes)
    stale.mark(client.station_id, stale.months_since(on))
    return client


@transaction.atomic
def reopen_file(*, by: User | None, client: Client, on: date, reason: str) -> Client:
    """The station that kept the file last keeps it again from `on` on, not before it was closed.

    Raises ValidationError by field.
    """
    reason = checks.required_text(reason, field="reason", label="恢复理由")
    station = locked_station(client.station)
    client = changeable(client)
    if client.closed_on is None:
        raise ValidationError("档案在档，无需恢复")
    if station.closed_on is not None:
        raise ValidationError(f"{station}已撤销，不能恢复建档；请由现在的站点申请转移")
    on = checks.past_day(on, field="on", label="恢复日期", since=client.closed_on, since_label="归档日期")
    closed_on = client.closed_on
    begin_spell(client, station, on, reason)
    changes = {"结案归档日期": [str(closed_on), None], "建档日期": [None, str(on)]}
    trail.record(by=by, verb="恢复建档", client=client, changes=changes)
    return client


def end_spell(spell: FileSpell, on: date, ending: Ending, note: str = "") -> None:
    spell.ends_on, spell.ending = on, ending
    spell.reason = "；".join(filter(None, [spell.reason, note]))[: checks.NOTE_LENGTH]  # why it began, why it ended
    spell.save(update_fields=["ends_on", "ending", "reason"])


def begin_spell(client: Client, station: Station, on: date, reason: str = "") -> FileSpell:
    """The locked file is open at the locked station from `on` on. Raises ValidationError where another open file there
    bears the same number."""
    refuse_second_file(client.id_number_index, station, advice="请先合并两份档案", but=client)
    spell = FileSpell.objects.create(client=client, station=station, starts_on=on, reason=reason)
    client.station, client.opened_on, client.closed_on = station, on, None
    client.save(update_fields=["station", "opened_on", "closed_on"])
    stale.mark(station.pk, stale.months_since(on))
    return spell


def _reason(ending: str, note: str) -> tuple[str, str]:
    if ending not in CLOSING_REASONS:
        raise ValidationError({"ending": "请选择结案原因"})
    note = checks.note(note)
    if ending == Ending.OTHER and not note:
        raise ValidationError({"note": "结案原因为“其他”的，请写明说明"})
    return ending, note


def _refuse_moving(client: Client) -> None:
    if Transfer.objects.filter(client=client, state=TransferState.ASKED).exists():
        raise ValidationError("这份档案的转移申请还没有处理，请先接受、拒绝或撤回")

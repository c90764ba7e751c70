"""Anonymising 匿名化: what is left of a file whose time is over tells of nobody, and moves no figure.

Emptied: name, number, birth, phone, addresses, situation, contacts, kin, who signed, notes and reasons, scans and
photos (what is stored, too). Left: station, dates, sex, categories, levels, how it ended, and the services with the
focus groups that they counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clients import signals
from clients.actions import trail
from clients.actions.merging import locked_persons
from clients.models import (
    Client,
    ClientContact,
    ClientMerge,
    ClientRelation,
    Consent,
    FileSpell,
    LevelSpell,
    NotDuplicate,
    Transfer,
)
from files.actions import erase

NOTHING = {
    "name": "", "initials": "", "born_on": None, "id_number": "", "id_number_index": None, "phone": "",
    "household": "", "residence": "", "situation": "",
}  # fmt: skip
GONE = "已匿名化"


@transaction.atomic
def anonymise_file(key: int, *, ended_on: date, source: str = "") -> list[Client]:
    """Anonymise the person's closed file, and those merged into it. `ended_on`: when it was closed, as the caller
    judged it by; `source`: document and clause, for the trail. Returns the files.

    Raises ValidationError when the file is open, or was opened and closed again meanwhile, merged or anonymised.
    """
    files = list(locked_persons([Client.objects.get(pk=key)]).values())
    root = next((file for file in files if file.pk == key), None)
    if root is None or root.merged_into_id or root.anonymised_at or root.closed_on != ended_on:
        raise ValidationError(f"档案 {key} 的状态已经改变，没有匿名化")
    _empty(files)
    now = timezone.now()
    for file in files:
        for field, value in NOTHING.items():
            setattr(file, field, value)
        file.anonymised_at = now
        file.save(update_fields=[*NOTHING, "anonymised_at"])
        signals.anonymised.send(sender=Client, client=file, by=None)
        changes = {"状态": ["归档", GONE], **({"依据": [None, source]} if source else {})}
        trail.record(by=None, verb="匿名化档案", client=file, changes=changes)
    return files


def _empty(files: Iterable[Client]) -> None:
    """Everything that hangs on the files and tells of the person."""
    keys = [file.pk for file in files]
    consents = Consent.objects.filter(client__in=keys)
    erase(targets=[*files, *consents])
    consents.update(given_by="", withdrawal_reason="")
    ClientContact.objects.filter(client__in=keys).delete()
    # From both sides: in the other file this one would still be somebody's husband.
    ClientRelation.objects.filter(Q(client__in=keys) | Q(other__in=keys)).delete()
    FileSpell.objects.filter(client__in=keys).update(reason="")
    LevelSpell.objects.filter(client__in=keys).update(reason="")
    Transfer.objects.filter(client__in=keys).update(reason="", answer="")
    merges = ClientMerge.objects.filter(Q(client__in=keys) | Q(kept__in=keys))
    merges.update(reason="")
    merges.exclude(undone_at=None).update(undo_reason=GONE)
    NotDuplicate.objects.filter(Q(client__in=keys) | Q(other__in=keys)).update(reason="")

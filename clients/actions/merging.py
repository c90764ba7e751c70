"""Two files of one person become one, and two again when that was wrong.

Standing ClientMerge rows are a forest: only a file that stands for a person is merged, and only into one that does, so
no edge ever closes a circle. `Client.merged_into` repeats the root of each tree. What people wrote as reasons stays
with the files; the trail, which auditors read, names the files alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from accounts.models import User
from clients import signals
from clients.actions import trail
from clients.actions.closing import end_spell
from clients.actions.numbers import refuse_second_file
from clients.models import Client, ClientMerge, ClientRelation, FileSpell, NotDuplicate, Transfer, TransferState
from clients.vocabulary import Ending
from common.checks import required_text
from stations import stale
from stations.actions.locks import locked_station


@transaction.atomic
def merge_clients(*, by: User | None, client: Client, kept: Client, reason: str) -> ClientMerge:
    """`client` leads to `kept` from now on, with everything merged into it before; its spell ends today.

    Both files stay as they are, so that it can be undone. A repeat gives the first merge. Raises ValidationError when
    one of them does not stand for a person, or what they say of the person cannot both be true.
    """
    reason = required_text(reason, field="reason", label="合并理由")
    if client.pk == kept.pk:
        raise ValidationError("请选择两份不同的档案")
    fresh = {row.pk: row for row in Client.objects.filter(pk__in=[client.pk, kept.pk])}
    files = locked_persons(fresh.values())
    client, kept = files[client.pk], files[kept.pk]
    first = client.merges.filter(undone_at=None, kept=kept).first()
    if first:
        return first
    _check(client, kept)
    merge = ClientMerge.objects.create(client=client, kept=kept, reason=reason, merged_by=by, spell=_end_spell(client))
    _lead(files, {file.pk: kept.pk for file in files.values() if file.person_id == client.pk}, by)
    for target, words in ((client, {"并入": [None, f"档案 {kept.pk}"]}), (kept, {"收入": [None, f"档案 {client.pk}"]})):
        trail.record(by=by, verb="合并档案", client=target, changes=words)
    return merge


@transaction.atomic
def unmerge_clients(*, by: User | None, merge: ClientMerge, reason: str) -> ClientMerge:
    """Undo a merge: files lead where the other standing merges say, and the spell that it ended goes on as it was.

    Raises ValidationError when it was undone before, the person's files are anonymised, or a file that would be open
    again bears a number that another open file of its station was given meanwhile: it is told which one to mend first.
    """
    reason = required_text(reason, field="reason", label="撤销理由")
    merged = Client.objects.select_related("station").get(pk=merge.client_id)
    station = locked_station(merged.station)  # where it stays while it is merged
    files = locked_persons([merged])
    merge = ClientMerge.objects.select_related("spell").get(pk=merge.pk)
    if merge.undone_at:
        raise ValidationError("这次合并已经撤销")
    if any(file.anonymised_at for file in files.values()):
        raise ValidationError("档案已匿名化，不能再撤销合并")
    merge.undone_at, merge.undone_by, merge.undo_reason = timezone.now(), by, reason
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    client, kept = files[merge.client_id], files[merge.kept_id]
    if merge.spell:
        refuse_second_file(client.id_number_index, station, advice="撤销前请先更正或归档那份档案", but=client)
        merge.spell.ends_on, merge.spell.ending = None, ""
        merge.spell.save(update_fields=["ends_on", "ending"])
        client.closed_on = None
        client.save(update_fields=["closed_on"])
    _lead(files, roots_of(files), by)
    for target, words in ((client, {"并入": [f"档案 {kept.pk}", None]}), (kept, {"收入": [f"档案 {client.pk}", None]})):
        trail.record(by=by, verb="撤销合并档案", client=target, changes=words)
    return merge


@transaction.atomic
def not_duplicate(*, by: User | None, client: Client, other: Client, reason: str = "") -> NotDuplicate:
    """Two files, two people: not proposed again. A repeat gives the first word on it."""
    low, high = sorted([client, other], key=lambda row: row.pk)
    if low.pk == high.pk:
        raise ValidationError("请选择两份不同的档案")
    row, created = NotDuplicate.objects.get_or_create(
        client=low,
        other=high,
        defaults={"by": by, "reason": required_text(reason, field="reason", label="理由") if reason.strip() else ""},
    )
    if created:
        for target, another in ((low, high), (high, low)):
            words = {"非同一人": [None, f"档案 {another.pk}"]}
            trail.record(by=by, verb="认定非同一人", client=target, changes=words)
    return row


def roots_of(keys: Iterable[int]) -> dict[int, int]:
    """Each file → the file that stands for its person, by the standing merges. One query."""
    keys = list(keys)
    edges = dict(ClientMerge.objects.filter(undone_at=None, client__in=keys).values_list("client_id", "kept_id"))
    found = {}
    for key in keys:
        root = key
        while root in edges:
            root = edges[root]
        found[key] = root
    return found


def locked_persons(clients: Iterable[Client]) -> dict[int, Client]:
    """All files of the persons whom these files stand for, locked and read again: key → file.

    Raises ValidationError when a merge that was committed while we waited made them other people's.
    """
    roots = {client.person_id for client in clients}
    rows = Client.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots)).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",)).select_related("station__unit")}
    # A file that joined while the statement waited is not among those locked.
    if set(rows.values_list("pk", flat=True)) != found.keys() or {row.person_id for row in found.values()} != roots:
        raise ValidationError("档案刚被其他人合并或撤销合并，请刷新页面后再试")
    return found


def _check(client: Client, kept: Client) -> None:
    for file in (client, kept):
        if file.merged_into_id:
            raise ValidationError(f"档案 {file.pk} 已并入档案 {file.merged_into_id}，请用后者办理")
        if file.anonymised_at:
            raise ValidationError(f"档案 {file.pk} 已匿名化，不能合并")
    if client.id_number_index and kept.id_number_index and client.id_number_index != kept.id_number_index:
        raise ValidationError("两份档案的身份证号不同，不是同一人；如有一份填写有误，请先更正")
    if client.closed_on is None and kept.closed_on is not None:
        raise ValidationError("要保留的档案已归档，另一份仍在档：请保留在档的一份，或先恢复建档")
    if client.refuses_use() and not kept.refuses_use():
        raise ValidationError(f"档案 {client.pk} 已撤回服务同意：请先在要保留的档案上登记撤回，或保留前者")
    pair = Q(client=client, other=kept) | Q(client=kept, other=client)
    if ClientRelation.objects.filter(pair).exists():
        raise ValidationError("两份档案互为家庭成员；确属同一人的，请先删去这条家庭关系")
    if Transfer.objects.filter(client=client, state=TransferState.ASKED).exists():
        raise ValidationError(f"档案 {client.pk} 的转移申请还没有处理，请先处理")


def _end_spell(client: Client) -> FileSpell | None:
    """End the spell that is open today; None when the file was closed before."""
    spell = client.spells.current().first()
    if spell is None:
        return None
    end_spell(spell, max(timezone.localdate(), spell.starts_on), Ending.MERGED)
    client.closed_on = spell.ends_on
    client.save(update_fields=["closed_on"])
    return spell


def _lead(files: Mapping[int, Client], roots: Mapping[int, int], by: User | None) -> None:
    """Write where these files lead, tell the rooms above, and have what counts persons counted again."""
    persons = {key: root for key, root in roots.items() if files[key].person_id != root}
    for key, root in persons.items():
        files[key].merged_into_id = None if root == key else root
        files[key].save(update_fields=["merged_into"])
    signals.person_changed.send(sender=Client, persons=persons, by=by)
    since = (
        FileSpell.objects.filter(client__in=persons).order_by().values_list("station__unit").annotate(Min("starts_on"))
    )
    stale.mark_all({unit: stale.months_since(day) for unit, day in since})

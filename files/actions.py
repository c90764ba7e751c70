"""Writes on attachments: attach, remove, and the sweep of what no row names."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from accounts import audit
from accounts.models import OrgUnit, User
from common.checks import withdrawal_reason
from files import signals, stored
from files.checks import CheckedFile, checked
from files.kinds import kinds_words
from files.models import Attachment
from files.registry import Slot, attachable_of

log = logging.getLogger(__name__)

SWEPT_DAYS = 30


@transaction.atomic
def attach(
    *,
    by: User | None,
    target: Model,
    unit: OrgUnit,
    files: Sequence[File[bytes] | CheckedFile],
    slot: str = "",
    is_demo: bool = False,
    field: str = "",
) -> list[Attachment]:
    """Attach files to a saved row, inside the caller's transaction; with their event in the trail of the target.

    `unit` is where the target lies. `slot` is one that the target's model declares. Files may be raw or come checked
    from FilesField. Raises ValidationError for `field` (default: the slot's name) naming each refused file and why.
    A rollback leaves no row; what was stored by then is swept later.
    """
    place = attachable_of(target).slot(slot)
    ready = _ready(files, place, field or slot or "files")
    if not ready:
        return []
    target_type = ContentType.objects.get_for_model(target)
    _refuse_too_many(target_type, target, slot, place, len(ready), field or slot or "files")
    rows = [
        Attachment(
            unit=unit,
            target_type=target_type,
            target_id=target.pk,
            slot=slot,
            uploaded_by=by,
            is_demo=is_demo,
            **_content(file),
        )
        for file in ready
    ]
    rows = Attachment.objects.bulk_create(rows)
    audit.record(by=by, verb="上传附件", target=target, unit=unit, changes={place.label: [None, _told(target, rows)]})
    signals.attached.send(sender=type(target), target=target, by=by)
    return rows


def _told(target: Model, rows: list[Attachment]) -> list[str]:
    """The files as the trail names them: by their count where the target keeps fields private, for “张三身份证.jpg”
    names the person."""
    return [f"{len(rows)} 个文件"] if hasattr(target, "audit_private") else [row.name for row in rows]


def _ready(files: Sequence[File[bytes] | CheckedFile], place: Slot, field: str) -> list[CheckedFile]:
    """All of them checked; every refusal in one error."""
    ready, problems = [], []
    for file in files:
        try:
            found = file if isinstance(file, CheckedFile) else checked(file, place.kinds)
            if found.kind not in place.kinds:
                raise ValidationError(
                    f"“{found.name}”是 {found.kind.label}，{place.label}只收 {kinds_words(place.kinds)}"
                )
            ready.append(found)
        except ValidationError as error:
            problems += error.messages
    if problems:
        raise ValidationError({field: problems})
    return ready


def _refuse_too_many(target_type: ContentType, target: Model, slot: str, place: Slot, more: int, field: str) -> None:
    here = Attachment.objects.standing().filter(target_type=target_type, target_id=target.pk, slot=slot).count()
    if here + more > place.most:
        raise ValidationError({field: f"{place.label}最多 {place.most} 个文件，已有 {here} 个，这次又选了 {more} 个"})


def _content(file: CheckedFile) -> dict[str, Any]:
    """Store it; gives the columns that say what it is."""
    columns: dict[str, Any] = {"name": file.name, "kind": file.kind.value, "sha256": file.sha256}
    picture = file.picture
    if picture is None:
        size, stored_sha256 = file.source.size, file.sha256
        return {
            **columns, "size": size, "stored_sha256": stored_sha256,
            "stored_name": stored.keep(file.source, file.kind.extension),
        }  # fmt: skip
    return {
        **columns,
        "size": len(picture.data),
        "stored_sha256": picture.sha256,
        "width": picture.width,
        "height": picture.height,
        "taken_at": picture.taken_at,
        "stored_name": stored.keep(picture.data, file.kind.extension),
        "thumbnail_name": stored.keep(picture.thumbnail, ".jpg"),
    }


@transaction.atomic
def remove(*, by: User | None, attachment: Attachment, reason: str) -> Attachment:
    """Take a file off its target: it is no longer shown or served. The row and what is stored stay, with the reason.

    Raises ValidationError without a reason, and for a file that somebody else removed meanwhile.
    """
    row = Attachment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=attachment.pk)
    if row.removed_at is not None:
        raise ValidationError("这个附件已经被移除")
    reason = withdrawal_reason(reason, label="移除理由")
    row.removed_at, row.removed_by, row.removal_reason = timezone.now(), by, reason
    row.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    label = row.spec.slot(row.slot).label
    target = row.target or row
    audit.record(
        by=by,
        verb="移除附件",
        target=target,
        unit=row.unit,
        changes={label: [_told(target, [row])[0], None]},
        reason=reason,
    )
    signals.removed.send(sender=type(target), target=target, by=by)
    return row


def sweep() -> int:
    """Drop what is stored and named by no row: left by transactions that were rolled back. How many."""
    dropped = 0
    for day in stored.days_to_sweep(timezone.localdate(), SWEPT_DAYS):
        names = stored.names_of(day)
        if not names:
            continue
        folder = stored.folder_of(day)
        # A picture that came at midnight has its thumbnail in the folder of the next day.
        here = Q(stored_name__startswith=folder) | Q(thumbnail_name__startswith=folder)
        rows = Attachment.objects.filter(here).values_list("stored_name", "thumbnail_name")
        for name in names - {name for row in rows for name in row}:
            stored.drop(name)
            dropped += 1
    if dropped:
        log.info("%s stored files without a row dropped", dropped)
    return dropped


@transaction.atomic
def erase(*, targets: Iterable[Model]) -> int:
    """Destroy every file of these rows, removed ones too: for persons whose data must go. How many.

    What is stored goes once the transaction is committed; the caller leaves the event. All else is `remove`d.
    """
    keys: dict[ContentType, list[int]] = {}
    for target in targets:
        keys.setdefault(ContentType.objects.get_for_model(target), []).append(target.pk)
    condition = Q(pk__in=[])
    for target_type, found in keys.items():
        condition |= Q(target_type=target_type, target_id__in=found)
    rows = list(Attachment.objects.select_for_update(of=("self",)).filter(condition))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for name in {name for row in rows for name in (row.stored_name, row.thumbnail_name) if name}:
        transaction.on_commit(partial(stored.drop, name))
    return len(rows)

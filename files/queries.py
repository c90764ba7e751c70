"""Reads of attachments: what a page shows of its rows' files, and where the same picture or file turns up again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse

from accounts.models import User
from files.checks import size_words
from files.models import Attachment
from files.registry import Attachable, attachable_of, declared


@dataclass(frozen=True)
class Place:
    """Another target that holds the same picture or file."""

    label: str
    url: str
    uploaded_at: datetime


@dataclass
class Duplicates:
    """`places` that the user sees, and how many `hidden` ones outside their scope."""

    places: list[Place] = field(default_factory=list)
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.places or self.hidden)


@dataclass(frozen=True)
class AttachmentRow:
    """One file as components/attachments.html shows it. Addresses are "" where there is none (a document has no
    thumbnail; `remove_url` only for who may remove)."""

    pk: int
    name: str
    kind: str
    is_image: bool
    slot: str
    slot_label: str
    size: str
    url: str
    thumbnail_url: str
    remove_url: str
    taken_at: datetime | None
    uploaded_at: datetime
    uploaded_by: str
    duplicates: Duplicates


def visible_attachment(user: User, pk: int) -> Attachment | None:
    """The standing file if the user sees its target. As `Attachment.objects.visible_to`, which asks every declared
    model at once: here its target's alone, since a page asks for thirty thumbnails."""
    row = Attachment.objects.standing().select_related("unit", "target_type").filter(pk=pk).first()
    if row is None or not row.spec.visible_to(user).filter(pk=row.target_id).exists():
        return None
    return row


def attachments_of(user: User, targets: Iterable[Model], slot: str | None = None) -> dict[Any, list[AttachmentRow]]:
    """Key of the target → its files in the order of upload ([] for a target without any), for rows of one model.

    Only what the user may see. One query where there are no files, else a number of queries that does not grow with
    rows: the files, what may be removed, the same pictures elsewhere (and one for each model that holds such).
    """
    keys: dict[Any, list[AttachmentRow]] = {}
    model: type[Model] | None = None
    for target in targets:
        keys[target.pk], model = [], type(target)
    if model is None:
        return {}
    spec = attachable_of(model)
    seen = spec.visible_to(user).filter(pk__in=list(keys)).order_by().values("pk")
    rows = Attachment.objects.standing().on(model).filter(target_id__in=seen).select_related("uploaded_by")
    found = list(rows if slot is None else rows.filter(slot=slot))
    if not found:
        return keys
    held = {row.target_id for row in found}
    changeable = set(spec.changeable_by(user).filter(pk__in=held).order_by().values_list("pk", flat=True))
    duplicates = duplicates_of(user, found)
    for row in found:
        keys[row.target_id].append(_shown(row, spec, duplicates[row.pk], may_remove=row.target_id in changeable))
    return keys


def _shown(row: Attachment, spec: Attachable, duplicates: Duplicates, *, may_remove: bool) -> AttachmentRow:
    image = row.file_kind.is_image
    return AttachmentRow(
        pk=row.pk,
        name=row.name,
        kind=row.file_kind.label,
        is_image=image,
        slot=row.slot,
        slot_label=spec.slot(row.slot).label,
        size=size_words(row.size),
        url=reverse("file_open", args=[row.pk]),
        thumbnail_url=reverse("file_thumbnail", args=[row.pk]) if image else "",
        remove_url=reverse("file_remove", args=[row.pk]) if may_remove else "",
        taken_at=row.taken_at,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by.name if row.uploaded_by else "系统",
        duplicates=duplicates,
    )


def duplicates_of(user: User, attachments: Sequence[Attachment]) -> dict[int, Duplicates]:
    """Key of each attachment → where else the same picture (whatever its metadata) or file stands.

    The same photo sent twice has the same stored content; one that was downloaded here and sent again came with the
    stored content of the first. What the user may not see is counted, never named.
    """
    result = {row.pk: Duplicates() for row in attachments}
    digests = {digest for row in attachments for digest in (row.sha256, row.stored_sha256)}
    same = Q(sha256__in=digests) | Q(stored_sha256__in=digests)
    others = list(Attachment.objects.standing().filter(same).select_related("target_type"))
    by_digest: dict[str, list[Attachment]] = defaultdict(list)
    for other in others:
        for digest in {other.sha256, other.stored_sha256}:
            by_digest[digest].append(other)
    pairs = {
        row.pk: {o.pk: o for digest in {row.sha256, row.stored_sha256} for o in by_digest[digest] if o.pk != row.pk}
        for row in attachments
    }
    places = _places(user, [other for matches in pairs.values() for other in matches.values()])
    for key, matches in pairs.items():
        for pk in sorted(matches):
            if pk in places:
                result[key].places.append(places[pk])
            else:
                result[key].hidden += 1
    return result


def _places(user: User, others: Iterable[Attachment]) -> dict[int, Place]:
    """Key of an attachment → where it stands, for those that the user sees. One query for each model."""
    by_type: dict[str, list[Attachment]] = defaultdict(list)
    for other in others:
        by_type[f"{other.target_type.app_label}.{other.target_type.model}"].append(other)
    places = {}
    for spec in declared():
        here = by_type.get(spec.model._meta.label_lower)
        if not here:
            continue
        rows = spec.visible_to(user).select_related(*spec.related) if spec.related else spec.visible_to(user)
        targets = rows.in_bulk({other.target_id for other in here})
        for other in here:
            if other.target_id in targets:
                target = targets[other.target_id]
                label = f"{spec.label(target)}（{spec.slot(other.slot).label}）"
                places[other.pk] = Place(label, spec.page(target) if spec.page else "", other.uploaded_at)
    return places

"""Two files of one person: proposed, merged with history, unmerged when wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from clients.models.files import Client, FileSpell
from clients.models.persons import OfClient, OfClientQuerySet


class ClientMerge(OfClient, models.Model):
    """`client` was merged into `kept`; both rows stay, so that it can be undone. All standing merges together say
    where a file leads (Client.merged_into)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="merges", verbose_name="并入的档案")
    kept = models.ForeignKey(Client, models.PROTECT, related_name="merges_kept", verbose_name="保留的档案")
    reason = models.CharField("合并理由", max_length=200)
    # The spell that merging ended, which undoing opens again; None: the file was closed before.
    spell = models.ForeignKey(FileSpell, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    merged_at = models.DateTimeField("合并时间", auto_now_add=True)
    merged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="合并人")
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人")
    undo_reason = models.CharField("撤销理由", max_length=200, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = "档案合并"
        verbose_name_plural = "档案合并"
        ordering = ["-merged_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(undone_at=None), name="client_merged_once"),
            models.CheckConstraint(condition=~Q(client=F("kept")), name="client_merge_two_files"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undo_reason="") | Q(undone_at__isnull=False) & ~Q(undo_reason=""),
                name="client_merge_undone_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} → {self.kept}"


class NotDuplicate(OfClient, models.Model):
    """Somebody looked and said that these two files are two people: not proposed again. `client` has the lower key."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="+", verbose_name="档案")
    other = models.ForeignKey(Client, models.PROTECT, related_name="+", verbose_name="另一份档案")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="认定人")
    at = models.DateTimeField("认定时间", auto_now_add=True)
    reason = models.CharField("理由", max_length=200, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        verbose_name = "非同一人"
        verbose_name_plural = "非同一人"
        constraints = [
            models.UniqueConstraint(fields=["client", "other"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(client__lt=F("other")), name="not_duplicate_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.client} ≠ {self.other}"

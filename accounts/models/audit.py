"""The append-only audit trail. Rows are never updated or deleted; a trigger in the database refuses both."""

from __future__ import annotations

from django.db import models

from accounts.gate import gated
from accounts.models.users import User
from common.paths import PathField


class AuditEvent(models.Model):
    """One write: who, when, from where, what changed. Citizens' numbers never stand in it: `state` masks them."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    actor_name = models.CharField("操作人姓名", max_length=60, help_text="系统操作为“系统”")
    ip = models.GenericIPAddressField("来源地址", null=True)
    verb = models.CharField("操作", max_length=60)
    target_type = models.CharField("对象类型", max_length=40)
    target_id = models.CharField("对象编号", max_length=40)
    target_label = models.CharField("对象", max_length=160)
    path = PathField("单位路径")
    changes = models.JSONField("变更", default=dict, help_text="字段 → [旧值, 新值]")
    reason = models.CharField("理由", max_length=500, blank=True)

    objects = gated("path")

    class Meta:
        verbose_name = "审计事件"
        verbose_name_plural = "审计事件"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["path", "-id"]),
            models.Index(fields=["target_type", "target_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_label}"


class AuditSeal(models.Model):
    """Closes a run of events into a hash chain: sha256(previous seal + canonical JSON of the events).

    Each run begins where the last one ended, so that every id belongs to one seal, also an id that a rolled-back
    transaction left unused. `first_id` is unique: of two workers that seal at once, one fails and sealed nothing.
    """

    first_id = models.BigIntegerField(unique=True)
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "审计封签"
        verbose_name_plural = "审计封签"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id} {self.digest[:12]}"

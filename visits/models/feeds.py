"""A private calendar address: the visits of one station, for one user's phone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from clients.gate import SupervisedModel, SupervisedQuerySet
from stations.models import Station


class CalendarFeed(SupervisedModel, models.Model):
    """`key_hash`: SHA-256 of the secret part of the address, which is shown once and kept nowhere."""

    audit_private: ClassVar[frozenset[str]] = frozenset({"key_hash"})

    user = models.ForeignKey(User, models.CASCADE, related_name="visit_feeds", verbose_name="用户")
    station = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name="站点")
    key_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    last_used_on = models.DateField("最近使用", null=True, blank=True)

    objects = SupervisedQuerySet.as_manager()

    class Meta:
        verbose_name = "探访日历订阅"
        verbose_name_plural = "探访日历订阅"
        constraints = [
            models.UniqueConstraint(fields=["user", "station"], condition=Q(revoked_at=None), name="visit_feed_once")
        ]

    def __str__(self) -> str:
        return f"{self.station} 探访日历"

"""Quality at entry, not police: what the entry looked like, and what the checker said of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.gate import gated
from accounts.models import User
from services.models.records import ServiceRecord
from services.vocabulary import Doubt, ReviewState


class EntryWarning(models.Model):
    """What looked odd when a record was entered or corrected. It holds nothing up and stays with the record; cleared
    when a correction did away with it."""

    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="warnings", verbose_name="服务记录")
    kind = models.CharField("提示", max_length=12, choices=Doubt.choices)
    detail = models.CharField("说明", max_length=300)
    other = models.ForeignKey(
        ServiceRecord, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="相关记录"
    )
    raised_at = models.DateTimeField("提示时间")
    cleared_at = models.DateTimeField("消除时间", null=True, blank=True)

    objects = gated("service__station__unit__path")

    class Meta:
        verbose_name = "录入提示"
        verbose_name_plural = "录入提示"
        ordering = ["service", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind"], condition=Q(cleared_at=None), name="entry_warning_kind_once"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | Q(cleared_at__gte=F("raised_at")), name="entry_warning_cleared_after"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ServiceReview(models.Model):
    """One step of the checker, or the worker's answer. The last one is ServiceRecord.review_state."""

    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="reviews", verbose_name="服务记录")
    state = models.CharField("审阅", max_length=8, choices=ReviewState.choices)
    comment = models.CharField("意见", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间")

    objects = gated("service__station__unit__path")

    class Meta:
        verbose_name = "服务审阅"
        verbose_name_plural = "服务审阅"
        ordering = ["service", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["ASKED", "ANSWERED"]) | ~Q(comment=""), name="review_question_in_words"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

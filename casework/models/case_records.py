"""What hangs on a case besides its steps: service records and the comments of who supervises."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from casework.models.case_contents import CaseGoal
from casework.models.cases import Case, CaseStep, OfCase, OfCaseQuerySet
from services.models import ServiceRecord


class CaseServiceQuerySet(OfCaseQuerySet):
    def valid(self) -> CaseServiceQuerySet:
        """Of records that count."""
        return self.filter(service__voided_at=None)


class CaseService(OfCase, models.Model):
    """A service record that belongs to the case, and the goals that it worked on."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="case_services", verbose_name="个案")
    service = models.ForeignKey(ServiceRecord, models.PROTECT, related_name="case_services", verbose_name="服务记录")
    goals = models.ManyToManyField(CaseGoal, related_name="services", blank=True, verbose_name="针对的目标")

    objects = CaseServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "个案服务"
        verbose_name_plural = "个案服务"
        ordering = ["service__starts_on", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "service"], name="case_service_once")]

    def __str__(self) -> str:
        return f"{self.case} · {self.service}"


class CaseComment(OfCase, models.Model):
    """A supervisor's 督导 or manager's comment on a step. Unread until the station says so or answers."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="comments", verbose_name="个案")
    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="comments", verbose_name="环节")
    text = models.TextField("点评", max_length=1000, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="点评人")
    at = models.DateTimeField("点评时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    answer = models.TextField("回复", max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回复人"
    )
    answered_at = models.DateTimeField("回复时间", null=True, blank=True)

    objects = OfCaseQuerySet.as_manager()

    audit_private: ClassVar[frozenset[str]] = frozenset({"text", "answer"})

    class Meta:
        verbose_name = "督导点评"
        verbose_name_plural = "督导点评"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | Q(answered_at__isnull=False, read_at__isnull=False),
                name="case_comment_answered_is_read",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} 点评"

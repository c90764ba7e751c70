"""Batches of visits 探访任务 that a county sets: who, by when, and what to ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet, may, path_of
from accounts.models import OrgUnit, User
from accounts.roles import Permission
from clients.gate import SupervisedModel, SupervisedQuerySet
from common.paths import ancestors, within
from policies.models import PolicyDocument
from visits.vocabulary import BatchState, QuestionKind


class VisitBatchQuerySet(GatedQuerySet):
    """Batches are read downwards once they are set: a station sees what its county asks."""

    gate = "unit__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        above = [step for path in paths for step in ancestors(path)]
        inside = super().in_paths(paths)
        return (inside | self.filter(unit__path__in=above).exclude(state=BatchState.DRAFT)).distinct()

    def running(self) -> Self:
        return self.filter(state=BatchState.RUNNING)


class VisitBatch(models.Model):
    """`criteria`: categories, focus, levels (lists, empty: any), age_from, age_to (years, both included, or absent).
    `units`: the townships and stations it is for; none: everything below `unit`.

    Whom it covers is fixed when it is started; `extend_batch` adds those who match by then, nobody joins by themselves.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="visit_batches", verbose_name="下达单位")
    title = models.CharField("名称", max_length=60)
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    requirement = models.TextField("探访要求", max_length=1000, blank=True)
    criteria = models.JSONField("对象范围", default=dict)
    units = models.ManyToManyField(OrgUnit, related_name="+", blank=True, verbose_name="适用单位")
    due_on = models.DateField("完成期限")
    state = models.CharField("状态", max_length=8, choices=BatchState.choices, default=BatchState.DRAFT)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="创建人")
    started_on = models.DateField("下达日期", null=True, blank=True)
    closed_on = models.DateField("结束日期", null=True, blank=True)
    conclusion = models.CharField("结束说明", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = VisitBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "探访任务"
        verbose_name_plural = "探访任务"
        ordering = ["-due_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=BatchState.DRAFT, started_on=None, closed_on=None)
                | Q(state=BatchState.RUNNING, started_on__isnull=False, closed_on=None)
                | Q(state=BatchState.CLOSED, started_on__isnull=False, closed_on__isnull=False),
                name="visit_batch_state_with_days",
            ),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(due_on__gte=F("started_on")), name="visit_batch_due_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def allows(self, user: Any, permission: Permission) -> bool:
        """Whoever sees the batch from below reads it too; setting it takes the permission at its own unit."""
        if may(user, permission, path_of(self)):
            return True
        below = any(within(path, path_of(self)) for path in user.paths(permission))
        return permission == Permission.VIEW_RECORDS and self.state != BatchState.DRAFT and below


class BatchQuestion(models.Model):
    """One thing to ask. `choices`: the answers of a choice, in order."""

    batch = models.ForeignKey(VisitBatch, models.CASCADE, related_name="questions", verbose_name="探访任务")
    order = models.PositiveSmallIntegerField("顺序")
    text = models.CharField("问题", max_length=100)
    kind = models.CharField("类型", max_length=8, choices=QuestionKind.choices)
    choices = models.JSONField("选项", default=list, blank=True)
    required = models.BooleanField("必答", default=True)

    class Meta:
        verbose_name = "探访问题"
        verbose_name_plural = "探访问题"
        ordering = ["batch", "order"]
        constraints = [models.UniqueConstraint(fields=["batch", "order"], name="batch_question_order_once")]

    def __str__(self) -> str:
        return self.text


class AnswerQuerySet(SupervisedQuerySet):
    gate = "visit__station__unit__path"
    station = "visit__station"


class Answer(SupervisedModel, models.Model):
    """What was answered: `text` as chosen or written (是, 否), `number` of a numeric question besides."""

    audit_private: ClassVar[frozenset[str]] = frozenset({"text", "number"})

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="answers", verbose_name="探访")
    question = models.ForeignKey(BatchQuestion, models.PROTECT, related_name="answers", verbose_name="问题")
    text = models.CharField("回答", max_length=300)
    number = models.DecimalField("数值", max_digits=12, decimal_places=2, null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "探访回答"
        verbose_name_plural = "探访回答"
        constraints = [models.UniqueConstraint(fields=["visit", "question"], name="visit_answer_once")]

    def __str__(self) -> str:
        return f"回答 {self.pk}"

    @property
    def supervised_station_id(self) -> int:
        return self.visit.station_id

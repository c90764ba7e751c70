"""How workers grow and are valued (R17): training with hours, the yearly evaluation, rewards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet, may
from accounts.models import OrgUnit
from accounts.roles import Permission
from stations.models.careers import OfWorkerQuerySet


class TrainingKind(models.TextChoices):
    INDUCTION = "INDUCTION", "岗前培训"
    SKILLS = "SKILLS", "专业技能"
    POLICY = "POLICY", "政策法规"
    SUPERVISION = "SUPERVISION", "督导培训"
    CONTINUING = "CONTINUING", "继续教育"
    OTHER = "OTHER", "其他"


class TrainingQuerySet(GatedQuerySet):
    """A training lies at the unit that recorded it, and wherever those who took part lie."""

    gate = "unit__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        taken = Attendance.objects.all().in_paths(paths).order_by()
        recorded = GatedQuerySet.in_paths(Training.objects.all(), paths).order_by()
        return self.filter(Q(pk__in=recorded.values("pk")) | Q(pk__in=taken.values("training")))

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        """Who took part sees a training; only its unit manages it."""
        if permission == Permission.MANAGE_WORKERS:
            return GatedQuerySet.in_paths(self, user.paths(permission))
        return super().visible_to(user, permission)


class Training(models.Model):
    """A training that workers took part in, over one day or several (`held_to` included)."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="trainings", verbose_name="登记单位", help_text="县、乡镇或站点"
    )
    topic = models.CharField("主题", max_length=100)
    kind = models.CharField("类型", max_length=12, choices=TrainingKind.choices)
    organiser = models.CharField("主办单位", max_length=80)
    place = models.CharField("地点", max_length=100, blank=True)
    held_from = models.DateField("开始日期")
    held_to = models.DateField("结束日期", help_text="含当日")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)
    note = models.CharField("说明", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = "培训"
        verbose_name_plural = "培训"
        ordering = ["-held_to", "-id"]
        indexes = [models.Index(fields=["held_to", "unit"])]
        constraints = [
            models.CheckConstraint(condition=Q(held_to__gte=F("held_from")), name="training_dates_ordered"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="training_hours_positive"),
        ]

    def __str__(self) -> str:
        return self.topic

    def allows(self, user: Any, permission: Permission) -> bool:
        """For the gate: who sees a training reads it; only its unit manages it."""
        if permission == Permission.MANAGE_WORKERS:
            return may(user, permission, self.unit.path)
        return Training.objects.visible_to(user, permission).filter(pk=self.pk).exists()


class AttendanceQuerySet(OfWorkerQuerySet):
    def within(self, first: date, last: date) -> Self:
        """Of trainings that ended from `first` to `last`, both included."""
        return self.filter(training__held_to__gte=first, training__held_to__lte=last)

    def at_stations(self) -> Any:
        """With `station_id`: where the worker was posted when the training ended. Others are left out."""
        ended, posting = F("training__held_to"), "worker__postings__"
        here = Q(**{f"{posting}starts_on__lte": ended}) & (
            Q(**{f"{posting}ends_on": None}) | Q(**{f"{posting}ends_on__gt": ended})
        )
        return self.filter(here).annotate(station_id=F(f"{posting}station_id"))


class Attendance(models.Model):
    """A worker took part in a training, for so many hours."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="attendances", verbose_name="培训")
    worker = models.ForeignKey("stations.Worker", models.CASCADE, related_name="attendances", verbose_name="社工")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "参训"
        verbose_name_plural = "参训"
        ordering = ["training", "worker"]
        constraints = [
            models.UniqueConstraint(fields=["training", "worker"], name="attendance_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="attendance_hours_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} {self.training}"


class Grade(models.TextChoices):
    EXCELLENT = "EXCELLENT", "优秀"
    GOOD = "GOOD", "合格"
    FAIR = "FAIR", "基本合格"
    FAILED = "FAILED", "不合格"


class WorkerEvaluationQuerySet(OfWorkerQuerySet):
    def within(self, first: date, last: date) -> Self:
        """Made from `first` to `last`, both included."""
        return self.filter(evaluated_on__gte=first, evaluated_on__lte=last)


class WorkerEvaluation(models.Model):
    """A worker's evaluation of one year 年度考核."""

    worker = models.ForeignKey("stations.Worker", models.CASCADE, related_name="evaluations", verbose_name="社工")
    year = models.PositiveSmallIntegerField("年度")
    grade = models.CharField("等次", max_length=10, choices=Grade.choices)
    score = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True, blank=True, help_text="百分制")
    evaluator = models.CharField("考核单位", max_length=80)
    comment = models.CharField("评语", max_length=500, blank=True)
    evaluated_on = models.DateField("考核日期")

    objects = WorkerEvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = "年度考核"
        verbose_name_plural = "年度考核"
        ordering = ["worker", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["worker", "year"], name="evaluation_once_a_year"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="evaluation_score_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度 {self.get_grade_display()}"


class RewardLevel(models.TextChoices):
    NATION = "NATION", "国家级"
    PROVINCE = "PROVINCE", "省级"
    CITY = "CITY", "市级"
    COUNTY = "COUNTY", "县级"
    UNIT = "UNIT", "乡镇（街道）或机构"


class Reward(models.Model):
    """A reward or honour 奖励."""

    worker = models.ForeignKey("stations.Worker", models.CASCADE, related_name="rewards", verbose_name="社工")
    title = models.CharField("名称", max_length=80)
    level = models.CharField("级别", max_length=10, choices=RewardLevel.choices)
    granted_by = models.CharField("授予单位", max_length=80)
    granted_on = models.DateField("授予日期")

    objects = OfWorkerQuerySet.as_manager()

    class Meta:
        verbose_name = "奖励"
        verbose_name_plural = "奖励"
        ordering = ["worker", "-granted_on"]

    def __str__(self) -> str:
        return self.title

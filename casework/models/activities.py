"""Community activities 社区活动: plan, the services through which they were held, result."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from casework.models.planned import Attainment, PlannedModel, PlannedQuerySet
from casework.models.satisfaction import Satisfaction
from common.months import Month
from services.models import Domain, ServiceRecord
from stations.models import Station, Worker


class ActivityState(models.TextChoices):
    PLANNED = "PLANNED", "待开展"
    HELD = "HELD", "已开展"
    CONCLUDED = "CONCLUDED", "已总结"
    CANCELLED = "CANCELLED", "已取消"


class ActivityQuerySet(PlannedQuerySet):
    """The words that lists and figures share."""

    def held_in(self, month: Month) -> Self:
        """By the first day on which it was held: an activity of several days counts once."""
        return self.filter(held_on__gte=month.first, held_on__lte=month.last)

    def waiting(self, first: date, last: date) -> Self:
        """Planned for some day from `first` to `last`, not concluded and not cancelled."""
        open_states = (ActivityState.PLANNED, ActivityState.HELD)
        return self.filter(state__in=open_states, starts_on__lte=last, ends_on__gte=first)


class Activity(PlannedModel, Satisfaction, models.Model):
    """An activity for many. `held_on` repeats the first day of its records that count."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="activities", verbose_name="站点")
    name = models.CharField("活动主题", max_length=60)
    domain = models.CharField("领域", max_length=16, choices=Domain.choices)
    purpose = models.TextField("活动目的", max_length=500)
    content = models.TextField("活动内容", max_length=1000, blank=True)
    starts_on = models.DateField("计划开始日期")
    ends_on = models.DateField("计划结束日期")
    place = models.CharField("活动地点", max_length=100)
    expected = models.PositiveIntegerField("预计参加人数")
    volunteers_needed = models.PositiveSmallIntegerField("需要志愿者人数", default=0)
    partners = models.CharField("合作单位", max_length=200, blank=True)
    budget = models.DecimalField("预算（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    workers = models.ManyToManyField(Worker, related_name="activities", verbose_name="负责社工")
    state = models.CharField(
        "状态", max_length=10, choices=ActivityState.choices, default=ActivityState.PLANNED, editable=False
    )
    held_on = models.DateField("开展日期", null=True, blank=True, editable=False)
    concluded_on = models.DateField("总结日期", null=True, blank=True)
    attainment = models.CharField("目标达成", max_length=8, choices=Attainment.choices, blank=True)
    result = models.TextField("活动成效", max_length=1000, blank=True)
    evaluation = models.TextField("评估和改进", max_length=1000, blank=True)
    cost = models.DecimalField("实际支出（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    cancelled_on = models.DateField("取消日期", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = ActivityQuerySet.as_manager()
    audit_private: ClassVar[frozenset[str]] = frozenset({"result", "evaluation"})

    class Meta:
        verbose_name = "社区活动"
        verbose_name_plural = "社区活动"
        ordering = ["-starts_on", "-id"]
        indexes = [
            models.Index(fields=["station", "-starts_on", "-id"]),
            models.Index(fields=["held_on", "station"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_start"),
            models.CheckConstraint(condition=Q(expected__gte=1), name="activity_expects_somebody"),
            models.CheckConstraint(
                condition=Q(state="PLANNED", held_on=None, concluded_on=None, cancelled_on=None)
                | Q(state="HELD", held_on__isnull=False, concluded_on=None, cancelled_on=None)
                | Q(state="CONCLUDED", concluded_on__isnull=False, cancelled_on=None)
                & ~Q(result="")
                & ~Q(attainment="")
                | Q(state="CANCELLED", cancelled_on__isnull=False, held_on=None, concluded_on=None)
                & ~Q(cancel_reason=""),
                name="activity_state_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActivityRecordQuerySet(PlannedQuerySet):
    gate = "activity__station__unit__path"
    station = "activity__station"

    def valid(self) -> Self:
        return self.filter(record__voided_at=None)

    def held_in(self, month: Month) -> Self:
        """Days of activity in the month, by the day of the service; voided ones are no part."""
        return self.valid().filter(record__month=month)


class ActivityRecord(PlannedModel, models.Model):
    """A service record through which an activity was held: one for each of its days. A voided one stays as it was."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="records", verbose_name="社区活动")
    record = models.OneToOneField(
        ServiceRecord, models.PROTECT, related_name="activity_record", verbose_name="服务记录"
    )

    objects = ActivityRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "活动服务记录"
        verbose_name_plural = "活动服务记录"
        ordering = ["activity", "id"]

    def __str__(self) -> str:
        return f"{self.activity} {self.record.starts_on}"

    @property
    def supervised_station_id(self) -> int:
        return self.activity.station_id

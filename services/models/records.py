"""Service records 服务记录 and who served (R6, R13, R20)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet
from accounts.models import User
from common.indexes import CoveringIndex
from common.months import MonthField
from common.paths import STEP
from policies.models import Judged
from services.vocabulary import Domain, FocusGroup, Method, ReviewState
from stations.models import Station, Worker

PERSONAL = frozenset({"place", "result"})  # of a record that names people: a home, and what was said there


class ServiceRecordQuerySet(GatedQuerySet):
    gate = "station__unit__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        # All records lie in the nation. Said as a range of paths, SQLite walks 41,000 units instead of an index.
        return self.all() if any(len(path) == STEP for path in paths) else super().in_paths(paths)

    def valid(self) -> Self:
        """Records that count: those not voided."""
        return self.filter(voided_at=None)


class ServiceRecord(Judged):
    """One service or activity. Never deleted: corrected or voided with a reason, each leaving its audit event."""

    client_id = models.UUIDField("客户端编号", unique=True, default=uuid.uuid4, help_text="同一次提交重发只记一条")
    station = models.ForeignKey(Station, models.PROTECT, related_name="services", verbose_name="站点")
    month = MonthField("所属月份", editable=False)  # of starts_on; set by services.actions
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    title = models.CharField("服务内容", max_length=100)
    domain = models.CharField("领域", max_length=16, choices=Domain.choices)
    method = models.CharField("方法", max_length=18, choices=Method.choices)
    administrative = models.BooleanField("事务性", editable=False)  # by method
    place = models.CharField("地点", max_length=100, blank=True)
    contacts = models.PositiveIntegerField("服务人次")
    elderly = models.PositiveIntegerField("老年人（人次）", default=0)
    children = models.PositiveIntegerField("儿童（人次）", default=0)
    orphans = models.PositiveIntegerField("孤儿（人次）", default=0)
    hardship = models.PositiveIntegerField("困难群众（人次）", default=0)
    hours = models.DecimalField("服务时长（小时）", max_digits=5, decimal_places=1)
    volunteers = models.PositiveIntegerField("志愿者人数", default=0)
    volunteer_hours = models.DecimalField("志愿服务时长（小时）", max_digits=6, decimal_places=1, default=0)
    result = models.TextField("服务结果", max_length=2000, blank=True)
    workers = models.ManyToManyField(Worker, related_name="services", verbose_name="社工", through="ServiceWorker")
    entered_at = models.DateTimeField("录入时间")  # of an entry made offline: see services.moments
    # Only of entries that a phone saved without a connection: when it says it did, and when they reached us.
    captured_at = models.DateTimeField("离线登记时间", null=True, blank=True, editable=False)
    received_at = models.DateTimeField("送达时间", null=True, blank=True, editable=False)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    on_time = models.BooleanField("按时录入", editable=False)  # R6, judged at the moment of entry
    review_state = models.CharField(
        "审阅", max_length=8, choices=ReviewState.choices, default=ReviewState.PENDING, editable=False
    )
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废理由", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = ServiceRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "服务记录"
        verbose_name_plural = "服务记录"
        ordering = ["-starts_on", "-id"]
        indexes = [
            # The list of a station, keyset paged; and the list of a wider unit.
            models.Index(fields=["station", "-starts_on", "-id"]),
            models.Index(fields=["-starts_on", "-id"]),
            # Everything a month's measures read, so that counting never touches the table.
            CoveringIndex(
                fields=["month", "station"],
                include=[
                    "voided_at",
                    "domain",
                    "method",
                    "administrative",
                    "contacts",
                    "elderly",
                    "children",
                    "orphans",
                    "hardship",
                    "hours",
                    "volunteers",
                    "volunteer_hours",
                    "on_time",
                ],
                name="service_month_measures",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="service_ends_after_start"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="service_hours_positive"),
            models.CheckConstraint(condition=Q(volunteer_hours__gte=0), name="service_volunteer_hours_not_negative"),
            *(
                models.CheckConstraint(condition=Q(**{f"{group}__lte": F("contacts")}), name=f"service_{group}_within")
                for group in FocusGroup.values
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="") | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="service_void_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(captured_at=None, received_at=None)
                | Q(captured_at__isnull=False, received_at__isnull=False, entered_at__lte=F("received_at"))
                & (Q(entered_at=F("captured_at")) | Q(entered_at=F("received_at"))),
                name="service_offline_moments",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_private(self) -> frozenset[str]:
        """Of a record that names people the trail tells that these were changed, not what they say."""
        return PERSONAL if self.service_clients.exists() else frozenset()


class ServiceWorker(models.Model):
    """Who served."""

    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="service_workers")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="service_workers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "worker"], name="service_worker_once")]

    def __str__(self) -> str:
        return f"{self.worker} · {self.service}"

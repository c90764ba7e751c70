"""Month snapshots and monthly reports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.gate import gated
from accounts.models import OrgUnit, User
from common.months import MonthField
from policies.models import Judged
from reporting.fields import CountsField
from stations.models import Station


class UnitMonth(models.Model):
    """The measures of one unit and month, keyed by the registry's names; zeros are left out of the JSON.

    Dashboards, workbooks and the API read only this. Idempotent: computing again writes the same measures.
    """

    unit = models.ForeignKey(
        OrgUnit, models.CASCADE, related_name="months", db_index=False, verbose_name="单位"
    )  # unit_month_once begins with it
    month = MonthField("月份")
    measures = CountsField("计量", default=dict)
    computed_at = models.DateTimeField("计算时间")

    objects = gated("unit__path")

    class Meta:
        verbose_name = "单位月度快照"
        verbose_name_plural = "单位月度快照"
        constraints = [models.UniqueConstraint(fields=["unit", "month"], name="unit_month_once")]
        indexes = [models.Index(fields=["month", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.month}"


class ReportState(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    SUBMITTED = "SUBMITTED", "待审核"
    RETURNED = "RETURNED", "已退回"
    APPROVED = "APPROVED", "已通过"


class MonthlyReport(Judged):
    """A station's month 月度工作总结 (R7). Submitting copies the figures and locks the month; returning unlocks it.

    `submitted_at` is the first submission, by which on-time is judged; sending it again after a return keeps it.
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="reports", verbose_name="站点")
    month = MonthField("月份")
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    summary = models.TextField("本月工作情况", max_length=5000, blank=True)
    problems = models.TextField("存在问题和困难", max_length=3000, blank=True)
    plan = models.TextField("下月工作计划", max_length=3000, blank=True)
    zero_confirmed = models.BooleanField("确认本月没有服务", default=False)
    figures = models.JSONField("冻结的数字", null=True, blank=True)
    submitted_at = models.DateTimeField("首次上报时间", null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="上报人")
    on_time = models.BooleanField("按时上报", null=True)
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = gated("station__unit__path")

    class Meta:
        verbose_name = "月报"
        verbose_name_plural = "月报"
        ordering = ["-month", "station"]
        indexes = [models.Index(fields=["month", "state", "station"])]
        constraints = [
            models.UniqueConstraint(fields=["station", "month"], name="report_once"),
            models.CheckConstraint(
                condition=Q(state="DRAFT", submitted_at=None)
                | ~Q(state="DRAFT") & Q(submitted_at__isnull=False, on_time__isnull=False, figures__isnull=False),
                name="report_submitted_has_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.month} 月报"


class ReportStep(models.Model):
    """One step in a report's life: who moved it to which state, with the comment."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="steps", verbose_name="月报")
    state = models.CharField("状态", max_length=10, choices=ReportState.choices)
    comment = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "月报流转"
        verbose_name_plural = "月报流转"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d %H:%M}"

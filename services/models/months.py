"""The month lock."""

from __future__ import annotations

from django.db import models

from accounts.gate import gated
from common.months import MonthField
from stations.models import Station


class MonthLock(models.Model):
    """A station's month that takes no changes any more: its report is submitted. Gone when the report is returned."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="month_locks", verbose_name="站点")
    month = MonthField("月份")
    locked_at = models.DateTimeField("锁定时间", auto_now_add=True)
    reason = models.CharField("原因", max_length=100)

    objects = gated("station__unit__path")

    class Meta:
        verbose_name = "月份锁定"
        verbose_name_plural = "月份锁定"
        constraints = [models.UniqueConstraint(fields=["station", "month"], name="month_lock_once")]

    def __str__(self) -> str:
        return f"{self.station} {self.month}"

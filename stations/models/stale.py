"""Work that a change left behind: months to be counted, stations to be judged again. The broker only nudges."""

from __future__ import annotations

from django.db import models

from accounts.models import OrgUnit
from common.months import MonthField
from common.paths import PathField


class StaleMonth(models.Model):
    """What lies at `unit`, a station or a higher unit, is counted again, and then its ancestors; nothing below it.

    A fact that changes leaves a row in the same transaction (stations.stale.mark), raising `version` when one is
    there. A worker claims rows, counts, and deletes those whose version is still the claimed one.
    """

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="stale_months")
    month = MonthField()
    version = models.PositiveIntegerField(default=1)
    marked_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=80, blank=True)
    claimed_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "待重算月份"
        verbose_name_plural = "待重算月份"
        constraints = [models.UniqueConstraint(fields=["unit", "month"], name="stale_once")]
        indexes = [models.Index(fields=["claimed_by", "marked_at"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.month}"


class PendingJudgement(models.Model):
    """A document changed R5 for everything at or below `unit`: its completed stations are judged again, in the order of
    their paths. `judged_to` is the last one that was; the row goes when none is left."""

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="+")
    since = models.DateField(null=True)  # only those completed since
    judged_to = PathField(blank=True)

    class Meta:
        verbose_name = "待重新判定"
        verbose_name_plural = "待重新判定"

    def __str__(self) -> str:
        return str(self.unit)

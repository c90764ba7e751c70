"""A file moves to another station: one side asks, the other one agrees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet
from accounts.models import User
from clients.models.files import Client
from stations.models import Station


class TransferState(models.TextChoices):
    ASKED = "ASKED", "待对方确认"
    ACCEPTED = "ACCEPTED", "已转移"
    REFUSED = "REFUSED", "已拒绝"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class TransferQuerySet(GatedQuerySet):
    """A transfer lies at both stations."""

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        stations = Station.objects.all().in_paths(paths).order_by().values("pk")
        return self.filter(Q(from_station__in=stations) | Q(to_station__in=stations))


class Transfer(models.Model):
    """`asked_by_receiver`: the new station asked for the file, else the old one offers it."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="transfers", verbose_name="服务对象")
    from_station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name="转出站点")
    to_station = models.ForeignKey(Station, models.PROTECT, related_name="+", verbose_name="转入站点")
    asked_by_receiver = models.BooleanField("由转入站点提出", default=False)
    state = models.CharField("状态", max_length=10, choices=TransferState.choices, default=TransferState.ASKED)
    reason = models.CharField("理由", max_length=200)
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人")
    answer = models.CharField("处理意见", max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = "档案转移"
        verbose_name_plural = "档案转移"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["client"], condition=Q(state="ASKED"), name="client_one_open_transfer"),
            models.CheckConstraint(condition=~Q(from_station=F("to_station")), name="transfer_between_two_stations"),
            models.CheckConstraint(
                condition=Q(state="ASKED", decided_at=None) | ~Q(state="ASKED") & Q(decided_at__isnull=False),
                name="transfer_decided_with_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client}：{self.from_station} → {self.to_station}"

    def gate_paths(self) -> list[str]:
        """At both stations."""
        return [self.from_station.unit.path, self.to_station.unit.path]

"""What rows of this room have in common."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.gate import GatedQuerySet
from common.indexes import CoveringIndex
from common.months import Month, MonthField
from services.models import ServiceRecord
from stations.models import Station


class Withdrawable(models.Model):
    """A row that was entered by mistake stays, with the reason, and counts no more."""

    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回理由", max_length=200, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def with_reason(name: str) -> models.CheckConstraint:
        """A withdrawal has its reason, and nothing else has one."""
        withdrawn = Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")
        return models.CheckConstraint(condition=Q(withdrawn_at=None, withdrawal_reason="") | withdrawn, name=name)


class StandingQuerySet(GatedQuerySet):
    """Rows that may be withdrawn, and lie in a unit."""

    gate = "unit__path"

    def standing(self) -> Self:
        """Those not withdrawn: what counts."""
        return self.filter(withdrawn_at=None)


def token_field() -> models.UUIDField:
    """The number of a submit: the same one sent again makes no second row."""
    return models.UUIDField("提交编号", unique=True, default=uuid.uuid4, editable=False)


class InServiceQuerySet(GatedQuerySet):
    """Rows that tell who took part in a service; they lie where the service does."""

    gate = "station__unit__path"

    def valid(self) -> Self:
        """Of services that count."""
        return self.filter(counted=True)

    def in_month(self, month: Month) -> Self:
        """Of services of the month."""
        return self.filter(month=month)


class InService(models.Model):
    """Taking part in a service. The last columns repeat what distinct counts read; linkage.actions alone write them."""

    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="+", verbose_name="服务")
    station = models.ForeignKey(Station, models.PROTECT, related_name="+", editable=False)
    month = MonthField("所属月份", editable=False)
    counted = models.BooleanField(default=True, editable=False)  # False: the service is voided

    objects = InServiceQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def month_index(*include: str, name: str) -> models.Index:
        """Everything a month's measures read of these rows."""
        return CoveringIndex(fields=["month", "station"], include=["counted", *include], name=name)

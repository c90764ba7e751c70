"""Procurements 政府购买服务采购: by which method an agency was chosen (R15)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import OrgUnit
from agencies.models.agencies import Agency
from agencies.models.gate import Owned, owned


class Method(models.TextChoices):
    OPEN_TENDER = "OPEN_TENDER", "公开招标"
    CONSULTATION = "CONSULTATION", "竞争性磋商"
    NEGOTIATION = "NEGOTIATION", "竞争性谈判"
    INQUIRY = "INQUIRY", "询价"
    SINGLE_SOURCE = "SINGLE_SOURCE", "单一来源"
    COMMISSION = "COMMISSION", "定向委托"


class Outcome(models.TextChoices):
    AWARDED = "AWARDED", "成交"
    FAILED = "FAILED", "流标"
    STOPPED = "STOPPED", "终止"


class Procurement(Owned, models.Model):
    """One procurement of a buyer, from its announcement to its outcome."""

    buyer = models.ForeignKey(OrgUnit, models.PROTECT, related_name="procurements", verbose_name="采购单位")
    name = models.CharField("项目名称", max_length=120)
    method = models.CharField("采购方式", max_length=14, choices=Method.choices)
    budget = models.DecimalField("预算（元）", max_digits=14, decimal_places=2)
    first_year = models.PositiveSmallIntegerField("服务起始年度")
    years = models.PositiveSmallIntegerField("服务年数", default=1)
    announced_on = models.DateField("公告日期")
    opened_on = models.DateField("开标（评审）日期", null=True, blank=True)
    awarded_on = models.DateField("成交日期", null=True, blank=True)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices, blank=True)
    outcome_note = models.CharField("结果说明", max_length=200, blank=True)
    winner = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="procurements", verbose_name="成交机构"
    )
    is_demo = models.BooleanField("演示数据", default=False)

    objects = owned("buyer__path", agency="winner_id")

    class Meta:
        verbose_name = "采购"
        verbose_name_plural = "采购"
        ordering = ["-announced_on", "-id"]
        indexes = [models.Index(fields=["-announced_on", "-id"])]
        constraints = [
            models.CheckConstraint(condition=Q(budget__gt=0), name="procurement_budget_positive"),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=5), name="procurement_years_few"),
            models.CheckConstraint(
                condition=Q(opened_on=None) | Q(opened_on__gte=F("announced_on")), name="procurement_opened_after"
            ),
            models.CheckConstraint(
                condition=Q(awarded_on=None) | Q(awarded_on__gte=F("opened_on")), name="procurement_awarded_after"
            ),
            models.CheckConstraint(
                condition=Q(outcome="AWARDED", winner__isnull=False, awarded_on__isnull=False, opened_on__isnull=False)
                | ~Q(outcome="AWARDED") & Q(winner=None, awarded_on=None),
                name="procurement_winner_when_awarded",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def owner_id(self) -> int | None:
        return self.winner_id

    def managed_at(self) -> str:
        return self.buyer.path

    @property
    def service_years(self) -> str:
        """“2025” or “2025—2027”."""
        last = self.first_year + self.years - 1
        return str(self.first_year) if last == self.first_year else f"{self.first_year}—{last}"

"""Funds 专项资金: where the money comes from, what it is for, and what it must not be used for (R12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.gate import GatedQuerySet, gated
from accounts.models import OrgUnit, User
from common.paths import ancestors
from funds.models.vocabulary import Category, Source, Tier
from policies.models import PolicyDocument


class FundQuerySet(GatedQuerySet):
    """Funds are read downwards: name, purpose, forbidden uses. Amounts are not: those pass the ledger's own gate."""

    gate = "unit__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        above = {step for path in paths for step in ancestors(path)}
        return super().in_paths(paths) | self.filter(unit__path__in=above)


class Fund(models.Model):
    """Money for one purpose and year. `unit` holds it first: there it came in from outside and is passed on from.

    `tier` is whose money it is: provincial money may be registered by the city that got it.
    """

    name = models.CharField("名称", max_length=80)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    tier = models.PositiveSmallIntegerField("资金层级", choices=Tier.choices)
    year = models.PositiveSmallIntegerField("年度")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="funds", verbose_name="主管单位")
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, null=True, blank=True, related_name="funds", verbose_name="依据文件"
    )
    clause = models.CharField("用途条款", max_length=40, blank=True)
    purpose = models.TextField("用途", max_length=500)
    # Empty: everything that is not forbidden. Spending outside is found, spending on what is forbidden is refused.
    permitted = models.JSONField("使用范围", default=list, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = "资金"
        verbose_name_plural = "资金"
        ordering = ["-year", "tier", "id"]
        indexes = [models.Index(fields=["unit", "year"])]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "name"], name="fund_name_once"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2099), name="fund_year_sane"),
            models.CheckConstraint(
                condition=~Q(source=Source.LOTTERY) | Q(document__isnull=False), name="fund_lottery_has_document"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name with its year, which most names hold already."""
        return self.name if str(self.year) in self.name else f"{self.name}（{self.year} 年度）"

    @property
    def citation(self) -> str:
        """文号 and the clause of the purpose; "" without a document. Reads `document`."""
        return f"{self.document.number} {self.clause}".strip() if self.document else ""

    @property
    def scope(self) -> list[str]:
        """The permitted categories in words; none: everything that is not forbidden."""
        return [str(Category(value).label) for value in self.permitted]

    def permits(self, category: str) -> bool:
        """Does the purpose cover the category? (Whether it is forbidden is another question.)"""
        return not self.permitted or category in self.permitted


class FundForbiddenUse(models.Model):
    """A category that a fund must not be spent on, from a day on (None: always). Never dropped once money was spent."""

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="forbidden_uses", verbose_name="资金")
    category = models.CharField("类别", max_length=10, choices=Category.choices)
    clause = models.CharField("条款", max_length=40, blank=True)
    words = models.CharField("规定原文", max_length=200, blank=True)
    starts_on = models.DateField("禁止起", null=True, blank=True)

    objects = gated("fund__unit__path")

    class Meta:
        verbose_name = "禁止用途"
        verbose_name_plural = "禁止用途"
        ordering = ["fund", "id"]
        constraints = [models.UniqueConstraint(fields=["fund", "category"], name="forbidden_category_once")]

    def __str__(self) -> str:
        return f"{self.fund}不得用于{self.get_category_display()}"

    def forbids(self, on: date) -> bool:
        return self.starts_on is None or self.starts_on <= on

    def citation(self, fund: Fund) -> str:
        """文号 and clause: its own, or that of the fund's purpose. `fund` is its fund, with `document` joined."""
        if fund.document is None:
            return self.clause or fund.clause
        return f"{fund.document.number} {self.clause or fund.clause}".strip()


class FundReceipt(models.Model):
    """Money that came in from outside the system, to the unit that holds the fund first. Never edited: reversed."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="receipts", verbose_name="资金")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    received_on = models.DateField("到账日期")
    document_number = models.CharField("拨款文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    reversed_on = models.DateField("冲销日期", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = gated("fund__unit__path")

    class Meta:
        verbose_name = "资金到账"
        verbose_name_plural = "资金到账"
        ordering = ["fund", "received_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_amount_positive"),
            models.CheckConstraint(
                condition=Q(reversed_on=None) | Q(reversed_on__gte=models.F("received_on")),
                name="receipt_dates_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on} 到账 {self.amount:,} 元"

"""What a checker writes: a spending marked as misused, a finding explained. Neither is erased by the other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.gate import gated
from accounts.models import OrgUnit, User
from funds.models.funds import Fund
from funds.models.ledger import Spending
from funds.models.vocabulary import Category, FindingKind


class SpendingFlag(models.Model):
    """A checker's word that a spending was in truth something else: moved to another purpose, or not the station's."""

    spending = models.ForeignKey(Spending, models.PROTECT, related_name="flags", verbose_name="支出")
    kind = models.CharField(
        "问题", max_length=10, choices=[(k.value, k.label) for k in (FindingKind.DIVERTED, FindingKind.ENCROACHED)]
    )
    category = models.CharField("实际用途", max_length=10, choices=Category.choices, blank=True)
    note = models.CharField("理由", max_length=200)
    flagged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="检查人")
    flagged_on = models.DateField("检查日期")

    objects = gated("spending__unit__path")

    class Meta:
        verbose_name = "支出检查"
        verbose_name_plural = "支出检查"
        ordering = ["spending", "id"]
        constraints = [
            models.UniqueConstraint(fields=["spending", "kind"], name="spending_flagged_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[FindingKind.DIVERTED, FindingKind.ENCROACHED]), name="flag_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.spending}"


class Explanation(models.Model):
    """Why a finding is in order, or what was done about it. The finding stays listed, as explained.

    `subject` names what the finding is about within its kind: findings are computed, so there is no row to refer to.
    """

    kind = models.CharField("问题", max_length=10, choices=FindingKind.choices)
    subject = models.CharField("对象", max_length=40)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="explanations", verbose_name="资金")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="单位")
    note = models.CharField("说明", max_length=200)
    explained_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="说明人")
    explained_at = models.DateTimeField("说明时间", auto_now_add=True)

    objects = gated("unit__path")

    class Meta:
        verbose_name = "资金疑点说明"
        verbose_name_plural = "资金疑点说明"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="finding_explained_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.note[:40]}"

"""Building standards (R3) as dated data: what an authority demands of the stations below it, item by item."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import OrgUnit
from common.paths import ancestors
from policies.models import Dimension, PolicyDocument
from standards.effective import Demand, ItemKind, Origin
from stations.models.dated import DatedQuerySet


class StandardQuerySet(DatedQuerySet):
    """Standards are read downwards: a station sees what county, city and province demand of it."""

    gate = "issuer__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        above = [step for path in paths for step in ancestors(path)]
        return (super().in_paths(paths) | self.filter(issuer__path__in=above)).distinct()


class Standard(models.Model):
    """One version of what a unit demands. It holds until the next version of the same unit begins.

    A province's version is a whole standard. A city's or county's holds only what it adds or tightens.
    """

    issuer = models.ForeignKey(OrgUnit, models.PROTECT, related_name="standards", verbose_name="制定单位")
    document = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="standards", verbose_name="依据文件")
    title = models.CharField("名称", max_length=120)
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版次", help_text="同一单位、同一年度的第几版")
    starts_on = models.DateField("施行日期")
    ends_on = models.DateField("失效日期", null=True, blank=True, help_text="不含当日；空：至今")
    end_reason = models.CharField("失效原因", max_length=200, blank=True)
    is_default = models.BooleanField("缺省标准", default=False, help_text="随系统提供，不是任何机关的文件")
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    # From which day on the stations below are to be judged again; None: nothing to do (standards.actions.judging).
    judge_from = models.DateField("待判定起", null=True, editable=False)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = "建设标准"
        verbose_name_plural = "建设标准"
        ordering = ["issuer__path", "-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["issuer"], condition=Q(ends_on=None), name="standard_one_open"),
            models.UniqueConstraint(fields=["issuer", "year", "version"], name="standard_version_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="standard_dates_ordered"
            ),
        ]
        indexes = [models.Index(fields=["judge_from"], condition=Q(judge_from__isnull=False), name="standard_to_judge")]

    def __str__(self) -> str:
        return f"{self.title}（{self.year}年第{self.version}版）"


class StandardItem(models.Model):
    """One item of a version. `code` names the same item in every version and at every level."""

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="items", verbose_name="标准")
    document = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="+", verbose_name="依据文件")
    clause = models.CharField("条款", max_length=40, blank=True)
    code = models.CharField("代码", max_length=30)
    dimension = models.CharField("维度", max_length=12, choices=Dimension.choices)
    name = models.CharField("项目", max_length=60)
    kind = models.CharField("填报方式", max_length=8, choices=ItemKind.choices)
    unit_word = models.CharField("计量单位", max_length=10, blank=True)
    minimum = models.DecimalField("最低值", max_digits=10, decimal_places=2, null=True, blank=True)
    options = models.JSONField("选项", default=list, blank=True, help_text="由低到高")
    least = models.PositiveSmallIntegerField("最低可接受的选项", null=True, blank=True, help_text="选项的序号，从 0 起")
    photo_required = models.BooleanField("须附照片", default=False)
    necessary = models.BooleanField("必备项", default=False)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2, default=Decimal(1))
    guidance = models.CharField("说明", max_length=500, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "标准项目"
        verbose_name_plural = "标准项目"
        ordering = ["standard", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="standard_item_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="standard_item_weight_positive"),
            models.CheckConstraint(condition=Q(minimum=None) | Q(minimum__gt=0), name="standard_item_minimum_positive"),
            models.CheckConstraint(
                condition=Q(kind="NUMBER", minimum__isnull=False) | (~Q(kind="NUMBER") & Q(minimum=None)),
                name="standard_item_number_has_minimum",
            ),
            models.CheckConstraint(
                condition=Q(kind="CHOICE", least__isnull=False) | (~Q(kind="CHOICE") & Q(least=None)),
                name="standard_item_choice_has_least",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def demand(self) -> Demand:
        """The row as standards.effective reads it; join `standard__issuer` and `document`."""
        issuer = self.standard.issuer
        return Demand(
            path=issuer.path,
            origin=Origin(
                issuer.pk,
                "缺省标准" if self.standard.is_default else issuer.name,
                self.document_id,
                self.document.number,
                self.clause,
                self.standard.is_default,
            ),
            code=self.code,
            dimension=Dimension(self.dimension),
            name=self.name,
            kind=ItemKind(self.kind),
            unit_word=self.unit_word,
            minimum=self.minimum,
            options=tuple(self.options),
            least=self.least,
            photo_required=self.photo_required,
            necessary=self.necessary,
            weight=self.weight,
            guidance=self.guidance,
            order=self.order,
        )

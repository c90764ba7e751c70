"""One station, one brand 一站一品 (R18): a station's feature project of a year, from draft to its results."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet, gated
from accounts.models import User
from stations.models.stations import Station

FIRST_YEAR, LAST_YEAR = 2018, 2099


class FeatureGroup(models.TextChoices):
    """Whom a feature project serves above all: 一老一小一孤一困, and who else stations serve."""

    ELDERLY = "ELDERLY", "老年人"
    CHILDREN = "CHILDREN", "儿童"
    ORPHANS = "ORPHANS", "孤儿"
    HARDSHIP = "HARDSHIP", "困难群众"
    DISABLED = "DISABLED", "残疾人"
    RESIDENTS = "RESIDENTS", "社区居民"
    OTHER = "OTHER", "其他"


class FeatureState(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    APPLIED = "APPLIED", "待认定"
    APPROVED = "APPROVED", "已认定"
    FINISHED = "FINISHED", "已结项"
    STOPPED = "STOPPED", "已中止"


RECOGNISED = (FeatureState.APPROVED, FeatureState.FINISHED)


class Recommendation(models.TextChoices):
    """Who recommended a feature to whom; each needs the one before."""

    CITY = "CITY", "推荐到市"
    PROVINCE = "PROVINCE", "推荐到省"


class FeatureQuerySet(GatedQuerySet):
    """The as-of words that lists and figures share."""

    gate = "station__unit__path"

    def live(self) -> Self:
        """Not stopped: at most one for a station and year."""
        return self.exclude(state=FeatureState.STOPPED)

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def recognised(self, on: date) -> Self:
        """Recognised by the county by `on`, and not stopped by then."""
        return self.filter(Q(stopped_on=None) | Q(stopped_on__gt=on), approved_on__lte=on)

    def finished(self, on: date) -> Self:
        """Of `recognised`, those whose results were accepted by `on`."""
        return self.recognised(on).filter(finished_on__lte=on)

    def recommended(self, to: Recommendation, on: date) -> Self:
        """Of `recognised`, those recommended to the city (by their county), or to the province (by their city)."""
        return self.recognised(on).filter(**{f"{RECOMMENDED_ON[to]}__lte": on})


# The column that holds the day of each recommendation.
RECOMMENDED_ON = {Recommendation.CITY: "to_city_on", Recommendation.PROVINCE: "to_province_on"}


class FeatureProject(models.Model):
    """What a station is known for in a year. One live project for a station and year (database constraint)."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="features", verbose_name="站点")
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("项目主题", max_length=60)
    group = models.CharField("服务群体", max_length=10, choices=FeatureGroup.choices)
    served = models.CharField("服务对象", max_length=100)
    plan = models.TextField("实施方案", blank=True)
    results = models.TextField("实施成效", blank=True)
    state = models.CharField("状态", max_length=10, choices=FeatureState.choices, default=FeatureState.DRAFT)
    applied_on = models.DateField("申报日期", null=True, blank=True)
    approved_on = models.DateField("认定日期", null=True, blank=True)
    to_city_on = models.DateField("推荐到市日期", null=True, blank=True)
    to_province_on = models.DateField("推荐到省日期", null=True, blank=True)
    finished_on = models.DateField("结项日期", null=True, blank=True)
    stopped_on = models.DateField("中止日期", null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="填报人")
    created_at = models.DateTimeField("填报时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = FeatureQuerySet.as_manager()

    class Meta:
        verbose_name = "特色项目"
        verbose_name_plural = "特色项目"
        ordering = ["-year", "station__unit__path", "id"]
        indexes = [models.Index(fields=["year", "state", "station"]), models.Index(fields=["approved_on"])]
        # A comparison with NULL is neither true nor false, and a check that is not false passes: hence the isnull.
        constraints = [
            models.UniqueConstraint(
                fields=["station", "year"], condition=~Q(state="STOPPED"), name="feature_one_live_a_year"
            ),
            models.CheckConstraint(condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="feature_year_known"),
            models.CheckConstraint(
                condition=Q(state="DRAFT", applied_on=None, approved_on=None, finished_on=None, stopped_on=None)
                | Q(state="APPLIED", applied_on__isnull=False, approved_on=None, finished_on=None, stopped_on=None)
                | Q(
                    state="APPROVED",
                    applied_on__isnull=False,
                    approved_on__isnull=False,
                    approved_on__gte=F("applied_on"),
                    finished_on=None,
                    stopped_on=None,
                )
                | Q(
                    state="FINISHED",
                    approved_on__isnull=False,
                    finished_on__isnull=False,
                    finished_on__gte=F("approved_on"),
                    stopped_on=None,
                )
                | Q(state="STOPPED", stopped_on__isnull=False, finished_on=None),
                name="feature_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(to_city_on=None, to_province_on=None)
                | Q(approved_on__isnull=False, to_city_on__isnull=False, to_city_on__gte=F("approved_on"))
                & (Q(to_province_on=None) | Q(to_province_on__gte=F("to_city_on"))),
                name="feature_recommended_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def recommended(self) -> Recommendation | None:
        """How far it was recommended."""
        if self.to_province_on:
            return Recommendation.PROVINCE
        return Recommendation.CITY if self.to_city_on else None


class FeatureStepKind(models.TextChoices):
    APPLIED = "APPLIED", "申报"
    RETURNED = "RETURNED", "退回修改"
    APPROVED = "APPROVED", "认定"
    TO_CITY = "TO_CITY", "推荐到市"
    TO_PROVINCE = "TO_PROVINCE", "推荐到省"
    TAKEN_BACK = "TAKEN_BACK", "撤回推荐"
    FINISHED = "FINISHED", "结项"
    STOPPED = "STOPPED", "中止"


class FeatureStep(models.Model):
    """One step of a project: what, from which day, by whom, with which comment. Never changed."""

    feature = models.ForeignKey(FeatureProject, models.CASCADE, related_name="steps", verbose_name="特色项目")
    kind = models.CharField("环节", max_length=12, choices=FeatureStepKind.choices)
    on = models.DateField("日期")
    comment = models.CharField("意见", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("登记时间")

    objects = gated("feature__station__unit__path")

    class Meta:
        verbose_name = "特色项目流转"
        verbose_name_plural = "特色项目流转"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

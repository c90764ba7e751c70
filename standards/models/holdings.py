"""What a station has on record: equipment 设备, institutions 制度, signs 标识 (R3). Ended, never erased."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import OrgUnit
from stations.models import Station
from stations.models.dated import dated


class AssetCategory(models.TextChoices):
    FURNITURE = "FURNITURE", "办公家具"
    OFFICE = "OFFICE", "办公设备"
    IT = "IT", "信息化设备"
    SERVICE = "SERVICE", "服务器材"
    DISPLAY = "DISPLAY", "展示宣传"
    OTHER = "OTHER", "其他"


class AssetState(models.TextChoices):
    IN_USE = "IN_USE", "在用"
    IDLE = "IDLE", "闲置"
    DAMAGED = "DAMAGED", "损坏"
    SCRAPPED = "SCRAPPED", "报废"


class MoneySource(models.TextChoices):
    FISCAL = "FISCAL", "财政资金"
    LOTTERY = "LOTTERY", "福彩公益金"
    DONATION = "DONATION", "社会捐赠"
    TRANSFER = "TRANSFER", "调拨"
    OTHER = "OTHER", "其他"


class InstitutionKind(models.TextChoices):
    DUTIES = "DUTIES", "岗位职责"
    SERVICE = "SERVICE", "服务流程"
    RECORDS = "RECORDS", "档案管理"
    FINANCE = "FINANCE", "财务管理"
    SUPERVISION = "SUPERVISION", "督导培训"
    VOLUNTEERS = "VOLUNTEERS", "志愿者管理"
    EVALUATION = "EVALUATION", "考核评估"
    SAFETY = "SAFETY", "安全保密"
    OTHER = "OTHER", "其他制度"


class SignKind(models.TextChoices):
    PLATE = "PLATE", "站牌门牌"
    WALL = "WALL", "形象墙"
    BOARD = "BOARD", "公示栏"
    GUIDE = "GUIDE", "室内导视"
    BADGE = "BADGE", "工作证服"
    OTHER = "OTHER", "其他标识"


class SignState(models.TextChoices):
    GOOD = "GOOD", "完好"
    WORN = "WORN", "褪色破损"
    MISSING = "MISSING", "缺失"


class Holding(models.Model):
    """What the three registers share: whose it is, and from when to when it was there."""

    name = models.CharField("名称", max_length=80)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("停用日期", null=True, blank=True, help_text="不含当日；空：至今")
    end_reason = models.CharField("停用原因", max_length=200, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = dated("station__unit__path").as_manager()

    class Meta:
        abstract = True
        ordering = ["station__unit__path", "-starts_on", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def unit(self) -> OrgUnit:
        return self.station.unit  # type: ignore[attr-defined]


def _dates(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name=name)


class Asset(Holding):
    """Equipment, `starts_on` the day it was acquired."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="assets", verbose_name="站点")
    category = models.CharField("类别", max_length=10, choices=AssetCategory.choices)
    quantity = models.PositiveIntegerField("数量", default=1)
    state = models.CharField("状态", max_length=10, choices=AssetState.choices, default=AssetState.IN_USE)
    source = models.CharField("资金来源", max_length=10, choices=MoneySource.choices, blank=True)
    source_note = models.CharField("来源说明", max_length=80, blank=True)
    price = models.DecimalField("单价（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    location = models.CharField("存放位置", max_length=60, blank=True)

    class Meta(Holding.Meta):
        verbose_name = "设备"
        verbose_name_plural = "设备"
        indexes = [models.Index(fields=["station", "starts_on", "ends_on"])]
        constraints = [
            _dates("asset_dates_ordered"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="asset_quantity_positive"),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="asset_price_not_negative"),
        ]


class Institution(Holding):
    """A rule that the station works by, `starts_on` the day it was adopted."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="institutions", verbose_name="站点")
    kind = models.CharField("类别", max_length=12, choices=InstitutionKind.choices)
    on_wall = models.BooleanField("已上墙", default=False)

    class Meta(Holding.Meta):
        verbose_name = "制度"
        verbose_name_plural = "制度"
        indexes = [models.Index(fields=["station", "starts_on", "ends_on"])]
        constraints = [_dates("institution_dates_ordered")]


class Sign(Holding):
    """Unified signage, `starts_on` the day it was hung."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="signs", verbose_name="站点")
    kind = models.CharField("类别", max_length=10, choices=SignKind.choices)
    state = models.CharField("状态", max_length=10, choices=SignState.choices, default=SignState.GOOD)

    class Meta(Holding.Meta):
        verbose_name = "标识"
        verbose_name_plural = "标识"
        indexes = [models.Index(fields=["station", "starts_on", "ends_on"])]
        constraints = [_dates("sign_dates_ordered")]

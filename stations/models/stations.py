"""Stations 社工站 and rooms 社工室: one-to-one with a leaf of the org tree, with dated statuses and dimensions (R3, R5)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.gate import gated
from accounts.models import OrgUnit
from policies.models import Judged


class StationKind(models.TextChoices):
    STATION = "STATION", "社工站"
    ROOM = "ROOM", "社工室"
    COUNTY_HUB = "COUNTY_HUB", "县级总站"
    CITY_CENTRE = "CITY_CENTRE", "市级指导中心"


class StationStatus(models.TextChoices):
    """In the order of a station's life; the last two may follow any that comes after BUILDING."""

    PLANNED = "PLANNED", "筹建"
    BUILDING = "BUILDING", "建设中"
    COMPLETED = "COMPLETED", "建成"
    SIGN_HUNG = "SIGN_HUNG", "挂牌"
    OPERATING = "OPERATING", "运营"
    SUSPENDED = "SUSPENDED", "停运"
    CLOSED = "CLOSED", "撤销"


class Hosting(models.TextChoices):
    AGENCY = "AGENCY", "承接机构运营"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）自营"
    MIXED = "MIXED", "机构与乡镇合办"


class Dimension(models.TextChoices):
    """The four dimensions of the building standard (R3)."""

    HARDWARE = "HARDWARE", "硬件设置"
    INSTITUTIONS = "INSTITUTIONS", "制度建设"
    STAFFING = "STAFFING", "人员配备"
    SIGNAGE = "SIGNAGE", "统一标识"


class Station(Judged):
    """A station or room. The due date of its basics (R5) is judged when it is completed; `due_*` hold the answer."""

    unit = models.OneToOneField(OrgUnit, models.PROTECT, primary_key=True, related_name="station", verbose_name="单位")
    kind = models.CharField("类型", max_length=12, choices=StationKind.choices, default=StationKind.STATION)
    address = models.CharField("地址", max_length=200, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    hosting = models.CharField("运营方式", max_length=10, choices=Hosting.choices, blank=True)
    host_name = models.CharField("运营单位", max_length=80, blank=True)
    area_square_metres = models.DecimalField("面积（平方米）", max_digits=7, decimal_places=1, null=True, blank=True)
    # Dates derived from status spells by stations.actions, kept here so that figures and lists read one row.
    completed_on = models.DateField("建成日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    basics_entered_on = models.DateField("基础信息录入日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = gated("unit__path")

    class Meta:
        verbose_name = "站点"
        verbose_name_plural = "站点"
        ordering = ["unit__path"]
        indexes = [models.Index(fields=["completed_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(completed_on=None) | Q(closed_on__gte=F("completed_on")),
                name="station_closed_after_completed",
            ),
            models.CheckConstraint(
                condition=Q(area_square_metres=None) | Q(area_square_metres__gt=0), name="station_area_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name


class StatusSpell(models.Model):
    """A status from one day until the next begins. Spells of a station neither overlap nor leave gaps."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="spells", verbose_name="站点")
    status = models.CharField("状态", max_length=10, choices=StationStatus.choices)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="下一状态起始日，不含；空：至今")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = gated("station__unit__path")

    class Meta:
        verbose_name = "站点状态"
        verbose_name_plural = "站点状态"
        ordering = ["station", "starts_on", "id"]
        indexes = [models.Index(fields=["status", "starts_on", "ends_on", "station"])]
        constraints = [
            models.UniqueConstraint(fields=["station"], condition=Q(ends_on=None), name="station_one_current_status"),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="spell_dates_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.starts_on}"


class DimensionState(models.Model):
    """Whether a station meets one of the four dimensions (R3), from one day until the next check."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="dimension_states", verbose_name="站点")
    dimension = models.CharField("维度", max_length=12, choices=Dimension.choices)
    met = models.BooleanField("达标")
    starts_on = models.DateField("检查日期")
    ends_on = models.DateField("失效日期", null=True, blank=True, help_text="下一次检查日，不含")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = gated("station__unit__path")

    class Meta:
        verbose_name = "建设标准检查"
        verbose_name_plural = "建设标准检查"
        ordering = ["station", "dimension", "starts_on", "id"]
        indexes = [models.Index(fields=["met", "starts_on", "ends_on", "dimension", "station"])]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "dimension"], condition=Q(ends_on=None), name="dimension_one_current_state"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="dimension_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()} {'达标' if self.met else '未达标'}"

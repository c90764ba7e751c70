"""The org tree 组织层级: nation → province → city → county → township → station; depth equals level."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.gate import GatedQuerySet
from common.paths import PathField, ancestors


class Level(models.IntegerChoices):
    NATION = 0, "全国"
    PROVINCE = 1, "省（自治区、直辖市）"
    CITY = 2, "市（州、盟）"
    COUNTY = 3, "县（市、区）"
    TOWNSHIP = 4, "乡镇（街道）"
    STATION = 5, "社工站（室）"


# The day on which a unit counts as closed when the source says that it is, but not when.
CLOSED_LONG_AGO = date(1949, 10, 1)


class OrgUnitQuerySet(GatedQuerySet):
    gate = "path"

    def live(self, on: date) -> Self:
        """Units that exist on that day."""
        return self.filter(Q(opened_on=None) | Q(opened_on__lte=on), Q(closed_on=None) | Q(closed_on__gt=on))

    def ancestors_of(self, unit: OrgUnit) -> Self:
        """From the root down to and including `unit`. Names of ancestors are no secret, so this passes no gate."""
        return self.filter(path__in=ancestors(unit.path)).order_by("path")


class OrgUnit(models.Model):
    """A node of the one tree. `path` is given once and never changes; the 12-digit code has a history (FormerCode)."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = PathField("路径", unique=True)
    level = models.PositiveSmallIntegerField("层级", choices=Level.choices)
    code = models.CharField("区划代码", max_length=12, unique=True, null=True, blank=True, help_text="12 位；站点没有")
    stats_code = models.CharField("统计用区划代码", max_length=12, blank=True, db_index=True)
    name = models.CharField("名称", max_length=80)
    initials = models.CharField("拼音首字母", max_length=80, blank=True, db_index=True)
    is_virtual = models.BooleanField("虚拟层级", default=False)
    source = models.CharField("来源", max_length=40, blank=True)
    opened_on = models.DateField("设立日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["path"]
        indexes = [models.Index(fields=["parent", "level"]), models.Index(fields=["name"])]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=0, level__lte=5), name="unit_level_known"),
            models.CheckConstraint(
                condition=Q(parent=None, level=0) | Q(parent__isnull=False, level__gt=0), name="unit_root_is_nation"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def lives_on(self, day: date) -> bool:
        """Does the unit exist on that day? The same as OrgUnitQuerySet.live."""
        return (self.opened_on is None or self.opened_on <= day) and (self.closed_on is None or self.closed_on > day)

    @property
    def closed_label(self) -> str:
        """“已撤销（2021-12-31）”; without the day when the source does not name it; empty for a unit that lives."""
        if self.closed_on is None:
            return ""
        return "已撤销" if self.closed_on == CLOSED_LONG_AGO else f"已撤销（{self.closed_on}）"


class FormerCode(models.Model):
    """A code or name that a unit (or its predecessor) bore before: searchable, never used for new facts."""

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="former_codes")
    code = models.CharField("原代码", max_length=12, db_index=True)
    name = models.CharField("原名称", max_length=80, db_index=True)
    changed_on = models.CharField("变更时间", max_length=10, blank=True, help_text="年份或日期，来源所载")

    class Meta:
        verbose_name = "历史区划代码"
        verbose_name_plural = "历史区划代码"
        constraints = [models.UniqueConstraint(fields=["code", "name", "unit"], name="former_code_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

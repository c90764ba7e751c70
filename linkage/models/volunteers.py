"""Volunteers 志愿者, and their hours in services."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit, User
from clients.vocabulary import ADULT_FROM
from linkage.models.organisations import Organisation
from linkage.models.shared import InService
from stations.models import Sex

EARLIEST_YEAR = 1900


class VolunteerQuerySet(GatedQuerySet):
    """Names pass by VIEW_CLIENTS, phones by EDIT_LINKAGE at the place; to all others a volunteer is a number."""

    gate = "unit__path"

    def at(self, day: date) -> Self:
        """Registered on `day` and not left by then."""
        return self.filter(Q(left_on=None) | Q(left_on__gt=day), registered_on__lte=day)

    def left_before(self, day: date) -> Self:
        """Left before `day`, and known by name still."""
        return self.filter(left_on__lt=day).exclude(name="")


class Volunteer(models.Model):
    """A volunteer of a station or township. May be a minor, so nothing is public; no identity number is kept.

    One who left is anonymised at last (linkage.actions.retention): the hours stay, of a volunteer without a name.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="登记单位")
    name = models.CharField("姓名", max_length=40)
    initials = models.CharField("姓名拼音首字母", max_length=80, blank=True, editable=False)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField("出生年份", null=True, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    skills = models.CharField("技能特长", max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="volunteers", verbose_name="所属组织"
    )
    registered_number = models.CharField("全国志愿服务信息系统编号", max_length=30, blank=True)
    registered_on = models.DateField("登记日期")
    left_on = models.DateField("退出日期", null=True, blank=True, help_text="不含当日；空：至今")
    leave_reason = models.CharField("退出原因", max_length=200, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    audit_private: ClassVar[frozenset[str]] = frozenset(
        {"name", "initials", "sex", "birth_year", "phone", "registered_number", "note", "leave_reason"}
    )

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        verbose_name = "志愿者"
        verbose_name_plural = "志愿者"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "left_on", "-id"]), models.Index(fields=["unit", "initials"])]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "registered_number"],
                condition=Q(left_on=None) & ~Q(registered_number=""),
                name="volunteer_number_once",
            ),
            models.UniqueConstraint(
                fields=["unit", "name", "phone"], condition=Q(left_on=None), name="volunteer_name_and_phone_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None, leave_reason="") | Q(left_on__isnull=False, left_on__gte=F("registered_on")),
                name="volunteer_leaves_after_coming",
            ),
            models.CheckConstraint(
                condition=~Q(name="") | Q(left_on__isnull=False, phone="", birth_year=None, registered_number=""),
                name="volunteer_anonymised_holds_nothing",
            ),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__gte=EARLIEST_YEAR), name="volunteer_birth_year_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"已匿名志愿者 {self.pk}"

    @property
    def anonymised(self) -> bool:
        return not self.name

    @property
    def audit_label(self) -> str:
        return f"志愿者 {self.pk}"

    def may_be_minor(self, on: date) -> bool:
        """By the birth year alone: who turns 18 in this year may be a minor still."""
        return self.birth_year is not None and on.year - self.birth_year <= ADULT_FROM


class VolunteerService(InService):
    """A volunteer's hours in a service. Of one service: named ≤ its number of volunteers, their hours ≤ its hours."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="services", verbose_name="志愿者")
    hours = models.DecimalField("服务时长（小时）", max_digits=5, decimal_places=1)

    class Meta:
        verbose_name = "志愿服务"
        verbose_name_plural = "志愿服务"
        indexes = [
            models.Index(fields=["volunteer", "-service"]),
            InService.month_index("volunteer", "hours", name="linkage_month_volunteers"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["service", "volunteer"], name="volunteer_service_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="volunteer_service_hours_positive"),
        ]

    def __str__(self) -> str:
        return f"志愿者 {self.volunteer_id} · {self.hours} 小时"

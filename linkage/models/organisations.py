"""Community organisations 社区社会组织, and the services they took part in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import OrgUnit, User
from linkage.models.shared import InService
from linkage.vocabulary import Filing, OrganisationKind
from stations.models.dated import DatedQuerySet


class OrganisationQuerySet(DatedQuerySet):
    """`at(day)`: active on the day; `during(first, last)`: on some day between."""

    gate = "unit__path"


class Organisation(models.Model):
    """An organisation of the neighbourhood, known to a station or township, active from/to a date."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="登记单位")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=16, choices=OrganisationKind.choices)
    filing = models.CharField("登记备案", max_length=12, choices=Filing.choices)
    filing_number = models.CharField("登记或备案编号", max_length=40, blank=True)
    leader = models.CharField("负责人", max_length=40, blank=True)
    members = models.PositiveIntegerField("成员人数", null=True, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    starts_on = models.DateField("开始活动日期")
    ends_on = models.DateField("停止活动日期", null=True, blank=True, help_text="不含当日；空：至今")
    end_reason = models.CharField("停止原因", max_length=200, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    audit_private: ClassVar[frozenset[str]] = frozenset({"leader", "phone"})

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "社区社会组织"
        verbose_name_plural = "社区社会组织"
        ordering = ["unit__path", "name", "id"]
        indexes = [models.Index(fields=["starts_on", "ends_on"])]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], condition=Q(ends_on=None), name="organisation_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None, end_reason="") | Q(ends_on__isnull=False, ends_on__gte=F("starts_on")),
                name="organisation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(filing=Filing.NONE) | Q(filing_number=""), name="organisation_number_needs_filing"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationService(InService):
    """An organisation took part in a service."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="services", verbose_name="社会组织")

    class Meta:
        verbose_name = "社会组织参与服务"
        verbose_name_plural = "社会组织参与服务"
        indexes = [
            models.Index(fields=["organisation", "-service"]),
            InService.month_index("organisation", name="linkage_month_organisations"),
        ]
        constraints = [models.UniqueConstraint(fields=["service", "organisation"], name="organisation_service_once")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.service}"

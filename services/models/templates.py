"""Templates by which a service is logged with few taps."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.gate import GatedQuerySet
from accounts.models import OrgUnit
from common.paths import ancestors
from services.vocabulary import Domain, Method
from stations.models import Station


class ServiceTemplateQuerySet(GatedQuerySet):
    gate = "unit__path"

    def offered_at(self, station: Station) -> Self:
        """Those of the station and of the units above it, whoever asks: a township's stand for all below it."""
        return self.filter(unit__path__in=ancestors(station.unit.path))


class ServiceTemplate(models.Model):
    """What a kind of service usually says, of a station or of all below a unit. A blank column leaves the form as it
    is. Rows of convenience: no figure reads them."""

    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="service_templates", verbose_name="单位")
    name = models.CharField("模板名称", max_length=20)
    domain = models.CharField("领域", max_length=16, choices=Domain.choices)
    method = models.CharField("方法", max_length=18, choices=Method.choices)
    title = models.CharField("服务内容", max_length=100, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    hours = models.DecimalField("服务时长（小时）", max_digits=5, decimal_places=1, null=True, blank=True)
    result = models.TextField("服务结果", max_length=2000, blank=True)

    objects = ServiceTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "服务模板"
        verbose_name_plural = "服务模板"
        ordering = ["unit", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], name="service_template_once", violation_error_message="已有同名的模板"
            ),
            models.CheckConstraint(condition=Q(hours=None) | Q(hours__gt=0), name="service_template_hours_positive"),
        ]

    def __str__(self) -> str:
        return self.name

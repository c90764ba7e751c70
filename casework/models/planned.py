"""What groups and community activities share: who sees them, and how far their goals were reached."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.roles import Permission
from clients.gate import SupervisedModel, SupervisedQuerySet, stations_read, supervised_stations
from stations.models import Station


class Attainment(models.TextChoices):
    """How far the goals were reached."""

    FULL = "FULL", "全部达成"
    MOSTLY = "MOSTLY", "大部分达成"
    PARTLY = "PARTLY", "部分达成"
    NOT = "NOT", "未达成"


class PlannedQuerySet(SupervisedQuerySet):
    """Groups and activities themselves tell of no person: who reads records sees them, and supervisors do."""

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW) -> Self:
        if permission != Permission.VIEW_RECORDS:
            return super().visible_to(user, permission)
        reach = Q(pk__in=stations_read(user, permission)) | Q(pk__in=supervised_stations(user))
        stations = Station.objects.filter(reach).order_by().values("pk")
        return self.filter(**{f"{self.station}__in": stations})


class PlannedModel(SupervisedModel):
    def allows(self, user: Any, permission: Permission) -> bool:
        if permission == Permission.VIEW_RECORDS and super().allows(user, Permission.VIEW_CLIENTS):
            return True
        return super().allows(user, permission)

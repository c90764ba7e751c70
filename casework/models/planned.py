"""What groups and community activities share: who sees them, and how far their goals were reached."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from accounts.roles import Permission
from clients.gate import SupervisedModel, SupervisedQuerySet


class Attainment(models.TextChoices):
    """How far the goals were reached."""

    FULL = "FULL", "全部达成"
    MOSTLY = "MOSTLY", "大部分达成"
    PARTLY = "PARTLY", "部分达成"
    NOT = "NOT", "未达成"


class PlannedQuerySet(SupervisedQuerySet):
    """Groups and activities themselves tell of no person: who reads records sees them, and supervisors do."""

    def visible_to(self, user: Any, permission: Permission = Permission.VIEW, *others: Permission) -> Self:
        if permission == Permission.VIEW_RECORDS:
            others = (*others, Permission.VIEW_CLIENTS)
        return super().visible_to(user, permission, *others)


class PlannedModel(SupervisedModel):
    def allows(self, user: Any, permission: Permission) -> bool:
        if permission == Permission.VIEW_RECORDS and super().allows(user, Permission.VIEW_CLIENTS):
            return True
        return super().allows(user, permission)

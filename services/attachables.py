"""What files the rows of this room take."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from clients.gate import stations_read
from files.kinds import IMAGES
from files.registry import Slot, attachable
from services.models import ServiceClient, ServiceRecord


def of_nobody_or_read(rows: Any, user: User) -> Any:
    """Photos of a service that names people show their homes and faces: only who may read their files sees them."""
    names = Exists(ServiceClient.objects.filter(service=OuterRef("pk")))
    return rows.filter(~names | Q(station__in=stations_read(user, Permission.VIEW_CLIENTS)))


attachable(
    ServiceRecord,
    view=Permission.VIEW_RECORDS,
    change=Permission.LOG_SERVICE,
    slots={"photo": Slot("现场照片", IMAGES, most=9)},
    page=lambda record: reverse("service_detail", args=[record.pk]),
    related=("station__unit",),
    narrow=of_nobody_or_read,
)

"""Events that services add to the life of a station."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from services.models import ServiceRecord
from stations.models import Station
from stations.timeline import Event, timeline


@timeline(permission=Permission.VIEW_RECORDS)
def first_service(user: User, station: Station) -> Iterator[Event]:
    """The first service that counts. One query."""
    first = ServiceRecord.objects.filter(station=station, voided_at=None).order_by("starts_on", "pk").first()
    if first:
        yield Event(first.starts_on, "首次服务", first.title, reverse("service_detail", args=[first.pk]))

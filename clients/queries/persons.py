"""A person may have several files: the one that stands for them, and those that were merged into it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from clients.models import Client
from stations.models import Station


def files_of(client: Client) -> QuerySet[Client, int]:
    """Keys of the file and of those that were merged into it, for everything that belongs to the person."""
    return Client.objects.filter(Q(pk=client.pk) | Q(merged_into=client.pk)).order_by().values_list("pk", flat=True)


def open_with_number(station: Station, number_index: str | None, *, but: Client | None = None) -> Client | None:
    """The open file of the station with this number (common.encrypted.blind_index); `but` is not looked for. One
    query, none without a number."""
    if not number_index:
        return None
    rows = Client.objects.open().filter(station=station, id_number_index=number_index)
    return (rows.exclude(pk=but.pk) if but else rows).first()


def newest_namesake(station: Station, name: str) -> Client | None:
    """The newest open file of that name at the station. One query."""
    wanted = " ".join(name.split())
    return Client.objects.open().filter(station=station, name=wanted).order_by("-pk").first() if wanted else None

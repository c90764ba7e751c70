"""Row locks. Order everywhere: station first (stations.actions.locks), then the files by key."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from clients.models import Client


def locked_client(client: Client) -> Client:
    """The file read again with its row locked until the end of the transaction."""
    return locked_clients([client])[0]


def locked_clients(clients: Iterable[Client]) -> list[Client]:
    """The files read again with their rows locked, in order of their keys, so that two writers never wait for each
    other."""
    keys = {client.pk for client in clients}
    rows = Client.objects.select_for_update(of=("self",)).select_related("station__unit")
    return list(rows.filter(pk__in=keys).order_by("pk"))


def changeable(client: Client) -> Client:
    """The locked file, unless it no longer stands for a person. Raises ValidationError with what to do instead."""
    client = locked_client(client)
    if client.anonymised_at:
        raise ValidationError("档案已匿名化，不能再修改")
    if client.merged_into_id:
        raise ValidationError(f"本档案已并入档案 {client.merged_into_id}，请在那份档案上办理")
    return client


def in_use(client: Client) -> Client:
    """The locked file while a station keeps it open. Raises ValidationError for one that is closed."""
    client = changeable(client)
    if client.closed_on:
        raise ValidationError(f"档案已于 {client.closed_on} 结案归档，请先恢复在档")
    return client

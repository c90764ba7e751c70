"""Whom a service names: the files that it is written to, with what they count as on the day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from clients.models import Client, FileSpell
from clients.queries.consent import refusing
from clients.queries.registered import registered_as
from clients.vocabulary import FocusGroup, focus_groups
from services.models import ServiceClient, ServiceRecord
from services.rules import Facts
from stations.models import Station

MAX_CLIENTS = 300


def checked(
    clients: Iterable[Client], station: Station, facts: Facts, *, named: Collection[int] = frozenset()
) -> list[Client]:
    """The people once each; each has a file open at this station while the service lasts, and lets it be used.

    Whom the record `named` before stays named: their file may have been merged or closed since, and their consent
    withdrawn; only the days must be such as a file of theirs was open here. Raises ValidationError({"clients": …})
    naming who and why. A fixed number of queries.

    Their files stay locked, and those of whom the record `named` before: the rooms above (visits) lock both afterwards,
    and a planner who takes files in the order of their keys would wait for one while holding another.
    """
    chosen = sorted({client.pk: client for client in clients}.values(), key=lambda client: client.pk)
    if not chosen:
        return []
    if len(chosen) > MAX_CLIENTS:
        raise ValidationError({"clients": f"一次服务最多选择 {MAX_CLIENTS} 名服务对象"})
    if len(chosen) > facts.contacts:
        raise ValidationError({"contacts": f"已选 {len(chosen)} 名服务对象，服务人次不能少于 {len(chosen)}"})
    keys = [client.pk for client in chosen]
    new = [key for key in keys if key not in named]
    held = _held({*keys, *named})
    usable = {key for key in keys if key in held and (key in named or held[key].standing)}
    problems = [f"{client.name}在服务日期没有本站在档的档案" for client in chosen if client.pk not in usable]
    persons = {held[key].person_id for key in keys if key in held}
    of_them = FileSpell.objects.filter(Q(client__in=persons) | Q(client__merged_into__in=persons), station=station)
    kept = of_them.during(facts.starts_on, facts.ends_on).select_related("client")
    here = {spell.client.person_id for spell in kept} | {spell.client_id for spell in kept}
    problems += [
        f"{client.name or client}在服务日期没有本站在档的档案"
        for client in chosen
        if client.pk in usable and not here & {client.pk, held[client.pk].person_id}
    ]
    refused = refusing(new)
    problems += [
        f"{client.name}已撤回服务同意，不能再登记其服务；可只填人次" for client in chosen if client.pk in refused
    ]
    if problems:
        raise ValidationError({"clients": problems})
    return [held[key] for key in keys]


def _held(keys: Collection[int]) -> dict[int, Client]:
    """These files and those that stand for their persons, locked in the order of their keys by one statement: key →
    file. A file that is merged at this moment would leave the service counting a person who is no more."""
    roots = Client.objects.filter(pk__in=keys, merged_into__isnull=False).order_by().values("merged_into")
    rows = Client.objects.filter(Q(pk__in=keys) | Q(pk__in=roots)).order_by("pk")
    return {client.pk: client for client in rows.select_for_update(of=("self",), no_key=True)}


def rows_for(record: ServiceRecord, clients: Iterable[Client]) -> list[ServiceClient]:
    """The unsaved rows, with the focus groups of the day on which the service ended. One query."""
    clients = list(clients)
    registered = registered_as((client.pk for client in clients), record.ends_on)
    return [
        ServiceClient(
            service=record,
            client=client,
            person_id=client.person_id,
            station_id=record.station_id,
            month=record.month,
            counted=record.voided_at is None,
            **{group.value: True for group in focus_groups(registered[client.pk], client.born_on, record.ends_on)},
        )
        for client in clients
    ]


def put(record: ServiceRecord, clients: Iterable[Client]) -> None:
    """Write the people of a record that names none yet."""
    ServiceClient.objects.bulk_create(rows_for(record, clients))


def replace(record: ServiceRecord, clients: Iterable[Client]) -> None:
    """Write the people of a saved record anew. What an anonymised person counted as stays: nobody knows it any more."""
    before = {row.client_id: row for row in record.service_clients.select_related("client")}
    record.service_clients.all().delete()
    rows = rows_for(record, clients)
    for row in rows:
        old = before.get(row.client_id)
        if old is not None and old.client.anonymised_at is not None:
            for group in FocusGroup.values:
                setattr(row, group, getattr(old, group))
    ServiceClient.objects.bulk_create(rows)


def named(record: ServiceRecord) -> list[Client]:
    """Whom the record names, in order of their files."""
    return list(Client.objects.filter(service_clients__service=record).order_by("pk"))


def told(clients: Iterable[Client]) -> dict[str, Any]:
    """As the trail shows them: files, never names."""
    return {"服务对象": [f"档案 {client.pk}" for client in clients]}

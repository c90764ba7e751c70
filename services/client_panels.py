"""The card of services on the page of a person's file."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from clients.panels import panel
from clients.queries import files_of
from services.models import ServiceRecord
from stations.queries.where import Scope

SHOWN = 8


@panel(key="services", title="服务记录", order=40, template="services/_client_panel.html")
def services(user: User, client: Client) -> dict[str, Any]:
    """The latest services that name the person in any of their files. Four queries at most."""
    named = ServiceRecord.objects.filter(service_clients__client__in=files_of(client))
    total = named.values("pk").distinct().count()
    latest = named.distinct().select_related("station__unit").order_by("-starts_on", "-pk")
    rows = list(latest[:SHOWN]) if total else []
    scope = Scope(user, Permission.VIEW_RECORDS)
    may_log = client.allows(user, Permission.LOG_SERVICE) and client.usable()
    log = f"{reverse('service_log')}?station={client.station_id}&client={client.pk}"
    return {
        "rows": [(record, record.station.unit in scope) for record in rows],
        "note": f"共 {total} 次" + (f"，最近 {SHOWN} 次" if total > SHOWN else "") if total else "",
        "links": [{"label": "登记服务", "url": log}] if may_log else [],
    }

"""The card of visits on a person's page, and on a station's."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from clients.panels import panel
from visits.queries.person import LAST, visits_of


@panel(key="visits", title="探访", order=20, template="visits/_client_panel.html")
def visits(user: User, client: Client) -> dict[str, Any] | None:
    """The open visits and the last ones, over all files of the person. Three queries."""
    today = timezone.localdate()
    rows = visits_of(client)
    late = sum(1 for row in rows if row.is_open and row.is_late(today))
    writes = may(user, Permission.LOG_SERVICE, client.station.unit.path)
    plans = writes and client.usable()
    links = [{"label": "安排探访", "url": f"{reverse('visit_plan')}?client={client.pk}"}] if plans else []
    if len(rows) >= LAST:
        links.append({"label": "全部", "url": f"{reverse('visit_list')}?client={client.pk}&state=all"})
    open_rows = [row for row in rows if row.is_open]
    closed = [row for row in rows if not row.is_open]
    if not rows and not links:
        return None
    return {
        "open": [(row, row.is_late(today)) for row in open_rows],
        "closed": closed,
        "writes": writes,
        "late": f"{late} 次逾期" if late else "",
        "links": links,
    }

"""The contract's card on a station's page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from agencies.models import Contract
from agencies.queries.contract_list import JOINED, contract_rows
from stations.models import Station
from stations.panels import panel

SHOWN = 5


# By VIEW: members of the agency hold no VIEW_CONTRACTS. Nobody sees more than `visible_to` lets them.
@panel(key="contracts", title="承接合同", order=70, permission=Permission.VIEW, template="agencies/_station_panel.html")
def contracts(user: User, station: Station) -> dict[str, Any] | None:
    """The latest contracts of the station; None for who sees none and may not make one."""
    seen = Contract.objects.visible_to(user, Permission.VIEW_CONTRACTS).valid().filter(covers__station=station)
    rows = contract_rows(seen.select_related(*JOINED).order_by("-starts_on")[:SHOWN], user, timezone.localdate())
    if not rows:
        return None
    officials = bool(user.paths(Permission.VIEW_CONTRACTS))
    links = [{"label": "全部合同", "url": f"{reverse('contract_list')}?unit={station.pk}"}] if officials else []
    return {"rows": rows, "note": f"最近 {len(rows)} 份", "links": links}

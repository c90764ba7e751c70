"""Cases on the file of a person served and on the page of a station."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.gate import allowed
from accounts.models import User
from accounts.roles import Permission
from casework.case_steps import OPEN, State
from casework.case_words import RiskLevel
from casework.models import Case
from casework.queries.case_list import JOINED, case_rows, sorted_cases
from clients.models import Client
from clients.panels import panel as client_panel
from clients.queries import files_of
from common.months import Month
from stations.models import Station
from stations.panels import panel as station_panel


@client_panel(key="cases", title="个案", order=30, template="casework/_client_panel.html")
def client_cases(user: User, client: Client) -> dict[str, Any]:
    """Cases of the person over all files, as far as the user may read them. Six queries."""
    cases = Case.objects.visible_to(user, Permission.VIEW_CLIENTS).filter(client__in=files_of(client))
    rows = case_rows(user, sorted_cases(cases.exclude(state=State.VOID), "").select_related(*JOINED))
    may_open = (
        allowed(user, Permission.EDIT_CASES, client)
        and not any(row.case.is_open and row.case.station_id == client.station_id for row in rows)
        and client.usable()
    )
    create = f"{reverse('case_create')}?client={client.pk}"
    return {
        "rows": rows,
        "note": f"{len(rows)} 个" if rows else "",
        "links": [{"label": "接案", "url": create}] if may_open else [],
    }


@station_panel(
    key="cases", title="个案", order=58, permission=Permission.VIEW_RECORDS, template="casework/_station_panel.html"
)
def station_cases(user: User, station: Station) -> dict[str, Any] | None:
    """Counts only, for who sees the station's records. Two queries."""
    today = timezone.localdate()
    month = Month.of(today)
    open_ = Q(state__in=OPEN)
    found = station.cases.accepted()
    counted = found.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=open_),
        high=Count("pk", filter=open_ & Q(risk=RiskLevel.HIGH)),
        due=Count("pk", filter=open_ & Q(review_on__lt=today)),
        opened=Count("pk", filter=Q(opened_on__gte=month.first, opened_on__lte=month.last)),
    )
    if not counted["all"]:
        return None
    closed = found.closed_in(month).count()
    address = f"{reverse('case_list')}?unit={station.unit.pk}"
    figures = [
        ("在办", counted["open"], f"{address}&state=open"),
        ("本月接案", counted["opened"], f"{address}&state=opened&month={month}"),
        ("本月结案", closed, f"{address}&state=closed&month={month}"),
        ("高风险", counted["high"], f"{address}&state=open&risk=HIGH"),
        ("复核到期", counted["due"], f"{address}&due=yes"),
    ]
    links = [{"label": "全部个案", "url": address}]
    return {"figures": [{"label": label, "value": value, "url": url} for label, value, url in figures], "links": links}

"""Money on a station's page and in its life."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from common import money
from funds.models import Allocation, Entry, EntryKind, Spending
from funds.models.vocabulary import OBTAINED, USED
from funds.queries.findings import Where, findings
from funds.queries.ledger import vouchers_of
from stations.models import Station
from stations.panels import panel
from stations.timeline import Event, timeline

SEEN = Permission.VIEW_FUNDS
LATEST = 5


@panel(key="funds", title="资金", order=75, template="funds/_panel.html", permission=SEEN)
def funds(user: User, station: Station) -> dict[str, Any] | None:
    """What the station got of each fund, spent and holds; what is on its way; the latest payments."""
    grouped = (
        Entry.objects.filter(unit=station.pk)
        .order_by("-fund__year", "fund")
        .values_list("fund", "fund__name")
        .annotate(
            came=Sum("fen", filter=Q(kind__in=OBTAINED), default=0),
            used=Sum("fen", filter=Q(kind__in=USED), default=0),
            held=Sum("fen"),
        )
    )
    rows = [
        {
            "name": name,
            "url": reverse("fund_detail", args=[fund]),
            "came": money.yuan(came),
            "spent": money.yuan(-used),
            "held": money.yuan(held),
            "rate": -used / came if came else None,
        }
        for fund, name, came, used, held in grouped
    ]
    waiting = list(Allocation.objects.in_transit().filter(to_unit=station.pk).values_list("amount", flat=True))
    if not rows and not waiting:
        return None
    latest = list(Spending.objects.standing().filter(unit=station.pk).order_by("-spent_on", "-pk")[:LATEST])
    scans = vouchers_of([row.pk for row in latest])
    found = [row for row in findings(Where(user, unit=station.unit), timezone.localdate()) if not row.explanation]
    return {
        "rows": rows,
        "latest": [{"spending": row, "lacks_voucher": not scans.get(row.pk)} for row in latest],
        "note": f"在途 {money.words(sum(waiting, Decimal(0)))}，待确认到账" if waiting else "",
        "late": f"{len(found)} 项疑点未说明" if found else "",
        "links": _links(user, station),
    }


def _links(user: User, station: Station) -> list[dict[str, str]]:
    links = [{"label": "台账", "url": f"{reverse('fund_ledger')}?unit={station.pk}"}]
    if may(user, Permission.SPEND_FUNDS, station.unit.path):
        links.append({"label": "登记支出", "url": f"{reverse('spending_create')}?unit={station.pk}"})
    return links


@timeline(permission=SEEN)
def arrivals(user: User, station: Station) -> Iterator[Event]:
    """Money that came, one event each; payments are too many for the story of a life. One query."""
    came = Entry.objects.filter(unit=station.pk, kind__in=[EntryKind.ARRIVED, EntryKind.RETURNED])
    for entry in came.select_related("fund", "allocation__from_unit", "recorded_by").order_by("on", "pk"):
        amount = money.words(money.yuan(abs(entry.fen)))
        sender = entry.allocation.from_unit.name if entry.allocation else ""
        if entry.kind == EntryKind.ARRIVED:
            title, way = f"资金到账 {amount}", f"{sender}下达"
        else:
            title, way = f"资金被收回 {amount}", f"由{sender}收回"
        actor = entry.recorded_by.name if entry.recorded_by else ""
        url = reverse("allocation_detail", args=[entry.allocation_id]) if entry.allocation_id else ""
        yield Event(entry.on, title, f"{entry.fund.name} · {way}", url, actor)

"""What needs action in the team: certificates about to run out (R4), stations short of workers (R3).

Asked of the facts, not of figures: how many days ahead and how many workers each place's own document sets.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from policies.kinds import sentence
from policies.models import ProvisionKind
from reporting.queries.dashboard.data import DashboardData
from reporting.queries.dashboard.headline import cited
from reporting.queries.dashboard.items import Item
from stations.models import Worker
from stations.models.stations import StationQuerySet
from stations.queries.people_rules import ruled
from stations.queries.staffing import posted_at


def team_items(data: DashboardData, stations: StationQuerySet) -> list[Item]:
    """Of these stations, as of the day of the page. Three queries."""
    return [item for item in (_expiring(data, stations), _understaffed(data, stations)) if item is not None]


def _expiring(data: DashboardData, stations: StationQuerySet) -> Item | None:
    rule = ruled(data.rules, ProvisionKind.CERTIFICATE_EXPIRY, "days", data.unit.path, data.day)
    if rule.value is None or rule.provision is None:
        return None
    workers = Worker.objects.posted_at(data.day, stations.order_by().values("pk"))
    if not (count := workers.expiring(data.day, rule.value).count()):
        return None
    query = {"unit": data.unit.pk, "month": str(data.month), "certified": "expiring", "sort": "expiry"}
    return Item(
        title="驻站社工证书即将到期",
        count=count,
        noun="人",
        reason=sentence(ProvisionKind.CERTIFICATE_EXPIRY, rule.provision.parameters),
        source=cited(data, rule.provision),
        href=f"{reverse('worker_list')}?{urlencode(query)}",
        late=False,
    )


def _understaffed(data: DashboardData, stations: StationQuerySet) -> Item | None:
    completed = stations.completed(data.day).order_by()
    there = posted_at(completed.values("pk"), data.day)
    short = [
        rule
        for key, path in completed.values_list("pk", "unit__path")
        if (rule := ruled(data.rules, ProvisionKind.STAFFING, "workers", path, data.day)).value
        and there.get(key, 0) < rule.value
    ]
    if not short or short[0].provision is None:
        return None
    query = {"unit": data.unit.pk, "month": str(data.month)}
    return Item(
        title="社工站驻站人数不足",
        count=len(short),
        noun="站",
        reason=sentence(ProvisionKind.STAFFING, short[0].provision.parameters),
        source=cited(data, short[0].provision),
        href=f"{reverse('staffing')}?{urlencode(query)}",
        late=False,
    )

"""Cards of this room: on a service record's page who took part, on a person's file referrals and what they got."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from clients import panels as client_cards
from clients.models import Client
from clients.queries import files_of
from linkage.queries.consent import refusal
from linkage.queries.referrals import referral_row, referrals_of
from linkage.queries.resources import handouts_to
from linkage.queries.taking_part import who_took_part
from linkage.queries.where import Reads
from services import panels as service_cards
from services.models import ServiceRecord


@service_cards.panel(key="taking_part", title="志愿者、社会组织", order=10, template="linkage/_service_panel.html")
def taking_part(user: User, record: ServiceRecord) -> dict[str, Any] | None:
    """Names for who reads them at the station, numbers for others. Three queries."""
    volunteers, organisations = who_took_part(record, Reads(user))
    edits = may(user, Permission.EDIT_LINKAGE, record.station.unit.path) and not record.voided_at
    if not (volunteers or organisations or edits):
        return None
    url = reverse("service_taking_part", args=[record.pk])
    return {
        "volunteers": volunteers,
        "organisations": organisations,
        "hours": sum(one["hours"] for one in volunteers),
        "links": [{"label": "登记", "url": url}] if edits else [],
    }


@client_cards.panel(key="referrals", title="转介、资源链接", order=50, template="linkage/_client_referrals.html")
def referrals(user: User, client: Client) -> dict[str, Any] | None:
    """Over all files of the person. Four queries at most."""
    today, reads = timezone.localdate(), Reads(user)
    found = referrals_of(files_of(client))
    in_use = client.closed_on is None and client.merged_into_id is None
    edits = in_use and may(user, Permission.EDIT_LINKAGE, client.station.unit.path)
    if not (found or edits):
        return None
    why = refusal(client) if edits else ""
    url = f"{reverse('referral_create')}?client={client.pk}"
    return {
        "refusal": why,
        "rows": [referral_row(one, one.station_id in reads.stations, today) for one in found],
        "links": [{"label": "登记", "url": url}] if edits and not why else [],
    }


@client_cards.panel(key="resources", title="得到的慈善资源", order=60, template="linkage/_client_resources.html")
def resources(user: User, client: Client) -> dict[str, Any] | None:
    """Over all files of the person. Two queries."""
    found = handouts_to(files_of(client))
    if not found:
        return None
    return {"rows": found, "value": sum(one.value for one in found)}

"""What the forms of a case offer: stations, what is known of the person, services that may belong to it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from casework.models import Case, CaseService
from clients.models import Client, Consent, ConsentKind
from clients.vocabulary import FocusGroup, focus_groups
from services.models import Domain, ServiceClient, ServiceRecord
from stations.models import Station

_DOMAIN_OF = {
    FocusGroup.ELDERLY: Domain.ELDERLY_CARE,
    FocusGroup.CHILDREN: Domain.CHILD_WELFARE,
    FocusGroup.ORPHANS: Domain.CHILD_WELFARE,
    FocusGroup.HARDSHIP: Domain.RELIEF,
}
OFFERED = 60


def case_stations(user: User) -> QuerySet[Station]:
    """Completed stations, not closed, where the user takes on cases."""
    rows = Station.objects.visible_to(user, Permission.EDIT_CASES).filter(completed_on__isnull=False, closed_on=None)
    return rows.select_related("unit").order_by("unit__path")


def intake_initial(client: Client) -> dict[str, Any]:
    """Focus group and domain as the file suggests them."""
    today = timezone.localdate()
    categories = client.categories.filter(ends_on=None).values_list("category", flat=True)
    groups = focus_groups(categories, client.born_on, today)
    first = next((group for group in (FocusGroup.ORPHANS, *FocusGroup) if group in groups), None)
    return {"focus": first, "domain": _DOMAIN_OF[first]} if first else {}


def told_before_intake(client: Client) -> list[str]:
    """What the worker should know before saving; nothing of it refuses."""
    told = []
    if not Consent.objects.filter(client=client, kind=ConsentKind.SERVICE).exists():
        told.append("档案里还没有“接受服务和建档”的知情同意，请尽快签署并登记。")
    earlier = Case.objects.accepted().of_person(client).order_by("-opened_on").values_list("number", "opened_on")[:3]
    told += [f"这名服务对象有过个案 {number}（{on} 接案）。" for number, on in earlier]
    return told


def linkable(user: User, case: Case) -> QuerySet[ServiceRecord]:
    """Services of the person at the station since the intake that belong to no case: the latest sixty."""
    person = case.client.person_id
    named = ServiceClient.objects.filter(person=person, service=OuterRef("pk"))
    rows = ServiceRecord.objects.visible_to(user, Permission.VIEW_RECORDS).valid()
    rows = rows.filter(Exists(named), station=case.station_id, starts_on__gte=case.opened_on)
    if case.closed_on:
        rows = rows.filter(starts_on__lte=case.closed_on)
    free = rows.exclude(Exists(CaseService.objects.filter(service=OuterRef("pk"))))
    keys = list(free.order_by("-starts_on", "-pk").values_list("pk", flat=True)[:OFFERED])
    return ServiceRecord.objects.visible_to(user, Permission.VIEW_RECORDS).filter(pk__in=keys).order_by("-starts_on")

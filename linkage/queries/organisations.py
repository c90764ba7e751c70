"""Rows of the list of community organisations, and what one did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import Level, User
from accounts.roles import Permission
from common.paths import ancestors, below, within
from linkage.models import Filing, Meeting, Organisation, OrganisationService
from linkage.models.organisations import OrganisationQuerySet
from linkage.models.shared import InServiceQuerySet

LATEST = 50
SORTS: dict[str, tuple[Any, ...]] = {
    "name": ("name", "pk"),
    "-name": ("-name", "pk"),
    "members": (F("members").asc(nulls_last=True), "pk"),
    "-members": (F("members").desc(nulls_last=True), "pk"),
    "starts_on": ("starts_on", "pk"),
    "-starts_on": ("-starts_on", "-pk"),
}


@dataclass(frozen=True)
class OrganisationRow:
    pk: int
    url: str
    name: str
    kind: str
    filing: str
    filing_number: str
    filed: bool
    leader: str
    members: int | None
    unit: str
    starts_on: date
    ends_on: date | None
    services: int
    is_demo: bool


def organisations_around(paths: Iterable[str], kept: Iterable[int] = ()) -> OrganisationQuerySet:
    """Active organisations of these units, of what lies below them, and of the townships above; and those of `kept`."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= below("unit__path", path) | Q(unit__path__in=ancestors(path)[Level.TOWNSHIP :])
    rows: Any = Organisation.objects.filter(condition & Q(ends_on=None) | Q(pk__in=list(kept)))
    return rows.order_by("name", "pk")


def sorted_organisations(organisations: OrganisationQuerySet, sort: str) -> OrganisationQuerySet:
    return organisations.select_related("unit").order_by(*SORTS.get(sort, ("unit__path", "name", "pk")))


def serving(took: InServiceQuerySet) -> OrganisationQuerySet:
    """Those named among these, wherever they are registered: a township's organisations serve at its stations."""
    rows: Any = Organisation.objects.filter(Exists(took.filter(organisation=OuterRef("pk"))))
    return rows


def organisation_rows(
    organisations: Iterable[Organisation], took: InServiceQuerySet, user: User
) -> list[OrganisationRow]:
    """`organisations` with their unit: one query for their services among those they `took` part in.

    `url` is "" for who may not open the page of a unit above theirs.
    """
    organisations, tops = list(organisations), user.paths(Permission.VIEW_RECORDS)
    took = took.filter(organisation__in=[one.pk for one in organisations])
    counts = dict(took.order_by().values("organisation").annotate(n=Count("pk")).values_list("organisation", "n"))
    return [
        OrganisationRow(
            pk=one.pk,
            url=reverse("organisation_detail", args=[one.pk])
            if any(within(one.unit.path, top) for top in tops)
            else "",
            name=one.name,
            kind=one.get_kind_display(),
            filing=one.get_filing_display(),
            filing_number=one.filing_number,
            filed=one.filing != Filing.NONE,
            leader=one.leader,
            members=one.members,
            unit=one.unit.name,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            services=counts.get(one.pk, 0),
            is_demo=one.is_demo,
        )
        for one in organisations
    ]


def life_of(organisation: Organisation, user: User) -> dict[str, Any]:
    """The latest services and meetings that the user may read. Two queries."""
    took = OrganisationService.objects.visible_to(user).valid().filter(organisation=organisation)
    met = Meeting.objects.visible_to(user).standing().filter(organisations=organisation)
    return {
        "services": list(took.select_related("service__station__unit").order_by("-service__starts_on", "-pk")[:LATEST]),
        "meetings": list(met.select_related("unit").order_by("-held_on", "-pk")[:LATEST]),
    }

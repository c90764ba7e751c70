"""Rows of the list of volunteers, and one volunteer's services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from common.sums import decimal_sum
from linkage.models import Volunteer, VolunteerService
from linkage.models.shared import InServiceQuerySet
from linkage.models.volunteers import VolunteerQuerySet
from linkage.queries.where import Reads

LATEST = 50


@dataclass(frozen=True)
class VolunteerRow:
    """`name` and what tells of the person are "" for who may not read it; `label` always says something."""

    pk: int
    url: str
    label: str
    name: str
    sex: str
    birth_year: int | None
    minor: bool
    skills: str
    organisation: str
    unit: str
    registered_on: date
    left_on: date | None
    hours: Decimal
    services: int
    is_demo: bool


@dataclass(frozen=True)
class Sums:
    volunteers: int
    active: int  # distinct, with hours
    hours: Decimal


def active_in(took: InServiceQuerySet) -> VolunteerQuerySet:
    """Those with hours among these, wherever they are registered: a township's volunteers serve at its stations."""
    rows: Any = Volunteer.objects.filter(Exists(took.filter(volunteer=OuterRef("pk"))))
    return rows


def sorted_volunteers(volunteers: VolunteerQuerySet, sort: str, took: InServiceQuerySet) -> VolunteerQuerySet:
    """In the order of `?sort=`: hours (of those they `took` part with), registered_on; the newest first by default."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "hours":
        mine = took.filter(volunteer=OuterRef("pk")).order_by().values("volunteer")
        total = Coalesce(Subquery(mine.annotate(n=decimal_sum("hours", 1)).values("n")), Decimal(0))
        volunteers = volunteers.annotate(total_hours=total)
        field = "total_hours"
    else:
        field, down = "registered_on", sort != "registered_on"
    return volunteers.select_related("unit", "organisation").order_by(
        F(field).desc() if down else F(field).asc(), "-pk"
    )


def volunteer_rows(
    volunteers: Iterable[Volunteer], reads: Reads, took: InServiceQuerySet, today: date
) -> list[VolunteerRow]:
    """`volunteers` with unit and organisation joined: one query for their hours among those they `took` part with."""
    volunteers = list(volunteers)
    sums = took.filter(volunteer__in=[one.pk for one in volunteers]).order_by().values("volunteer")
    found = {
        row["volunteer"]: (row["total"], row["n"])
        for row in sums.annotate(total=decimal_sum("hours", 1), n=Count("service"))
    }
    rows = []
    for one in volunteers:
        named = reads.people_at(one.unit.path)
        hours, services = found.get(one.pk, (Decimal(0), 0))
        rows.append(
            VolunteerRow(
                pk=one.pk,
                url=reverse("volunteer_detail", args=[one.pk]) if named else "",
                label=str(one) if named else f"志愿者 {one.pk}",
                name=one.name if named else "",
                sex=one.get_sex_display() if named else "",
                birth_year=one.birth_year if named else None,
                minor=named and one.may_be_minor(today),
                skills=one.skills if named else "",
                organisation=one.organisation.name if one.organisation else "",
                unit=one.unit.name,
                registered_on=one.registered_on,
                left_on=one.left_on,
                hours=Decimal(hours),
                services=services,
                is_demo=one.is_demo,
            )
        )
    return rows


def volunteer_sums(volunteers: VolunteerQuerySet, took: InServiceQuerySet) -> Sums:
    """Of these volunteers: how many, and their hours. Two queries."""
    rows = took.filter(volunteer__in=volunteers.order_by().values("pk")).order_by()
    found = rows.aggregate(active=Count("volunteer", distinct=True), total=decimal_sum("hours", 1))
    return Sums(volunteers.count(), found["active"], Decimal(found["total"] or 0))


def services_of(volunteer: Volunteer) -> list[VolunteerService]:
    """The latest services with their hours. One query."""
    rows = VolunteerService.objects.valid().filter(volunteer=volunteer).select_related("service__station__unit")
    return list(rows.order_by("-service__starts_on", "-pk")[:LATEST])

"""Who may be named at a service, and who is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import Level
from common.paths import ancestors
from linkage.models import Organisation, OrganisationService, Volunteer, VolunteerService
from linkage.models.organisations import OrganisationQuerySet
from linkage.models.volunteers import VolunteerQuerySet
from linkage.queries.where import Reads
from services.models import ServiceRecord


@dataclass
class Line:
    """A volunteer on the form. `hours`: as entered before, None without."""

    volunteer: Volunteer
    hours: Decimal | None = None
    ticked: bool = False
    text: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        self.ticked = self.hours is not None
        self.text = "" if self.hours is None else str(self.hours)

    @property
    def field(self) -> str:
        return f"hours_{self.volunteer.pk}"


def _around(record: ServiceRecord) -> list[str]:
    """The unit of the record's station, and its township's: what is registered there serves the station."""
    return ancestors(record.station.unit.path)[Level.TOWNSHIP :]


def volunteers_for(record: ServiceRecord) -> VolunteerQuerySet:
    """Volunteers of the station or its township on some day of the service."""
    rows: Any = Volunteer.objects.filter(unit__path__in=_around(record), registered_on__lte=record.ends_on)
    return rows.filter(Q(left_on=None) | Q(left_on__gt=record.starts_on))


def organisations_for(record: ServiceRecord) -> OrganisationQuerySet:
    """Organisations of the station or its township, active on some day of the service."""
    rows: Any = Organisation.objects.filter(unit__path__in=_around(record))
    return rows.during(record.starts_on, record.ends_on)


def lines_for(record: ServiceRecord) -> list[Line]:
    """Those who may be named, with the hours that are entered; who is entered stands first. Two queries."""
    hours = dict(VolunteerService.objects.filter(service=record).values_list("volunteer_id", "hours"))
    rows = Volunteer.objects.filter(Q(pk__in=volunteers_for(record).order_by().values("pk")) | Q(pk__in=hours))
    lines = [Line(one, hours.get(one.pk)) for one in rows.select_related("unit").order_by("initials", "name", "pk")]
    return sorted(lines, key=lambda line: line.hours is None)


def entered(record: ServiceRecord) -> list[int]:
    """Keys of the organisations that are entered."""
    return list(OrganisationService.objects.filter(service=record).values_list("organisation_id", flat=True))


def offered_organisations(record: ServiceRecord) -> list[Organisation]:
    """Organisations that may be named, and those that are."""
    may, there = organisations_for(record).order_by().values("pk"), entered(record)
    return list(Organisation.objects.filter(Q(pk__in=may) | Q(pk__in=there)).order_by("name", "pk"))


def who_took_part(record: ServiceRecord, reads: Reads) -> tuple[list[dict[str, Any]], list[Organisation]]:
    """Volunteers (`label`, `url`, `hours`) and organisations of a record. Two queries.

    A township's volunteer is named at its stations: whoever reads the station's people reads who helped them.
    """
    named = reads.people_at(record.station.unit.path)
    rows = VolunteerService.objects.filter(service=record).select_related("volunteer__unit").order_by("pk")
    volunteers = [
        {
            "label": str(row.volunteer) if named else f"志愿者 {row.volunteer_id}",
            "url": reverse("volunteer_detail", args=[row.volunteer_id])
            if reads.people_at(row.volunteer.unit.path)
            else "",
            "hours": row.hours,
        }
        for row in rows
    ]
    organisations = Organisation.objects.filter(services__service=record).order_by("name", "pk")
    return volunteers, list(organisations)

"""What somebody usually logs, and what can be taken over: their last entries, templates, last week's services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count

from accounts.models import User
from services.models import Domain, Method, ServiceRecord, ServiceTemplate, ServiceWorker
from services.presets import DEFAULTS, Preset
from stations.models import Station

USUAL_OF = 20  # how many of the user's last entries are asked
LAST_WEEK = 60


def usual(user: User, station: Station, *, method: str = "") -> dict[str, Any]:
    """Method, domain, hours and place that the user logged most of late at the station (with `method`, if given), and
    the workers of the last entry, as initial values; {} for a beginner. Two queries.

    A place counts as usual from the second time on: that of a single visit is somebody's home.
    """
    entries = ServiceRecord.objects.valid().filter(station=station, entered_by=user).order_by("-pk")
    rows = list(entries.values("pk", "method", "domain", "hours", "place")[:USUAL_OF])
    if not rows:
        return {}
    found: dict[str, Any] = {"method": method or _most(row["method"] for row in rows)}
    alike = [row for row in rows if row["method"] == found["method"]]
    if alike:
        found |= {name: _most(row[name] for row in alike) for name in ("domain", "hours")}
        places = Counter(row["place"] for row in alike if row["place"])
        place, times = next(iter(places.most_common(1)), ("", 0))
        found["place"] = place if times > 1 else ""
    last = ServiceWorker.objects.filter(service=rows[0]["pk"])
    return found | {"workers": list(last.order_by("worker_id").values_list("worker_id", flat=True))}


def _most(values: Iterable[Any]) -> Any:
    """The most frequent, of equally frequent ones the newest."""
    return Counter(values).most_common(1)[0][0]


# ---- templates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfferedTemplate:
    """A template as a chip: `key` is what `?template=` carries; `shipped` ones come with the product."""

    key: str
    name: str
    values: dict[str, Any]
    shipped: bool = False


def templates_for(station: Station) -> list[OfferedTemplate]:
    """Those of the station and the units above it, then the shipped ones whose names are not taken. One query."""
    own = [
        OfferedTemplate(str(row.pk), row.name, template_values(row))
        for row in ServiceTemplate.objects.offered_at(station).order_by("-unit__path", "id")
    ]
    taken = {template.name for template in own}
    shipped = [
        OfferedTemplate(preset.key, preset.name, template_values(preset), shipped=True)
        for preset in DEFAULTS
        if preset.name not in taken
    ]
    return own + shipped


def template_values(template: ServiceTemplate | Preset) -> dict[str, Any]:
    """What the template fills in, as initial values of the form; blank columns are left out."""
    names = ("domain", "method", "title", "place", "hours", "result")
    return {name: value for name in names if (value := getattr(template, name)) not in (None, "")}


# ---- last week ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PastService:
    """A service of last week, to be copied."""

    pk: int
    title: str
    method: str
    domain: str
    starts_on: date
    contacts: int
    hours: Decimal
    people: int  # how many are named
    same_weekday: bool


def last_week(station: Station, today: date) -> list[PastService]:
    """Services that began in the week (Monday to Sunday) before this one; those of today's weekday first. One query."""
    monday = today - timedelta(days=today.weekday() + 7)
    records = ServiceRecord.objects.valid().filter(
        station=station, starts_on__gte=monday, starts_on__lte=monday + timedelta(days=6)
    )
    rows = records.annotate(people=Count("service_clients")).order_by("-starts_on", "-id")
    columns = ("pk", "title", "method", "domain", "starts_on", "contacts", "hours", "people")
    found = [
        PastService(
            **{**row, "method": Method(row["method"]).label, "domain": Domain(row["domain"]).label},
            same_weekday=row["starts_on"].weekday() == today.weekday(),
        )
        for row in rows.values(*columns)[:LAST_WEEK]
    ]
    return sorted(found, key=lambda service: not service.same_weekday)

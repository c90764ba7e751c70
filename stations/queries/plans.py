"""A year's plan as its page shows it: targets with their documents, the stations in work, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.links import url_or_empty
from accounts.models import OrgUnit
from policies.models import Provision
from policies.queries import Target, coverage_targets, room_targets
from stations.models import BuildingPlan, Milestone, Station, StationKind, StationStatus, StatusSpell
from stations.models.stations import StationQuerySet
from stations.queries.milestones import MilestoneRow, milestone_rows
from stations.queries.tones import STATUS_TONES
from stations.queries.where import names_between

SORTS = {"year": ("year", "unit__path"), "unit": ("unit__path", "-year"), "title": ("title", "-year")}


@dataclass(frozen=True)
class TargetRow:
    """One target of the unit, as the document sets it."""

    what: str
    number: str
    due: date
    source: dict[str, str]


@dataclass(frozen=True)
class PlanRow:
    plan: BuildingPlan
    url: str
    milestones: int
    done: int
    late: int
    at_risk: int


@dataclass(frozen=True)
class SiteRow:
    """A station in the year's work."""

    name: str
    url: str
    place: str
    kind: str
    status: str
    tone: str
    since: date | None
    planned_on: date | None
    completed_on: date | None


def target_day(year: int, today: date) -> date:
    """The day as of which a year's targets are asked for: today within the year, else its nearest day."""
    return min(max(today, date(year, 1, 1)), date(year, 12, 31))


def target_source(target: Target) -> dict[str, str]:
    """`{label, url}` of the document and clause."""
    document = Provision.objects.filter(pk=target.provision_id).values_list("document_id", flat=True).first()
    return {"label": target.citation, "url": url_or_empty("document_detail", document)}


def targets_of(unit: OrgUnit, on: date) -> list[TargetRow]:
    """Stations and rooms that documents ask of the unit. At most four queries."""
    rows = []
    if target := coverage_targets(on).get(unit.pk):
        number = "每个乡镇（街道）一个" if target.count is None else f"{target.count} 个"
        rows.append(TargetRow("乡镇（街道）社工站", number, target.due, target_source(target)))
    if target := room_targets(on).get(unit.pk):
        rows.append(TargetRow("当年新增示范社区社工室", f"{target.count} 个", target.due, target_source(target)))
    return rows


def sorted_plans(plans: Any, sort: str) -> Any:
    """In the order of `?sort=`; the latest year first for an unknown key."""
    order = SORTS.get(sort.removeprefix("-"))
    if order is None:
        return plans.order_by("-year", "unit__path")
    plans = plans.order_by(*order)
    return plans.reverse() if sort.startswith("-") else plans


def plan_rows(plans: Iterable[BuildingPlan], today: date) -> list[PlanRow]:
    """Three queries for a page, whatever its rows; join `unit` and `document`."""
    found = list(plans)
    by_plan: dict[int, list[MilestoneRow]] = {plan.pk: [] for plan in found}
    every = list(Milestone.objects.filter(plan__in=found).select_related("plan__unit", "unit"))
    for milestone, row in zip(every, milestone_rows(every, today), strict=True):
        by_plan[milestone.plan_id].append(row)
    return [_plan_row(plan, by_plan[plan.pk]) for plan in found]


def _plan_row(plan: BuildingPlan, rows: list[MilestoneRow]) -> PlanRow:
    counts = {name: sum(1 for row in rows if row.standing == name) for name in ("LATE", "AT_RISK", "DONE", "DONE_LATE")}
    return PlanRow(
        plan=plan,
        url=reverse("plan_detail", args=[plan.pk]),
        milestones=len(rows),
        done=counts["DONE"] + counts["DONE_LATE"],
        late=counts["LATE"],
        at_risk=counts["AT_RISK"],
    )


def in_work(stations: StationQuerySet, year: int) -> StationQuerySet:
    """Stations and rooms on which the year's building works: begun by its end, not completed or closed before it."""
    begun = StatusSpell.objects.filter(station=OuterRef("pk")).order_by().values("station")
    first = begun.annotate(day=Min("starts_on")).values("day")
    open_then = Q(completed_on=None) | Q(completed_on__year=year)
    standing = Q(closed_on=None) | Q(closed_on__year__gte=year)
    here = stations.filter(open_then, standing, kind__in=(StationKind.STATION, StationKind.ROOM))
    return here.annotate(planned_on=Subquery(first)).filter(planned_on__year__lte=year)


def site_rows(stations: Any, on: date, below: str) -> list[SiteRow]:
    """Two queries for the rows; `stations` come from `in_work` with `unit` joined."""
    found = list(stations)
    spells = StatusSpell.objects.at(on).filter(station__in=[one.pk for one in found]).order_by()
    now = {key: (status, since) for key, status, since in spells.values_list("station_id", "status", "starts_on")}
    places = names_between([(one.pk, one.unit.path, one.unit.name) for one in found], below)
    rows = []
    for one in found:
        status, since = now.get(one.pk, ("", None))
        rows.append(
            SiteRow(
                name=one.unit.name,
                url=reverse("station_detail", args=[one.pk]),
                place=places[one.pk],
                kind=StationKind(one.kind).label,
                status=StationStatus(status).label if status else "",
                tone=STATUS_TONES[StationStatus(status)] if status else "muted",
                since=since,
                planned_on=one.planned_on,
                completed_on=one.completed_on,
            )
        )
    return rows


def unit_sites(plan: BuildingPlan) -> StationQuerySet:
    """The stations in work of the plan's year, below its unit."""
    rows: Any = in_work(Station.objects.under(plan.unit), plan.year).select_related("unit")
    return rows.order_by("unit__path")

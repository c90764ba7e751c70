"""Rows of the list of agencies, for page and export: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery

from accounts.models import User
from accounts.roles import Permission
from agencies.models import Agency, AgencyEmployment, AgencyGrade, Blacklisting, Contract, ContractStation
from agencies.models.agencies import AgencyQuerySet
from stations.models.dated import at

SOON = timedelta(days=90)


@dataclass
class AgencyRow:
    """One agency as a list shows it, as of a day. Contracts are those that the user sees."""

    agency: Agency
    grade: str = ""
    grade_until: date | None = None
    grade_soon: bool = False  # runs out within 90 days
    blacklisted: Blacklisting | None = None
    contracts: int = 0
    stations: int = 0
    amount: Decimal = Decimal(0)
    workers: int = 0
    counties: set[str] = field(default_factory=set)


def sorted_agencies(agencies: AgencyQuerySet, sort: str, on: date) -> AgencyQuerySet:
    """In the order of `?sort=`: name, grade, grade_until, registered_on. Without a value last."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    now = AgencyGrade.objects.at(on).filter(agency=OuterRef("pk"))
    if key == "grade":
        # Falling letters are falling grades: 5A first when sorted down.
        agencies = agencies.annotate(grade_now=Subquery(now.values("grade")[:1]))
    elif key == "grade_until":
        agencies = agencies.annotate(grade_until=Subquery(now.values("ends_on")[:1]))
    orders = {"grade": "grade_now", "grade_until": "grade_until", "registered_on": "registered_on", "name": "name"}
    column = F(orders.get(key, "name"))
    order = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return agencies.order_by(order, "name", "pk")


def agency_rows(agencies: Iterable[Agency], user: User, on: date) -> list[AgencyRow]:
    """The rows of one page: four queries."""
    rows = {agency.pk: AgencyRow(agency) for agency in agencies}
    for grade in AgencyGrade.objects.at(on).filter(agency__in=rows):
        row = rows[grade.agency_id]
        row.grade, row.grade_until = grade.grade, grade.ends_on - timedelta(days=1)
        row.grade_soon = grade.ends_on <= on + SOON
    for listed in Blacklisting.objects.at(on).filter(agency__in=rows):
        rows[listed.agency_id].blacklisted = listed
    _contracts(rows, user, on)
    held = AgencyEmployment.objects.filter(at(on, "employment__"), agency__in=rows).order_by()
    for key in held.values_list("agency_id", flat=True):
        rows[key].workers += 1
    return list(rows.values())


def _contracts(rows: dict[int, AgencyRow], user: User, on: date) -> None:
    """What is in force on `on`, of the contracts that the user sees."""
    seen = Contract.objects.visible_to(user, Permission.VIEW_CONTRACTS).filter(agency__in=rows).order_by()
    covers = ContractStation.objects.at(on).filter(contract__in=seen.values("pk")).order_by()
    contracts: dict[int, set[int]] = defaultdict(set)
    stations: dict[int, set[int]] = defaultdict(set)
    values = covers.values_list(
        "contract__agency_id", "contract_id", "station_id", "amount", "station__unit__parent__parent__name"
    )
    for agency, contract, station, amount, county in values:
        row = rows[agency]
        contracts[agency].add(contract)
        stations[agency].add(station)
        row.amount += amount
        row.counties.add(county)
    for key, row in rows.items():
        row.contracts, row.stations = len(contracts[key]), len(stations[key])

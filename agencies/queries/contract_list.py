"""Rows of the list of contracts, for page, export, agency page and station panel: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from accounts.roles import Permission
from agencies.models import Contract, ContractState, ContractStation, ContractTerm, Payment, own_agencies
from agencies.models.contracts import ContractQuerySet
from agencies.queries.progress import PromiseRow, current_terms, progress_of
from stations.queries.where import OUTSIDE, Scope

JOINED = ("agency", "buyer")
SORTS = ("number", "starts_on", "ends_on", "amount", "agency__name")
STATE_TONES = {
    ContractState.AHEAD: "info",
    ContractState.CURRENT: "ok",
    ContractState.ENDED: "muted",
    ContractState.TERMINATED: "warn",
    ContractState.VOID: "muted",
}
SOON = timedelta(days=60)


@dataclass
class ContractRow:
    """One contract as a list shows it, as of a day."""

    contract: Contract
    state: ContractState
    expiring: bool  # in force, and over within 60 days
    stations: list[str] = field(default_factory=list)
    term: ContractTerm | None = None
    promises: list[PromiseRow] = field(default_factory=list)
    paid: Decimal = Decimal(0)

    @property
    def tone(self) -> str:
        return STATE_TONES[self.state]

    @property
    def behind(self) -> int:
        """How many promises of a contract in force are behind."""
        return sum(row.progress.behind for row in self.promises) if self.state == ContractState.CURRENT else 0

    @property
    def completion(self) -> float | None:
        """The mean of the promises' completion, none counted beyond its promise. None without promises."""
        ratios = [min(row.progress.ratio, 1.0) for row in self.promises]
        return sum(ratios) / len(ratios) if ratios else None


def sorted_contracts(contracts: ContractQuerySet, sort: str) -> ContractQuerySet:
    """In the order of `?sort=`; the latest first for an unknown key."""
    key = sort.removeprefix("-")
    return contracts.order_by(sort, "pk") if key in SORTS else contracts.order_by("-starts_on", "-pk")


def contract_rows(contracts: Iterable[Contract], user: User, on: date) -> list[ContractRow]:
    """The rows of one page: five queries. `contracts` come with JOINED."""
    contracts = list(contracts)
    rows = {
        each.pk: ContractRow(each, each.state(on), each.starts_on <= on < each.ends_on <= on + SOON)
        for each in contracts
    }
    names = station_names(contracts, user)
    terms = current_terms(contracts, on)
    promises = progress_of(terms.values(), on)
    for key, row in rows.items():
        row.stations = names.get(key, [])
        row.term = terms.get(key)
        row.promises = promises.get(row.term.pk, []) if row.term else []
    paid = Payment.objects.filter(contract__in=rows, paid_on__isnull=False).order_by()
    for key, amount in paid.values_list("contract_id", "paid_amount"):
        rows[key].paid += amount or 0
    return list(rows.values())


def station_names(contracts: Iterable[Contract], user: User) -> dict[int, list[str]]:
    """Contract → the names of its stations, in the order of the tree; those outside the user's scope unnamed."""
    scope, own = Scope(user, Permission.VIEW_CONTRACTS), own_agencies(user)
    found: dict[int, list[str]] = defaultdict(list)
    covers = ContractStation.objects.filter(contract__in=[each.pk for each in contracts])
    for cover in covers.select_related("station__unit", "contract").order_by("station__unit__path"):
        named = cover.contract.agency_id in own or cover.station.unit in scope
        found[cover.contract_id].append(cover.station.unit.name if named else OUTSIDE)
    return found

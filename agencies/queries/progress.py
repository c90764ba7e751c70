"""Promised against logged: one grouped query for any number of contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from agencies.models import Contract, ContractPromise, ContractTerm, Quantity
from agencies.models.contracts import ContractQuerySet
from agencies.progress import Progress, elapsed
from common.sums import decimal_sum


@dataclass(frozen=True)
class PromiseRow:
    """A promise and how far it is."""

    promise: ContractPromise
    progress: Progress

    @property
    def label(self) -> str:
        return self.promise.label

    @property
    def done(self) -> Decimal | int:
        """Hours keep their decimal, counts have none."""
        return self._told(self.progress.done)

    @property
    def lead(self) -> Decimal | int:
        """Done beyond what is due."""
        return self._told(self.progress.ahead)

    @property
    def short(self) -> Decimal | int:
        """Due and not done."""
        return self._told(-self.progress.ahead)

    def _told(self, number: Decimal) -> Decimal | int:
        return number if self.promise.quantity == Quantity.HOURS else int(number)


def _logged(terms: Iterable[ContractTerm], on: date) -> dict[int, list[tuple[str, str, dict[str, Decimal]]]]:
    """Term → (method, domain, quantity → number) of the valid services up to `on`. One query.

    A service counts on the day it began, at a station while the contract covers it: after an early end no more.
    """
    service = "contract__covers__station__services__"
    counted = (
        Q(**{f"{service}voided_at": None})
        & Q(**{f"{service}starts_on__gte": F("starts_on"), f"{service}starts_on__lt": F("ends_on")})
        & Q(**{f"{service}starts_on__gte": F("contract__covers__starts_on")})
        & Q(**{f"{service}starts_on__lt": F("contract__covers__ends_on")})
        & Q(**{f"{service}starts_on__lte": on})
    )
    grouped = (
        ContractTerm.objects.filter(counted, pk__in=[term.pk for term in terms])
        .order_by()
        .values_list("pk", f"{service}method", f"{service}domain")
        .annotate(
            services=Count(f"{service}pk"),
            contacts=Sum(f"{service}contacts"),
            hours=decimal_sum(f"{service}hours", 1),
        )
    )
    found: dict[int, list[tuple[str, str, dict[str, Decimal]]]] = defaultdict(list)
    for key, method, domain, services, contacts, hours in grouped:
        numbers = {
            str(Quantity.SERVICES): Decimal(services),
            str(Quantity.CONTACTS): Decimal(contacts),
            str(Quantity.HOURS): Decimal(str(hours)),
        }
        found[key].append((method, domain, numbers))
    return found


def progress_of(terms: Iterable[ContractTerm], on: date) -> dict[int, list[PromiseRow]]:
    """Term → its promises as of the end of `on`, those behind first. Two queries for any number of terms."""
    by_key = {term.pk: term for term in terms}
    promises = list(ContractPromise.objects.filter(term__in=by_key))
    logged = _logged(by_key.values(), on) if promises else {}
    rows: dict[int, list[PromiseRow]] = {key: [] for key in by_key}
    for promise in promises:
        term = by_key[promise.term_id]
        done = sum(
            (
                numbers[promise.quantity]
                for method, domain, numbers in logged.get(term.pk, [])
                if promise.method in ("", method) and promise.domain in ("", domain)
            ),
            Decimal(0),
        )
        share = elapsed(term.starts_on, term.ends_on, on)
        rows[term.pk].append(PromiseRow(promise, Progress(promise.promised, done, share)))
    for some in rows.values():
        some.sort(key=lambda row: (not row.progress.behind, row.progress.ratio))
    return rows


def current_terms(contracts: Iterable[Contract], on: date) -> dict[int, ContractTerm]:
    """Contract → the year of service that `on` lies in, else the last one begun, or the first. One query."""
    chosen: dict[int, ContractTerm] = {}
    for term in ContractTerm.objects.filter(contract__in=[each.pk for each in contracts]).order_by("number"):
        if term.contract_id not in chosen or term.starts_on <= on:
            chosen[term.contract_id] = term
    return chosen


def behind(contracts: ContractQuerySet, on: date) -> set[int]:
    """Keys of those of `contracts` in force on `on` that are behind with any promise of their year of service.

    Three queries. It reads the services of a year at their stations, so narrow the contracts first.
    """
    current = list(contracts.at(on).only("pk").order_by())
    terms = current_terms(current, on)
    rows = progress_of(terms.values(), on)
    return {term.contract_id for term in terms.values() if any(row.progress.behind for row in rows[term.pk])}

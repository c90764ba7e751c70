"""What the pages of one agency, contract and evaluation show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.gate import allowed
from accounts.models import User
from accounts.roles import Permission
from agencies import scoring
from agencies.models import (
    Agency,
    AgencyEmployment,
    Contract,
    ContractStation,
    ContractTerm,
    Evaluation,
    FrameItem,
    Procurement,
    Score,
    Step,
    own_agencies,
)
from agencies.progress import elapsed
from agencies.queries.contract_list import JOINED, STATE_TONES, contract_rows
from agencies.queries.payments import PaymentRow, payment_rows
from agencies.queries.progress import PromiseRow, progress_of
from files.queries import attachments_of
from stations.models import EmployerKind, Employment, Worker
from stations.models.dated import at
from stations.queries.where import OUTSIDE, Scope

SHOWN_CONTRACTS = 30


def agency_page(agency: Agency, user: User, on: date) -> dict[str, Any]:
    """A fixed number of queries."""
    contracts = Contract.objects.visible_to(user, Permission.VIEW_CONTRACTS).filter(agency=agency)
    shown = contract_rows(contracts.select_related(*JOINED).order_by("-starts_on", "-pk")[:SHOWN_CONTRACTS], user, on)
    evaluations = (
        Evaluation.objects.visible_to(user, Permission.VIEW_CONTRACTS)
        .filter(term__contract__agency=agency)
        .exclude(step=Step.WITHDRAWN)
        .select_related("term__contract", "frame")
    )
    procurements = Procurement.objects.visible_to(user, Permission.VIEW_CONTRACTS).filter(winner=agency)
    seen = Worker.objects.visible_to(user, Permission.VIEW_WORKERS)
    workers = (
        AgencyEmployment.objects.filter(at(on, "employment__"), agency=agency, employment__worker__in=seen)
        .select_related("employment__worker")
        .order_by("employment__starts_on")
    )
    blacklistings = list(agency.blacklistings.all())
    return {
        "agency": agency,
        "grades": list(agency.grades.all()),
        "blacklistings": blacklistings,
        "listed": next((row for row in blacklistings if row.ends_on is None or row.ends_on > on), None),
        "contracts": shown,
        "contract_count": contracts.count() if len(shown) == SHOWN_CONTRACTS else len(shown),
        "evaluations": list(evaluations[:SHOWN_CONTRACTS]),
        "procurements": list(procurements.order_by("-announced_on")[:10]),
        "workers": list(workers),
        "members": list(agency.members.select_related("user")),
        "files": attachments_of(user, [agency]).get(agency.pk, []),
        "today": on,
    }


def adoptable(agency: Agency, user: User, on: date) -> list[Employment]:
    """Current employments under the agency's very name that are not linked to one, of workers whom the user manages."""
    managed = Worker.objects.visible_to(user, Permission.MANAGE_WORKERS)
    found = Employment.objects.at(on).filter(
        employer_kind=EmployerKind.AGENCY, employer_name=agency.name, with_agency=None, worker__in=managed
    )
    return list(found.select_related("worker"))


def _cover(cover: ContractStation, *, named: bool) -> dict[str, Any]:
    """A station of a contract; unnamed outside the user's scope."""
    unit: Any = cover.station.unit
    name, county = (unit.name, unit.parent.parent.name) if named else (OUTSIDE, "")
    return {"name": name, "county": county, "url": reverse("station_detail", args=[unit.pk]) if named else "",
            "amount": cover.amount}  # fmt: skip


@dataclass
class TermRow:
    """A year of service with what was promised for it, and its evaluations."""

    term: ContractTerm
    current: bool
    promises: list[PromiseRow]
    elapsed: Decimal
    evaluations: list[Evaluation] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        return self.term.ends_on - timedelta(days=1)


def contract_page(contract: Contract, user: User, on: date) -> dict[str, Any]:
    """A fixed number of queries."""
    scope, own = Scope(user, Permission.VIEW_CONTRACTS), contract.agency_id in own_agencies(user)
    covers = list(contract.covers.select_related("station__unit__parent__parent"))
    terms = list(contract.terms.all())
    promises = progress_of(terms, on)
    evaluations = (
        Evaluation.objects.visible_to(user, Permission.VIEW_CONTRACTS)
        .filter(term__contract=contract)
        .exclude(step=Step.WITHDRAWN)
        .select_related("frame", "term__contract")
        .order_by("opened_on", "pk")
    )
    rows = {
        term.pk: TermRow(
            term, term.starts_on <= on < term.ends_on, promises[term.pk], elapsed(term.starts_on, term.ends_on, on)
        )
        for term in terms
    }
    for evaluation in evaluations:
        rows[evaluation.term_id].evaluations.append(evaluation)
    payments = payment_rows(contract, on)
    chain = Contract.objects.visible_to(user, Permission.VIEW_CONTRACTS)
    return {
        "contract": contract,
        "state": contract.state(on),
        "state_tone": STATE_TONES[contract.state(on)],
        "covers": [
            _cover(cover, named=own or cover.station.unit in scope)
            for cover in covers
        ],
        "terms": list(rows.values()),
        "payments": payments,
        "paid": sum((row.payment.paid_amount or Decimal(0) for row in payments), Decimal(0)),
        "next_payment": _next(payments),
        "before": chain.filter(pk=contract.renewal_of_id).first() if contract.renewal_of_id else None,
        "after": chain.filter(renewal_of=contract).first(),
        "procurement_url": _procurement_url(contract, user),
        "files": attachments_of(user, [contract]).get(contract.pk, []),
        "today": on,
    }  # fmt: skip


def _procurement_url(contract: Contract, user: User) -> str:
    """A procurement is seen at its buyer's and by its winner: who sees only a station of the contract does not."""
    procurement = contract.procurement
    seen = procurement is not None and allowed(user, Permission.VIEW_CONTRACTS, procurement)
    return reverse("procurement_detail", args=[contract.procurement_id]) if seen else ""


def _next(payments: list[PaymentRow]) -> PaymentRow | None:
    return next((row for row in payments if row.advice is not None), None)


@dataclass
class ItemRow:
    """An item with its mean, and what each scorer gave (None: nothing yet)."""

    item: FrameItem
    mean: Decimal | None
    given: list[Score | None]


@dataclass
class DimensionRow:
    name: str
    items: list[ItemRow]
    ratio: float | None  # of the weighted full marks, over the scorers; None while a score is missing


def evaluation_page(evaluation: Evaluation, user: User) -> dict[str, Any]:
    """Scores by dimension. Members of the agency see means, not who gave what."""
    items = list(evaluation.frame.items.all())
    scorers = list(evaluation.scorers.select_related("user"))
    scores = {(row.scorer_id, row.item_id): row for row in Score.objects.filter(scorer__evaluation=evaluation)}
    rows: dict[str, list[ItemRow]] = {}
    for item in items:
        given = [scores.get((scorer.pk, item.pk)) for scorer in scorers]
        known = [row.score for row in given if row is not None]
        mean = scoring.mean(known) if known and len(known) == len(scorers) else None
        rows.setdefault(item.dimension, []).append(ItemRow(item, mean, given))
    as_member = evaluation.owner_id() in own_agencies(user)
    return {
        "evaluation": evaluation,
        "contract": evaluation.term.contract,
        "scorers": [] if as_member else [
            {"scorer": scorer, "done": sum((scorer.pk, item.pk) in scores for item in items), "items": len(items)}
            for scorer in scorers
        ],
        "dimensions": [DimensionRow(name, some, _ratio(some)) for name, some in rows.items()],
        "thresholds": list(evaluation.frame.thresholds.all()),
        "corrections": list(evaluation.corrections.all()),
        "files": attachments_of(user, [evaluation]).get(evaluation.pk, []),
        "as_member": as_member,
    }  # fmt: skip


def _ratio(rows: list[ItemRow]) -> float | None:
    if any(row.mean is None for row in rows):
        return None
    weighted = {row.item.pk: scoring.Weighted(row.item.max_score, row.item.weight) for row in rows}
    means = {row.item.pk: row.mean for row in rows if row.mean is not None}
    return float(scoring.total(weighted, [means]) / 100)

"""Contracts and evaluations in the life of a station."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from agencies.models import Contract, ContractState, Evaluation
from stations.models import Station
from stations.timeline import Event, timeline


@timeline(permission=Permission.VIEW)
def contracts(user: User, station: Station) -> Iterator[Event]:
    """Begun, and ended early. What the user sees only."""
    seen = Contract.objects.visible_to(user, Permission.VIEW_CONTRACTS).valid().filter(covers__station=station)
    for contract in seen.select_related("agency"):
        url = reverse("contract_detail", args=[contract.pk])
        what = f"{contract.agency.name} · {contract.number}"
        yield Event(contract.starts_on, "承接合同开始", f"{what}，至 {contract.last_day}", url)
        if contract.state() == ContractState.TERMINATED:
            yield Event(contract.ends_on, "承接合同提前终止", f"{what}：{contract.end_reason}", url)


@timeline(permission=Permission.VIEW)
def evaluations(user: User, station: Station) -> Iterator[Event]:
    """Settled evaluations of its contracts. What the user sees only."""
    seen = Evaluation.objects.visible_to(user, Permission.VIEW_CONTRACTS).finalised()
    for row in seen.filter(term__contract__covers__station=station).select_related("term__contract__agency"):
        if row.finalised_on:
            detail = f"{row.term.contract.agency.name} {row.total} 分，{row.get_conclusion_display()}"
            yield Event(row.finalised_on, row.get_kind_display(), detail, reverse("evaluation_detail", args=[row.pk]))

"""Rows of the agencies room at a station, for tests/gate_cases.py: each of an agency of its own, buyer the county."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from uuid import uuid4

from accounts.models import OrgUnit
from agencies.models import (
    Agency,
    AgencyMember,
    Contract,
    ContractStation,
    ContractTerm,
    Correction,
    Evaluation,
    EvaluationFrame,
    FrameItem,
    FrameThreshold,
    Payment,
    Procurement,
    Scorer,
)
from common.credit_codes import check_character
from tests.world import World, make_user

_serials = count(1)


def _county(world: World, place: str) -> OrgUnit:
    unit = world.units[place]
    return unit.parent.parent  # type: ignore[union-attr]


def agency(world: World, place: str) -> Agency:
    first = f"52999999MK{next(_serials):07d}"
    return Agency.objects.create(
        credit_code=first + check_character(first), name="某社工中心", legal_person="何某", unit=_county(world, place)
    )


def member(world: World, place: str) -> AgencyMember:
    user = make_user(f"member-{uuid4().hex[:8]}", "某管理员")
    return AgencyMember.objects.create(agency=agency(world, place), user=user, starts_on=date(2026, 1, 1))


def procurement(world: World, place: str) -> Procurement:
    return Procurement.objects.create(
        buyer=_county(world, place), name="社工服务采购", method="INQUIRY", budget=Decimal(100000), first_year=2026,
        announced_on=date(2025, 11, 1),
    )  # fmt: skip


def contract(world: World, place: str) -> Contract:
    """The year before the earliest contract that the station has: only one stands at a time."""
    station = world.station(place)
    earliest = station.covers.order_by("starts_on").values_list("starts_on", flat=True).first()
    year = earliest.year - 1 if earliest else 2026
    days = {"starts_on": date(year, 1, 1), "ends_on": date(year + 1, 1, 1)}
    row = Contract.objects.create(
        agency=agency(world, place), buyer=_county(world, place), number=uuid4().hex[:8], title="社工服务",
        signed_on=date(year, 1, 1), agreed_ends_on=days["ends_on"], amount=Decimal(100000), **days,
    )  # fmt: skip
    ContractStation.objects.create(contract=row, station=station, amount=row.amount, **days)
    ContractTerm.objects.create(contract=row, number=1, **days)
    return row


def term(world: World, place: str) -> ContractTerm:
    return contract(world, place).terms.get()


def payment(world: World, place: str) -> Payment:
    row = term(world, place)
    return Payment.objects.create(
        contract=row.contract, term=row, number=1, planned_on=row.starts_on, amount=Decimal(100000)
    )


def frame(world: World, place: str) -> EvaluationFrame:
    city = _county(world, place).parent
    row = EvaluationFrame.objects.create(issuer=city, title="某评估办法")
    FrameItem.objects.create(frame=row, number=1, dimension="执行", text="完成指标", max_score=100, weight=1)
    FrameThreshold.objects.create(frame=row, conclusion="PASSED", at_least=0, advice="PAY")
    return row


def evaluation(world: World, place: str) -> Evaluation:
    row = Evaluation.objects.create(
        term=term(world, place), kind="MID", frame=frame(world, place), opened_on=date(2026, 7, 1)
    )
    Scorer.objects.create(evaluation=row, name="甲")
    Correction.objects.create(evaluation=row, text="补齐档案", due_on=date(2026, 12, 1))
    return row

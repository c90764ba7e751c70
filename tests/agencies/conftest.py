from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agencies.actions import (
    Instalment,
    Marker,
    ToCorrect,
    create_agency,
    create_contract,
    finalise,
    open_evaluation,
    record_scores,
    set_payments,
)
from agencies.models import Agency, Contract, EvaluationFrame, EvaluationKind, Method, Procurement
from agencies.shipped import ship_default_frame
from common.credit_codes import check_character
from common.months import Month
from services.models import ServiceRecord

TODAY = date(2026, 10, 20)


def code(serial: int) -> str:
    """A fictitious code (region 999999) with a right check digit."""
    first = f"52999999MJ{serial:07d}"
    return first + check_character(first)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-10-20T10:00:00+08:00")


@pytest.fixture
def agency(world) -> Agency:
    return make_agency(world, "榆次阳光社工中心", 1)


@pytest.fixture
def other(world) -> Agency:
    return make_agency(world, "榆次晨曦社工中心", 2)


def make_agency(world, name: str, serial: int, unit: str = "榆次区") -> Agency:
    return create_agency(
        by=None, unit=world.units[unit], credit_code=code(serial), name=name, kind="SERVICE", legal_person="何某"
    )


@pytest.fixture
def contract(world, agency) -> Contract:
    return make_contract(world, agency)


def make_contract(world, agency, *stations: str, buyer: str = "榆次区", number: str = "2026-1", **given) -> Contract:
    """The year 2026 of 北关街道社工站 for 120,000 yuan, unless told otherwise."""
    fields = {
        "by": None,
        "title": "社工服务",
        "signed_on": date(2025, 12, 20),
        "starts_on": date(2026, 1, 1),
        "last_day": date(2026, 12, 31),
        "amount": Decimal("120000.00"),
        **given,
    }
    places = [world.station(name) for name in stations or ("北关街道社工站",)]
    return create_contract(agency=agency, buyer=world.units[buyer], stations=places, number=number, **fields)


def make_procurement(world, winner: Agency | None = None) -> Procurement:
    awarded = {"outcome": "AWARDED", "awarded_on": date(2025, 12, 10), "winner": winner} if winner else {}
    return Procurement.objects.create(
        buyer=world.units["榆次区"], name="2026 年社工服务采购", method=Method.CONSULTATION, budget=Decimal(200000),
        first_year=2026, announced_on=date(2025, 11, 10), opened_on=date(2025, 12, 1), **awarded,
    )  # fmt: skip


def serve(world, day: date, station: str = "北关街道社工站", **given) -> ServiceRecord:
    """A visit of that day, one contact, one hour."""
    fields = {"domain": "ELDERLY_CARE", "method": "VISIT", "administrative": False, "contacts": 1, "hours": "1.0"}
    return ServiceRecord.objects.create(
        station=world.station(station), month=Month.of(day), starts_on=day, ends_on=day, title="入户探访",
        entered_at=datetime(2026, 10, 20, tzinfo=UTC), on_time=True, **fields | given,
    )  # fmt: skip


@pytest.fixture
def frame(db) -> EvaluationFrame:
    ship_default_frame()  # a transactional test has emptied the tables
    return EvaluationFrame.objects.get(is_default=True)


def opened(contract: Contract, frame: EvaluationFrame, kind=EvaluationKind.MID, names=("甲", "乙")):
    return open_evaluation(
        by=None, term=contract.terms.get(number=1), kind=kind, frame=frame, markers=[Marker(name) for name in names],
        on=date(2026, 7, 1),
    )  # fmt: skip


def score_all(evaluation, share: str = "0.9") -> None:
    """Every scorer gives this share of each item's full mark."""
    for scorer in evaluation.scorers.all():
        scores = {item.pk: item.max_score * Decimal(share) for item in evaluation.frame.items.all()}
        record_scores(by=None, scorer=scorer, scores=scores)


def finalised(contract, frame, share: str = "0.9", kind=EvaluationKind.MID, **given):
    evaluation = opened(contract, frame, kind)
    score_all(evaluation, share)
    return finalise(by=None, evaluation=evaluation, summary="总体良好", on=date(2026, 7, 10), **given)


def days(first: date, *steps: int) -> list[date]:
    return [first + timedelta(days=step) for step in steps]


def everything(world, agency, frame, number: str, **days) -> dict[str, int]:
    """A contract with everything on it: URL argument → key."""
    contract = make_contract(world, agency, number=number, **days)
    term = contract.terms.get()
    set_payments(by=None, contract=contract, instalments=[Instalment(term, date(2026, 2, 1), Decimal(120000))])
    evaluation = finalised(contract, frame, corrections=[ToCorrect("补齐档案", date(2026, 12, 1))])
    return {
        "agency": agency.pk, "contract": contract.pk, "term": term.pk, "payment": contract.payments.get().pk,
        "evaluation": evaluation.pk, "procurement": make_procurement(world, winner=agency).pk,
        "scorer": evaluation.scorers.first().pk, "correction": evaluation.corrections.get().pk,
    }  # fmt: skip

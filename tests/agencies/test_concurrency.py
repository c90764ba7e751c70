"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection

from agencies.actions import Instalment, Marker, create_agency, finalise, mark_paid, open_evaluation, set_payments
from agencies.models import Agency, ContractStation, Evaluation, Payment, Step
from tests.agencies.conftest import code, make_contract, opened, score_all
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]


def told(results) -> ValidationError:
    """The one act that was refused; anything else that went wrong is raised."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ValidationError):
            raise result
    (error,) = [result for result in results if isinstance(result, ValidationError)]
    return error


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_contracts_for_a_station_signed_at_once_one_stands(world, agency, other, attempt):
    error = told(together(lambda: make_contract(world, agency), lambda: make_contract(world, other, number="2026-2")))
    assert "同一时期只能有一份合同" in str(error)
    assert ContractStation.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_sessions_past_every_action_are_refused_by_the_database(world, agency, other, attempt):
    first = make_contract(world, agency, "锦纶街道社工站")
    second = make_contract(world, other, "明星镇社工站", buyer="太谷区")

    def insert(contract):
        return ContractStation.objects.create(
            contract=contract, station=world.station(), starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1),
            amount=Decimal(1),
        )  # fmt: skip

    results = together(lambda: insert(first), lambda: insert(second))
    # Each may wait for the other's row: PostgreSQL then ends one as a deadlock instead of naming the constraint.
    assert sum(isinstance(result, IntegrityError | OperationalError) for result in results) == 1, results
    assert ContractStation.objects.filter(station=world.station()).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_one_code_makes_one_agency(world, attempt):
    def create(name):
        return create_agency(
            by=None, unit=world.units["榆次区"], credit_code=code(7), name=name, kind="SERVICE", legal_person="何某"
        )

    assert "不能重复建档" in str(told(together(lambda: create("甲中心"), lambda: create("乙中心"))))
    assert Agency.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_who_finalise_at_once_the_second_is_told(world, contract, frame, attempt):
    evaluation = opened(contract, frame)
    score_all(evaluation)

    def settle(user):
        return finalise(by=user, evaluation=evaluation, summary="良好")

    error = told(together(lambda: settle(world.county), lambda: settle(world.city)))
    assert "定稿（90.00 分），请刷新后核对" in str(error)
    assert Evaluation.objects.get().step == Step.FINALISED


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_evaluations_of_a_kind_opened_at_once_one_stands(contract, frame, attempt):
    def begin(name):
        return open_evaluation(
            by=None, term=contract.terms.get(), kind="MID", frame=frame, markers=[Marker(name)], on=date(2026, 7, 1)
        )

    assert "不能重复" in str(told(together(lambda: begin("甲"), lambda: begin("乙"))))
    assert Evaluation.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_an_instalment_is_paid_once(contract, attempt):
    set_payments(
        by=None, contract=contract,
        instalments=[Instalment(contract.terms.get(), date(2026, 2, 1), Decimal(120000))],
    )  # fmt: skip
    payment = Payment.objects.get()

    def pay(voucher):
        return mark_paid(by=None, payment=payment, on=date(2026, 2, 2), amount=Decimal(120000), voucher_note=voucher)

    assert "请刷新后核对" in str(told(together(lambda: pay("A-1"), lambda: pay("A-2"))))

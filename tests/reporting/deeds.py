"""What people do about plans, teams, contracts, money and feature projects, for tests that count after each deed.

Each takes numbers that pick one of what is there by then; a deed that is refused raises ValidationError.
"""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Level, OrgUnit
from agencies.actions import create_contract, set_promises, terminate_contract, withdraw_contract
from agencies.actions.promises import Promised
from agencies.models import Agency, Contract, ContractTerm
from funds.actions import add_receipt, allocate, confirm_receipt, record_spending, reverse_spending, take_back
from funds.models import Allocation, Fund, Spending
from stations import actions as stations
from stations.actions import features, plans
from stations.models import (
    BuildingPlan,
    FeatureProject,
    FeatureState,
    FeatureStep,
    Milestone,
    Recommendation,
    Station,
    Training,
    Worker,
)


def pick(rows: Any, number: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


def offices() -> Any:
    return OrgUnit.objects.filter(level__gte=Level.CITY, is_virtual=False)


def train(worker: int, hours: int, day: date) -> None:
    training = stations.record_training(
        by=None, unit=OrgUnit.objects.get(name="榆次区"), topic="实务", kind="SKILLS", organiser="民政局", place="",
        held_from=day, held_to=day, hours=Decimal(hours), note="",
    )  # fmt: skip
    stations.set_attendance(by=None, training=training, hours={pick(Worker.objects, worker): ""})


def untrain(training: int) -> None:
    if found := pick(Training.objects, training):
        stations.withdraw_training(by=None, training=found, reason="登记重复")


def evaluate(worker: int, grade: str, day: date) -> None:
    stations.evaluate_worker(
        by=None, worker=pick(Worker.objects, worker), year=day.year, grade=grade, evaluator="民政局", on=day
    )


def supervise(station: int, worker: int, day: date) -> None:
    found = pick(Station.objects, station)
    stations.assign_supervisor(by=None, stations=[found], worker=pick(Worker.objects, worker), lead=True, on=day)


def milestone(unit: int, day: date) -> None:
    plan, place = pick(BuildingPlan.objects, 0), pick(offices().filter(level__lt=Level.TOWNSHIP), unit)
    plans.save_milestone(by=None, plan=plan, facts={
        "name": f"节点{uuid.uuid4().hex[:6]}", "due_on": day, "unit": place,
        "responsible": "", "kind": "COUNTED", "count": 2, "status": "OPERATING", "station_kind": "STATION",
        "within_year": False,
    })  # fmt: skip


def drop_milestone(number: int) -> None:
    if found := pick(Milestone.objects, number):
        plans.remove_milestone(by=None, milestone=found, reason="重复")


def receive(amount: int, day: date) -> None:
    add_receipt(by=None, fund=pick(Fund.objects, 0), amount=Decimal(amount) / 100, received_on=day)


def pass_down(sender: int, receiver: int, amount: int, day: date, *, arrives: bool) -> None:
    """Amounts in fen."""
    source = pick(offices().filter(level__lt=Level.STATION), sender)
    below = OrgUnit.objects.under(source).exclude(pk=source.pk)
    (made,) = allocate(
        by=None, fund=pick(Fund.objects, 0), from_unit=source, allocated_on=day,
        receivers=[(pick(below, receiver), Decimal(amount) / 100)],
    )  # fmt: skip
    if arrives:
        confirm_receipt(by=None, allocation=made, received_on=day)


def call_back(allocation: int, day: date) -> None:
    if found := pick(Allocation.objects, allocation):
        take_back(by=None, allocation=found, on=day, reason="调整安排")


def pay(unit: int, amount: int, day: date) -> None:
    record_spending(
        by=None, fund=pick(Fund.objects, 0), unit=pick(offices(), unit), category="ACTIVITY", beneficiary="STATION",
        spent_on=day, amount=Decimal(amount) / 100, payee="某店", purpose="活动用品", voucher_number=uuid.uuid4().hex,
    )  # fmt: skip


def reverse(spending: int, day: date) -> None:
    if found := pick(Spending.objects, spending):
        reverse_spending(by=None, spending=found, on=day, reason="登记错误")


def contract(first: int, second: int, day: date, amount: int) -> None:
    here = {pick(Station.objects, number) for number in (first, second)}
    buyer = OrgUnit.objects.get(name="晋中市")
    create_contract(
        by=None, agency=pick(Agency.objects, 0), buyer=buyer, stations=sorted(here, key=str),
        number=uuid.uuid4().hex[:12], title="社工服务", signed_on=day, starts_on=day, last_day=date(2024, 6, 30),
        amount=Decimal(amount) / 100,
    )  # fmt: skip


def promise(term: int, number: int) -> None:
    if found := pick(ContractTerm.objects, term):
        rows = [Promised("SERVICES", number), Promised("CONTACTS", number * 3, "VISIT")]
        set_promises(by=None, term=found, promises=rows)


def end_contract(number: int, day: date | None) -> None:
    """Early, or as a mistake."""
    if found := pick(Contract.objects, number):
        if day:
            terminate_contract(by=None, contract=found, on=day, reason="违约")
        else:
            withdraw_contract(by=None, contract=found, reason="登记错误")


def feature(station: int, day: date, *, recommended: bool) -> None:
    """From draft to recognition, and on to the city."""
    made = features.draft_feature(
        by=None, station=pick(Station.objects, station), year=day.year, files={}, name="夕阳红", group="ELDERLY",
        served="独居老人", plan="每周探访", results="",
    )  # fmt: skip
    features.apply_feature(by=None, feature=made, expected=_step(made))
    features.review_feature(by=None, feature=made, accepted=True, on=day, comment="", expected=_step(made))
    if recommended:
        to = Recommendation.CITY
        features.recommend_feature(by=None, feature=made, to=to, on=day, comment="", expected=_step(made))


def stop_feature(number: int, day: date) -> None:
    if found := pick(FeatureProject.objects.filter(state=FeatureState.APPROVED), number):
        features.stop_feature(by=None, feature=found, on=day, reason="不再开展", expected=_step(found))


def _step(made: FeatureProject) -> int:
    return FeatureStep.objects.filter(feature=made).order_by("pk").values_list("pk", flat=True).last() or 0

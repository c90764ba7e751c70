"""A fixed today, a lottery fund of 晋中市, and money on its way down to 北关街道社工站."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import OrgUnit
from funds.actions import add_receipt, allocate, confirm_receipt, create_fund, record_spending
from funds.models import USUALLY_FORBIDDEN, Allocation, Beneficiary, Category, Entry, Fund, Source, Spending, Tier
from policies.models import PolicyDocument


@pytest.fixture(autouse=True)
def today(time_machine):
    """2026-11-21, 10:00 in Shanghai."""
    time_machine.move_to("2026-11-21T10:00:00+08:00", tick=False)


@pytest.fixture
def document(world) -> PolicyDocument:
    return PolicyDocument.objects.create(
        number="市民函〔2026〕5号",
        title="下达2026年福彩公益金",
        issuer=world.units["晋中市"],
        issued_on=date(2026, 1, 10),
    )


@pytest.fixture
def fund(world, rules, document) -> Fund:
    """Municipal lottery money of 2026: 100,000 yuan since 2026-02-01, the usual uses forbidden by 三."""
    made = create_fund(
        by=world.city,
        unit=world.units["晋中市"],
        name="2026年市级福彩公益金",
        source=Source.LOTTERY,
        tier=Tier.CITY,
        year=2026,
        purpose="社工站场地改造、设备购置和服务活动",
        document=document,
        clause="二",
        permitted=[Category.VENUE, Category.EQUIPMENT, Category.ACTIVITY, Category.PUBLICITY],
        forbidden=USUALLY_FORBIDDEN,
        forbidden_clause="三",
    )
    add_receipt(by=world.city, fund=made, amount="100000", received_on=date(2026, 2, 1))
    return made


def send(
    fund: Fund, sender: OrgUnit, receiver: OrgUnit, amount: Any, on: date, *, arrives: date | None = None
) -> Allocation:
    """Allocate, and confirm unless `arrives` is None."""
    (allocation,) = allocate(by=None, fund=fund, from_unit=sender, receivers=[(receiver, amount)], allocated_on=on)
    return confirm_receipt(by=None, allocation=allocation, received_on=arrives) if arrives else allocation


@pytest.fixture
def at_county(world, fund) -> Allocation:
    """60,000 at 榆次区 since 2026-02-12."""
    units = world.units
    return send(fund, units["晋中市"], units["榆次区"], "60000", date(2026, 2, 10), arrives=date(2026, 2, 12))


@pytest.fixture
def at_station(world, fund, at_county) -> Fund:
    """30,000 at 北关街道社工站 since 2026-03-03, by way of its township."""
    units = world.units
    send(fund, units["榆次区"], units["北关街道"], "40000", date(2026, 2, 20), arrives=date(2026, 2, 22))
    send(fund, units["北关街道"], units["北关街道社工站"], "30000", date(2026, 3, 1), arrives=date(2026, 3, 3))
    return fund


def spend(fund: Fund, unit: OrgUnit, amount: Any = "1000", **changes: Any) -> Spending:
    """A legal payment on 2026-03-10; `changes` replace what is told."""
    voucher = f"记-{Spending.objects.count() + 1}"
    told: dict[str, Any] = {
        "by": None,
        "category": Category.ACTIVITY,
        "beneficiary": Beneficiary.CLIENTS,
        "spent_on": date(2026, 3, 10),
        "payee": "榆次区阳光文具店（演示）",
        "purpose": "重阳节活动物料",
        "voucher_number": voucher,
    }
    return record_spending(fund=fund, unit=unit, amount=amount, **(told | changes))


def held(fund: Fund, unit: OrgUnit, on: date = date(2026, 11, 21)) -> int:
    """Whole yuan that the unit holds of the fund on a day."""
    total = Entry.objects.filter(fund=fund, unit=unit).held(on).aggregate(total=Sum("fen"))["total"] or 0
    return total // 100


def errors_of(caught: Any) -> dict[str, list[str]]:
    """Field → messages of a caught ValidationError ("__all__" for those of no field)."""
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}

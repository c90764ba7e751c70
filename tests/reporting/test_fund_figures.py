"""Figures of money say what the lists of funds say."""

from __future__ import annotations

from datetime import date

from common import money
from common.months import Month
from funds.actions import add_receipt, create_fund
from funds.models import Source, Tier
from funds.queries.balances import by_fund
from reporting.compute import compute_month
from reporting.figures import figures_of
from tests.funds.conftest import send

OCTOBER = Month(2026, 10)


def test_what_is_held_leaves_out_what_is_on_its_way_as_the_list_of_funds_does(world, rules, time_machine):
    time_machine.move_to("2026-11-21T10:00:00+08:00", tick=False)
    city = world.units["晋中市"]
    fund = create_fund(
        by=None, unit=city, name="市级资金", source=Source.FISCAL, tier=Tier.CITY, year=2026, purpose="服务活动"
    )
    add_receipt(by=None, fund=fund, amount="100000", received_on=date(2026, 2, 1))
    send(fund, city, world.units["榆次区"], "60000", date(2026, 2, 10))
    compute_month(OCTOBER)
    figures = figures_of(city, OCTOBER)
    listed = by_fund(world.city, [fund])[fund.pk]
    assert (listed.held, listed.transit) == (40_000_00, 60_000_00)
    assert figures["funds_held"].value == money.yuan(listed.held)
    assert figures["funds_received"].value == money.yuan(listed.came)

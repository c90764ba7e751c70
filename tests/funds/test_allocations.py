"""Passing money down: on its way, there, taken back."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from funds.actions import allocate, confirm_receipt, may_confirm, take_back
from funds.models import Allocation, Entry, EntryKind
from funds.queries.balances import by_fund, units_of
from stations.timeline import events_of
from tests.funds.conftest import errors_of, held, send, spend

D = date


@pytest.fixture
def units(world):
    return world.units


def test_money_on_its_way_is_held_by_nobody(fund, units):
    send(fund, units["晋中市"], units["榆次区"], "60000", D(2026, 2, 10))
    assert held(fund, units["晋中市"]) == 40000
    assert held(fund, units["榆次区"]) == 0
    assert Allocation.objects.in_transit().aggregate(total=Sum("amount"))["total"] == 60000


def test_small_sums_on_their_way_add_up_to_the_fen(fund, units, world):
    for amount in ("0.10", "0.20", "7.70", "8.20"):
        send(fund, units["晋中市"], units["榆次区"], amount, D(2026, 2, 10))
    assert by_fund(world.city, [fund])[fund.pk].transit == 16_20
    (row,) = units_of(world.city, fund)
    assert row.transit == 16_20


def test_what_is_taken_back_was_not_passed_down_to_the_station(at_station, units, world):
    sent = Allocation.objects.get(to_unit=units["北关街道社工站"])
    take_back(by=None, allocation=sent, on=D(2026, 4, 1), reason="回收", amount="1000")
    details = {event.title: event.detail for event in events_of(world.county, world.station())}
    assert details["资金到账 30,000.00 元"] == "2026年市级福彩公益金 · 北关街道下达"
    assert details["资金被收回 1,000.00 元"] == "2026年市级福彩公益金 · 由北关街道收回"


def test_the_receiver_holds_it_from_the_confirmed_day_on(fund, units, world):
    sent = send(fund, units["晋中市"], units["榆次区"], "60000", D(2026, 2, 10))
    confirm_receipt(by=world.county, allocation=sent, received_on=D(2026, 2, 12))
    assert held(fund, units["榆次区"], D(2026, 2, 11)) == 0
    assert held(fund, units["榆次区"], D(2026, 2, 12)) == 60000
    on_the_way = [Allocation.objects.in_transit(D(2026, 2, day)).count() for day in (9, 10, 11, 12)]
    assert on_the_way == [0, 1, 1, 0]


def test_several_receivers_get_all_or_nothing(fund, units):
    with pytest.raises(ValidationError) as caught:
        allocate(
            by=None,
            fund=fund,
            from_unit=units["晋中市"],
            receivers=[(units["榆次区"], "60000"), (units["太谷区"], "40000.01")],
            allocated_on=D(2026, 2, 10),
        )
    assert "结存 100,000.00 元" in errors_of(caught)["amount"][0]
    assert not Allocation.objects.exists()


@pytest.mark.parametrize("receiver", ["晋中市", "山西省", "城关区"])
def test_money_goes_down_within_the_tree_only(fund, units, receiver):
    with pytest.raises(ValidationError) as caught:
        send(fund, units["晋中市"], units[receiver], "1", D(2026, 2, 10))
    assert "不是晋中市的下级" in str(errors_of(caught))


def test_tiers_may_be_left_out(fund, units):
    assert send(fund, units["晋中市"], units["北关街道社工站"], "1", D(2026, 2, 10)).pk


def test_a_closed_unit_gets_nothing(fund, units):
    units["北关街道"].closed_on = D(2026, 2, 1)
    units["北关街道"].save()
    with pytest.raises(ValidationError) as caught:
        send(fund, units["晋中市"], units["北关街道"], "1", D(2026, 2, 10))
    assert "已撤销" in str(errors_of(caught))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"allocated_on": D(2026, 1, 31)}, "allocated_on"),
        ({"allocated_on": D(2026, 11, 22)}, "allocated_on"),
        ({"expected_on": D(2026, 2, 9)}, "expected_on"),
        ({"document_number": "<>"}, "document_number"),
    ],
)
def test_wrong_dates_and_numbers_are_refused_beside_the_field(fund, units, changes, field):
    told = {"by": None, "fund": fund, "from_unit": units["晋中市"], "allocated_on": D(2026, 2, 10)}
    with pytest.raises(ValidationError) as caught:
        allocate(**(told | {"receivers": [(units["榆次区"], "1")]} | changes))
    assert field in errors_of(caught)


def test_a_wrong_amount_stands_beside_its_receiver(fund, units):
    with pytest.raises(ValidationError) as caught:
        send(fund, units["晋中市"], units["榆次区"], "1.001", D(2026, 2, 10))
    assert errors_of(caught) == {f"amount_{units['榆次区'].pk}": ["榆次区的金额最多两位小数（到分）"]}


def test_who_sent_it_does_not_confirm_it(fund, units, world, at_county):
    to_township = send(fund, units["榆次区"], units["北关街道"], "100", D(2026, 2, 20))
    with pytest.raises(ValidationError, match="不能代为确认"):
        confirm_receipt(by=world.county, allocation=to_township, received_on=D(2026, 2, 21))
    assert may_confirm(world.township, to_township)
    confirm_receipt(by=world.township, allocation=to_township, received_on=D(2026, 2, 21))
    assert held(fund, units["北关街道"]) == 100


def test_the_township_confirms_for_its_station(fund, units, world, at_county):
    direct = send(fund, units["榆次区"], units["北关街道社工站"], "100", D(2026, 2, 20))
    assert may_confirm(world.township, direct)
    assert not may_confirm(world.county, direct)
    assert not may_confirm(world.worker, direct)


def test_what_a_township_passes_on_it_confirms_itself(fund, units, world, at_county):
    send(fund, units["榆次区"], units["北关街道"], "100", D(2026, 2, 20), arrives=D(2026, 2, 20))
    own = send(fund, units["北关街道"], units["北关街道社工站"], "100", D(2026, 2, 21))
    assert may_confirm(world.township, own)


def test_a_second_confirmation_is_told_of_the_first(fund, units, world):
    sent = send(fund, units["晋中市"], units["榆次区"], "60000", D(2026, 2, 10))
    confirm_receipt(by=world.county, allocation=sent, received_on=D(2026, 2, 12))
    with pytest.raises(ValidationError, match=r"王（演示）确认于 2026-02-12 到账"):
        confirm_receipt(by=world.county, allocation=sent, received_on=D(2026, 2, 13))
    assert Entry.objects.filter(kind=EntryKind.ARRIVED).count() == 1


def test_money_does_not_arrive_before_it_was_sent(fund, units):
    sent = send(fund, units["晋中市"], units["榆次区"], "60000", D(2026, 2, 10))
    with pytest.raises(ValidationError) as caught:
        confirm_receipt(by=None, allocation=sent, received_on=D(2026, 2, 9))
    assert "不能早于下达日期" in errors_of(caught)["received_on"][0]


def test_money_on_its_way_is_withdrawn_as_a_whole(fund, units):
    sent = send(fund, units["晋中市"], units["榆次区"], "60000", D(2026, 2, 10))
    with pytest.raises(ValidationError) as caught:
        take_back(by=None, allocation=sent, on=D(2026, 2, 15), reason="账号有误", amount="1")
    assert "在途资金只能全部撤回" in errors_of(caught)["amount"][0]
    take_back(by=None, allocation=sent, on=D(2026, 2, 15), reason="账号有误")
    assert held(fund, units["晋中市"]) == 100000
    assert not Allocation.objects.in_transit().exists()
    assert Allocation.objects.in_transit(D(2026, 2, 14)).exists()
    with pytest.raises(ValidationError, match="被下达单位撤回"):
        confirm_receipt(by=None, allocation=sent, received_on=D(2026, 2, 16))


def test_what_is_still_held_is_taken_back_by_dated_entries(fund, units, at_county):
    spend(fund, units["榆次区"], "10000", spent_on=D(2026, 3, 1))
    take_back(by=None, allocation=at_county, on=D(2026, 6, 1), reason="项目取消", amount="20000")
    assert held(fund, units["榆次区"], D(2026, 5, 31)) == 50000
    assert held(fund, units["榆次区"]) == 30000
    assert held(fund, units["晋中市"]) == 60000
    with pytest.raises(ValidationError) as caught:
        take_back(by=None, allocation=at_county, on=D(2026, 6, 2), reason="再收", amount="30000.01")
    assert "结存 30,000.00 元" in errors_of(caught)["amount"][0]
    with pytest.raises(ValidationError) as caught:
        take_back(by=None, allocation=at_county, on=D(2026, 6, 2), reason="再收", amount="40000.01")
    assert "未收回的金额为 40,000.00 元" in errors_of(caught)["amount"][0]


def test_taking_back_needs_a_reason(at_county):
    with pytest.raises(ValidationError) as caught:
        take_back(by=None, allocation=at_county, on=D(2026, 6, 1), reason=" ")
    assert errors_of(caught) == {"reason": ["请填写理由"]}

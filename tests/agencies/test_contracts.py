from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from agencies import shares
from agencies.actions import edit_contract, terminate_contract, withdraw_contract
from agencies.models import Contract, ContractState, ContractStation
from agencies.shipped import after_migrate
from stations.models import StaleMonth
from tests.agencies.conftest import make_contract, make_procurement


@pytest.fixture
def triggers(db):
    """On SQLite the triggers came with `migrate`; a test may not rely on another having left them there."""
    after_migrate("default")


def cover(contract: Contract, station, starts_on: date, ends_on: date) -> ContractStation:
    """Straight into the table, past every action."""
    with transaction.atomic():
        return ContractStation.objects.create(
            contract=contract, station=station, starts_on=starts_on, ends_on=ends_on, amount=Decimal(1)
        )


def test_a_second_contract_for_a_station_names_the_first(world, agency, other, contract):
    with pytest.raises(ValidationError) as caught:
        make_contract(world, other, number="2026-2", starts_on=date(2026, 12, 31), last_day=date(2027, 12, 30))
    (message,) = caught.value.message_dict["stations"]
    assert "北关街道社工站在 2026-01-01 至 2026-12-31 已有榆次阳光社工中心的合同“2026-1 社工服务”" in message
    assert Contract.objects.count() == 1


def test_contracts_may_touch(world, other, contract):
    after = make_contract(world, other, number="2027-1", starts_on=date(2027, 1, 1), last_day=date(2027, 12, 31))
    before = make_contract(world, other, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    assert {after.covers.count(), before.covers.count()} == {1}


def test_a_contract_that_the_user_may_not_see_is_not_named(world, other, contract):
    with pytest.raises(ValidationError) as caught:
        make_contract(world, other, number="2026-9", by=world.administrator)
    assert "已有其他合同" in str(caught.value)
    assert "榆次阳光" not in str(caught.value)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(date(2026, 6, 1), date(2026, 7, 1)), (date(2025, 6, 1), date(2026, 1, 2)), (date(2026, 12, 31), date(2028, 1, 1)),
     (date(2025, 1, 1), date(2028, 1, 1)), (date(2026, 1, 1), date(2027, 1, 1))],
)  # fmt: skip
def test_the_database_itself_refuses_an_overlap(world, other, contract, triggers, starts_on, ends_on):
    second = make_contract(world, other, "锦纶街道社工站", number="2026-2")
    with pytest.raises(IntegrityError):
        cover(second, world.station(), starts_on, ends_on)
    assert ContractStation.objects.filter(station=world.station()).count() == 1


def test_the_database_lets_days_touch_and_spells_of_no_day_pass(world, other, contract, triggers):
    second = make_contract(world, other, "锦纶街道社工站", number="2026-2")
    third = make_contract(world, other, "锦纶街道社工站", number="2027-2", starts_on=date(2027, 1, 1),
                          last_day=date(2027, 12, 31))  # fmt: skip
    assert cover(second, world.station(), date(2027, 1, 1), date(2027, 6, 1)).pk
    assert cover(third, world.station(), date(2026, 6, 1), date(2026, 6, 1)).pk


def test_the_database_refuses_to_move_a_spell_onto_another(world, other, contract, triggers):
    make_contract(world, other, number="2027-1", starts_on=date(2027, 1, 1), last_day=date(2027, 12, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractStation.objects.filter(contract__number="2027-1").update(starts_on=date(2026, 12, 31))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite drops triggers when it alters a table")
def test_triggers_lost_with_a_table_come_back_with_the_next_migrate(world, other, contract):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER cover_no_overlap_insert")
    after_migrate("default")
    second = make_contract(world, other, "锦纶街道社工站", number="2026-2")
    with pytest.raises(IntegrityError):
        cover(second, world.station(), date(2026, 6, 1), date(2026, 7, 1))


def test_a_contract_covers_stations_of_several_townships_and_splits_its_amount(world, agency):
    made = make_contract(world, agency, "北关街道社工站", "锦纶街道社工站", amount=Decimal("100000.01"))
    assert sorted(made.covers.values_list("amount", flat=True)) == [Decimal("50000.00"), Decimal("50000.01")]


def test_parts_of_stations_must_add_up(world, agency):
    with pytest.raises(ValidationError, match="之和应等于合同金额"):
        make_contract(world, agency, "北关街道社工站", "锦纶街道社工站", amounts=[Decimal(60000), Decimal(59999)])


def test_a_station_outside_the_buyer_is_refused(world, agency):
    with pytest.raises(ValidationError, match="明星镇社工站不在榆次区范围内"):
        make_contract(world, agency, "北关街道社工站", "明星镇社工站")


def test_a_city_buys_for_stations_of_several_counties(world, agency):
    made = make_contract(world, agency, "北关街道社工站", "明星镇社工站", buyer="晋中市")
    assert made.covers.count() == 2


def test_a_province_buys_nothing(world, agency):
    with pytest.raises(ValidationError, match="购买单位应是"):
        make_contract(world, agency, buyer="山西省")


def test_a_closed_station_is_refused(world, agency):
    station = world.station()
    station.closed_on = date(2025, 12, 1)
    station.save()
    with pytest.raises(ValidationError, match="已于 2025-12-01 撤销"):
        make_contract(world, agency)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"last_day": date(2025, 12, 31)}, "last_day"), ({"amount": Decimal(0)}, "amount"),
     ({"amount": Decimal("1.001")}, "amount"), ({"signed_on": date(2026, 10, 21)}, "signed_on"),
     ({"number": " "}, "number"), ({"last_day": date(2031, 1, 1)}, "last_day")],
)  # fmt: skip
def test_wrong_facts_are_refused_at_their_field(world, agency, given, field):
    with pytest.raises(ValidationError) as caught:
        make_contract(world, agency, **given)
    assert field in caught.value.message_dict
    assert not Contract.objects.exists()


def test_a_number_is_used_once_by_a_buyer(world, agency, contract):
    with pytest.raises(ValidationError, match="已有编号为 2026-1"):
        make_contract(world, agency, "锦纶街道社工站")


def test_a_procurement_that_another_agency_won_is_no_basis(world, agency, other):
    with pytest.raises(ValidationError, match="没有成交给该机构"):
        make_contract(world, agency, procurement=make_procurement(world, winner=other))


def test_years_of_service_follow_the_days(world, agency):
    made = make_contract(world, agency, starts_on=date(2026, 7, 1), last_day=date(2029, 3, 31))
    assert list(made.terms.values_list("number", "starts_on", "ends_on")) == [
        (1, date(2026, 7, 1), date(2027, 7, 1)),
        (2, date(2027, 7, 1), date(2028, 7, 1)),
        (3, date(2028, 7, 1), date(2029, 4, 1)),
    ]


def test_a_renewal_follows_its_contract_once(world, agency, other, contract):
    with pytest.raises(ValidationError, match="到期（2026-12-31）之后"):
        make_contract(world, agency, "锦纶街道社工站", number="2", renewal_of=contract)
    later = {"starts_on": date(2027, 1, 1), "last_day": date(2027, 12, 31), "renewal_of": contract}
    with pytest.raises(ValidationError, match="应与原合同相同"):
        make_contract(world, other, number="2", **later)
    assert make_contract(world, agency, number="2", **later).renewal_of == contract
    with pytest.raises(ValidationError, match="已经续签过"):
        make_contract(world, agency, "锦纶街道社工站", number="3", **later)


def test_an_early_end_frees_the_station_and_counts_no_more(world, agency, other, contract):
    terminate_contract(by=None, contract=contract, on=date(2026, 9, 1), reason="人员不到位")
    contract.refresh_from_db()
    assert contract.state(date(2026, 8, 31)) == ContractState.CURRENT
    assert contract.state(date(2026, 9, 1)) == ContractState.TERMINATED
    assert Contract.objects.amount_in_force(date(2026, 8, 31)) == Decimal(120000)
    assert Contract.objects.amount_in_force(date(2026, 9, 1)) == 0
    assert make_contract(world, other, number="2", signed_on=date(2026, 8, 20), starts_on=date(2026, 9, 1)).pk
    with pytest.raises(ValidationError, match="提前终止，请刷新"):
        terminate_contract(by=None, contract=contract, on=date(2026, 8, 1), reason="再次")


def test_an_early_end_needs_a_reason_and_a_day_within(contract):
    for on, reason in ((date(2026, 9, 1), " "), (date(2026, 1, 1), "理由"), (date(2026, 10, 21), "理由")):
        with pytest.raises(ValidationError):
            terminate_contract(by=None, contract=contract, on=on, reason=reason)
    contract.refresh_from_db()
    assert contract.ends_on == contract.agreed_ends_on


def test_a_contract_taken_back_counts_nowhere_and_its_number_is_free(world, agency, contract):
    withdraw_contract(by=None, contract=contract, reason="录错站点")
    contract.refresh_from_db()
    assert contract.state() == ContractState.VOID
    assert not ContractStation.objects.at(date(2026, 1, 1)).exists()
    assert make_contract(world, agency).number == contract.number


def test_a_new_contract_makes_the_months_of_its_stations_stale(world, agency):
    StaleMonth.objects.all().delete()
    make_contract(world, agency)
    months = set(StaleMonth.objects.filter(unit=world.units["北关街道社工站"]).values_list("month", flat=True))
    assert {str(month) for month in months} == {f"2026-{month:02d}" for month in range(1, 11)}


def test_number_title_and_signing_are_corrected(world, contract):
    edit_contract(by=None, contract=contract, number="2026-1改", title="社工服务", signed_on=date(2025, 12, 21))
    contract.refresh_from_db()
    assert (contract.number, contract.signed_on) == ("2026-1改", date(2025, 12, 21))


def test_stations_under_contract_as_of_a_day(world, agency, contract):
    assert ContractStation.objects.at(date(2026, 12, 31)).count() == 1
    assert ContractStation.objects.at(date(2027, 1, 1)).count() == 0
    assert ContractStation.objects.amount_in_force(date(2026, 3, 1)) == Decimal(120000)


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10**9), places=2), st.integers(1, 40))
def test_parts_always_add_up_and_differ_by_a_fen_at_most(amount, count):
    parts = shares.split(amount, count)
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= Decimal("0.01")


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 2000))
def test_terms_leave_no_gap(starts_on, days):
    ends_on = date.fromordinal(starts_on.toordinal() + days)
    found = shares.terms(starts_on, ends_on)
    assert (found[0][0], found[-1][1]) == (starts_on, ends_on)
    assert all(before[1] == after[0] for before, after in pairwise(found))

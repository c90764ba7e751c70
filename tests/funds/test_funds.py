"""Registering funds, their forbidden uses and the money that came in."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from funds.actions import (
    add_forbidden_use,
    add_receipt,
    allocate,
    create_fund,
    edit_fund,
    remove_forbidden_use,
    reverse_receipt,
)
from funds.models import USUALLY_FORBIDDEN, Category, Entry, Fund, Source, Tier
from policies.models import PolicyDocument
from tests.funds.conftest import errors_of, held, spend


def create(world, **changes):
    told = {
        "by": None,
        "unit": world.units["榆次区"],
        "name": "区级社工站补助",
        "source": Source.FISCAL,
        "tier": Tier.COUNTY,
        "year": 2026,
        "purpose": "社工站运营",
    }
    return create_fund(**(told | changes))


def test_a_fund_has_its_own_list_of_forbidden_uses(fund):
    assert [use.category for use in fund.forbidden_uses.all()] == list(USUALLY_FORBIDDEN)
    assert {use.citation(fund) for use in fund.forbidden_uses.all()} == {"市民函〔2026〕5号 三"}


def test_lottery_money_needs_a_document(world):
    with pytest.raises(ValidationError) as caught:
        create(world, source=Source.LOTTERY)
    assert "福彩公益金须选择依据文件" in errors_of(caught)["document"][0]


def test_the_database_too_refuses_lottery_money_without_a_document(fund):
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=fund.pk).update(document=None)


def test_a_document_of_another_authority_is_refused(world, document):
    with pytest.raises(ValidationError) as caught:
        create(world, unit=world.units["城关区"], document=document)
    assert "不适用于城关区" in errors_of(caught)["document"][0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tier": Tier.TOWNSHIP}, "tier"),
        ({"tier": 9}, "tier"),
        ({"year": 1999}, "year"),
        ({"name": " "}, "name"),
        ({"purpose": ""}, "purpose"),
        ({"source": "STOLEN"}, "source"),
        ({"permitted": ["?"]}, "permitted"),
        ({"forbidden": ["?"]}, "forbidden"),
        ({"permitted": [Category.VENUE], "forbidden": [Category.VENUE]}, "forbidden"),
    ],
)
def test_wrong_funds_are_refused_beside_the_field(world, changes, field):
    with pytest.raises(ValidationError) as caught:
        create(world, **changes)
    assert field in errors_of(caught)


def test_a_station_keeps_no_fund_of_its_own(world):
    with pytest.raises(ValidationError) as caught:
        create(world, unit=world.units["北关街道社工站"])
    assert "unit" in errors_of(caught)


def test_money_of_a_higher_tier_may_be_kept_below(world):
    assert create(world, tier=Tier.PROVINCE).tier == Tier.PROVINCE


def test_a_name_stands_once_in_a_year(world):
    create(world)
    with pytest.raises(ValidationError) as caught:
        create(world)
    assert "已有名为" in errors_of(caught)["name"][0]
    assert create(world, year=2025).pk


def test_forbidden_uses_may_be_changed_before_anything_is_spent(fund):
    remove_forbidden_use(by=None, use=fund.forbidden_uses.get(category=Category.PROFIT))
    add_forbidden_use(by=None, fund=fund, category=Category.SALARIES, clause="四")
    kept = set(fund.forbidden_uses.values_list("category", flat=True))
    assert kept == {*USUALLY_FORBIDDEN, Category.SALARIES} - {Category.PROFIT}


def test_forbidden_uses_are_never_dropped_once_money_was_spent(at_county, world):
    fund = at_county.fund
    spend(fund, world.units["榆次区"])
    with pytest.raises(ValidationError, match="只能增加"):
        remove_forbidden_use(by=None, use=fund.forbidden_uses.get(category=Category.PROFIT))
    with pytest.raises(ValidationError) as caught:
        add_forbidden_use(by=None, fund=fund, category=Category.SALARIES)
    assert "自哪一天起" in errors_of(caught)["starts_on"][0]
    add_forbidden_use(by=None, fund=fund, category=Category.SALARIES, starts_on=date(2026, 5, 1))


def test_a_use_is_forbidden_once(fund):
    with pytest.raises(ValidationError) as caught:
        add_forbidden_use(by=None, fund=fund, category=Category.PROFIT, starts_on=date(2026, 5, 1))
    assert "已在禁止用途中" in errors_of(caught)["category"][0]


def test_the_range_of_use_is_fixed_once_money_was_spent(at_county, world, document):
    fund = at_county.fund
    told = {"by": None, "fund": fund, "purpose": "改后的用途", "document": document, "clause": "二"}
    edit_fund(**told, name="改后的名称", permitted=[*fund.permitted, Category.TRAINING])
    spend(fund, world.units["榆次区"])
    with pytest.raises(ValidationError) as caught:
        edit_fund(**told, name="改后的名称", permitted=[Category.VENUE])
    assert "permitted" in errors_of(caught)
    fund.refresh_from_db()
    assert (fund.name, Category.TRAINING in fund.permitted) == ("改后的名称", True)


def test_lottery_money_cannot_lose_its_document(fund):
    with pytest.raises(ValidationError) as caught:
        edit_fund(by=None, fund=fund, name="名", purpose="用途", document=None, clause="", permitted=[])
    assert "document" in errors_of(caught)


def test_a_receipt_of_tomorrow_is_refused(fund):
    with pytest.raises(ValidationError) as caught:
        add_receipt(by=None, fund=fund, amount="1", received_on=date(2026, 11, 22))
    assert "不能晚于今天" in errors_of(caught)["received_on"][0]


def test_a_receipt_is_reversed_by_an_entry(fund, world):
    city = world.units["晋中市"]
    wrong = add_receipt(by=None, fund=fund, amount="5000", received_on=date(2026, 3, 1))
    reverse_receipt(by=None, receipt=wrong, on=date(2026, 3, 5), reason="多登了一笔")
    assert held(fund, city, date(2026, 3, 4)) == 105000
    assert held(fund, city) == 100000
    assert Entry.objects.filter(receipt=wrong).count() == 2
    with pytest.raises(ValidationError, match="已于 2026-03-05 冲销"):
        reverse_receipt(by=None, receipt=wrong, on=date(2026, 3, 6), reason="再来")


def test_a_receipt_whose_money_was_passed_on_cannot_be_reversed(fund, world):
    units = world.units
    allocate(
        by=None,
        fund=fund,
        from_unit=units["晋中市"],
        receivers=[(units["榆次区"], "60000")],
        allocated_on=date(2026, 2, 10),
    )
    with pytest.raises(ValidationError) as caught:
        reverse_receipt(by=None, receipt=fund.receipts.get(), on=date(2026, 3, 5), reason="错")
    assert "结存 40,000.00 元" in errors_of(caught)["amount"][0]


def test_funds_are_read_downwards_but_not_sideways(fund, world):
    assert fund in Fund.objects.visible_to(world.township)
    assert fund in Fund.objects.visible_to(world.province)
    county = create(world)
    assert county not in Fund.objects.visible_to(world.outsider)
    assert county in Fund.objects.visible_to(world.city)
    assert PolicyDocument.objects.filter(funds=fund).exists()

"""What is found about money (R12): each with its reason, document and clause."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from accounts.models import AuditEvent
from funds.actions import add_forbidden_use, explain_finding, flag_spending, reverse_spending, take_back
from funds.models import Beneficiary, Category, FindingKind, SpendingFlag
from funds.queries.findings import Where, findings
from policies.actions import add_provision
from tests.funds.conftest import send, spend

TODAY = date(2026, 11, 21)


@pytest.fixture
def find(world):
    def found(*kinds: FindingKind, today: date = TODAY, user=None, **where):
        rows = findings(Where(user or world.city, **where), today)
        return [row for row in rows if row.kind in kinds]

    return found


# ---- 截留


def test_money_that_lies_with_a_tier_beyond_the_rule_is_withheld(at_county, world, find):
    assert find(FindingKind.WITHHELD, unit=world.units["榆次区"], today=date(2026, 3, 14)) == []
    (found,) = find(FindingKind.WITHHELD, unit=world.units["榆次区"], today=date(2026, 3, 15))
    assert found.amount == 60000
    assert "2026-02-12 到榆次区账上，已停留 31 天" in found.reason
    assert "超过规定的 30 天" in found.reason
    assert found.source == "市民函〔2023〕28号 三；数值沿用缺省（无文件）"


def test_only_what_is_left_of_the_oldest_money_counts(at_county, world, find):
    fund, units = at_county.fund, world.units
    send(fund, units["晋中市"], units["榆次区"], "5000", date(2026, 11, 1), arrives=date(2026, 11, 2))
    send(fund, units["榆次区"], units["北关街道"], "40000", date(2026, 3, 1))
    (found,) = find(FindingKind.WITHHELD, unit=units["榆次区"])
    assert (found.amount, found.on) == (20000, date(2026, 2, 12))


def test_a_station_withholds_nothing(at_station, world, find):
    assert find(FindingKind.WITHHELD, unit=world.units["北关街道社工站"]) == []


def test_taking_money_back_does_not_make_it_younger(at_county, world, find):
    units = world.units
    take_back(by=None, allocation=at_county, on=date(2026, 11, 20), reason="回收", amount="60000")
    (found,) = find(FindingKind.WITHHELD, unit=units["晋中市"])
    assert (found.amount, found.on) == (100000, date(2026, 2, 1))


def test_the_days_are_those_of_the_nearest_document(at_county, world, document, find):
    add_provision(
        by=None, document=document, unit=world.units["晋中市"], kind="FUND_HOLDING", clause="六",
        parameters={"days": 300}, in_force_from=date(2026, 1, 1),
    )  # fmt: skip
    assert find(FindingKind.WITHHELD) == []


# ---- 挪用


def test_spending_outside_the_range_of_use_is_diverted(at_station, world, find):
    spending = spend(at_station, world.units["北关街道社工站"], category=Category.TRAINING)
    (found,) = find(FindingKind.DIVERTED)
    assert "类别“培训督导”不在使用范围（场地改造、设备购置、服务活动、宣传）内" in found.reason
    assert found.source == "市民函〔2026〕5号 二"
    assert found.url.endswith(f"/{spending.pk}/")


def test_a_use_forbidden_afterwards_for_a_day_before_is_diverted(at_station, world, find):
    spend(at_station, world.units["北关街道社工站"], category=Category.PUBLICITY, spent_on=date(2026, 6, 1))
    assert find(FindingKind.DIVERTED) == []
    add_forbidden_use(
        by=None, fund=at_station, category=Category.PUBLICITY, clause="补充一", starts_on=date(2026, 5, 1)
    )
    (found,) = find(FindingKind.DIVERTED)
    assert "自 2026-05-01 起被禁止" in found.reason
    assert found.source == "市民函〔2026〕5号 补充一"


def test_what_a_checker_finds_is_listed_with_their_word(at_station, world, find):
    spending = spend(at_station, world.units["北关街道社工站"])
    flag_spending(by=world.county, spending=spending, kind="DIVERTED", note="实为聚餐", category=Category.RECEPTION)
    (found,) = find(FindingKind.DIVERTED)
    assert "王（演示） 2026-11-21 检查认定：实际用于公务接待，实为聚餐" in found.reason
    with pytest.raises(ValidationError, match="已被标记"):
        flag_spending(by=world.county, spending=spending, kind="DIVERTED", note="又来")


def test_a_flag_needs_a_reason_and_one_of_two_kinds(at_station, world):
    spending = spend(at_station, world.units["北关街道社工站"])
    with pytest.raises(ValidationError):
        flag_spending(by=world.county, spending=spending, kind="DIVERTED", note=" ")
    with pytest.raises(ValidationError):
        flag_spending(by=world.county, spending=spending, kind="WITHHELD", note="理由")
    assert not SpendingFlag.objects.exists()


# ---- 挤占


@pytest.mark.parametrize("beneficiary", [Beneficiary.TOWNSHIP_OFFICE, Beneficiary.COUNTY_OFFICE])
def test_what_an_office_got_is_encroached(at_station, world, find, beneficiary):
    spend(at_station, world.units["北关街道社工站"], beneficiary=beneficiary)
    (found,) = find(FindingKind.ENCROACHED)
    assert f"受益方为{beneficiary.label}" in found.reason
    assert found.source == "市民函〔2023〕28号 三"


def test_what_was_reversed_is_found_no_more(at_station, world, find):
    spending = spend(at_station, world.units["北关街道社工站"], beneficiary=Beneficiary.COUNTY_OFFICE)
    reverse_spending(by=None, spending=spending, on=TODAY, reason="退回")
    assert find(FindingKind.ENCROACHED) == []


def test_an_ordinary_payment_is_not_found(at_station, world, find):
    spend(at_station, world.units["北关街道社工站"])
    assert find(FindingKind.DIVERTED, FindingKind.ENCROACHED) == []


# ---- 年末结余


def test_money_unspent_near_the_end_of_its_year_is_found(at_station, world, find):
    station = world.units["北关街道社工站"]
    spend(at_station, station, "20000")
    assert find(FindingKind.UNSPENT, unit=station, today=date(2026, 10, 30)) == []
    (found,) = find(FindingKind.UNSPENT, unit=station, today=date(2026, 10, 31))
    assert found.amount == 10000
    assert "占本单位留用的 33%，超过规定的 20%" in found.reason
    assert found.source == "缺省（无文件） 资金使用"


def test_little_left_is_in_order(at_station, world, find):
    spend(at_station, world.units["北关街道社工站"], "24000")
    assert find(FindingKind.UNSPENT, unit=world.units["北关街道社工站"]) == []


def test_money_is_judged_by_the_rule_of_the_deadline_not_by_one_that_came_later(at_station, world, document, find):
    station = world.units["北关街道社工站"]
    spend(at_station, station, "20000")
    add_provision(
        by=None, document=document, unit=world.units["晋中市"], kind="FUND_UNSPENT", clause="七",
        parameters={"month": 10, "day": 31, "percent": 50}, in_force_from=date(2026, 11, 10),
    )  # fmt: skip
    (found,) = find(FindingKind.UNSPENT, unit=station)
    assert "超过规定的 20%" in found.reason
    assert found.source == "缺省（无文件） 资金使用"


# ---- the page


def test_the_number_of_a_kind_keeps_the_unit_and_the_fund_that_were_chosen(at_station, world, sign_in):
    asked = {"unit": world.units["榆次区"].pk, "fund": at_station.pk, "kind": "UNSPENT", "page": 2}
    kinds = sign_in(world.city).get(reverse("fund_findings"), asked).context["kinds"]
    led = [QueryDict(row["href"].removeprefix("?")).dict() for row in kinds]
    kept = {"unit": str(asked["unit"]), "fund": str(asked["fund"])}
    assert led == [kept | {"kind": kind.value} for kind in FindingKind]


# ---- explaining


def test_an_explained_finding_stays_listed_with_its_note(at_county, world, find):
    (found,) = find(FindingKind.WITHHELD, unit=world.units["榆次区"])
    told = {"kind": found.kind, "subject": found.subject, "fund": found.fund, "unit": found.unit}
    explain_finding(by=world.city, note="采购程序中，12月支付", **told)
    (found,) = find(FindingKind.WITHHELD, unit=world.units["榆次区"])
    assert found.explanation.note == "采购程序中，12月支付"
    assert AuditEvent.objects.get(verb="说明资金疑点").reason == "采购程序中，12月支付"
    with pytest.raises(ValidationError, match="已由赵（演示）说明"):
        explain_finding(by=world.city, note="另一个说法", **told)


def test_nobody_clears_themselves(at_county, at_station, world, find):
    (found,) = find(FindingKind.WITHHELD, unit=world.units["榆次区"], user=world.county, fund=at_station)[:1]
    with pytest.raises(ValidationError, match="由上级民政部门检查"):
        explain_finding(by=world.county, kind=found.kind, subject=found.subject, fund=found.fund,
                        unit=world.units["榆次区"], note="没问题")  # fmt: skip
    spending = spend(at_station, world.units["北关街道社工站"])
    with pytest.raises(ValidationError, match="由上级民政部门检查"):
        flag_spending(by=world.township, spending=spending, kind="DIVERTED", note="理由")


def test_findings_are_those_of_the_users_scope(at_station, world, find):
    spend(at_station, world.units["北关街道社工站"], category=Category.TRAINING)
    assert find(*FindingKind, user=world.outsider) == []
    assert find(FindingKind.DIVERTED, user=world.township)
    assert {row.unit.name for row in find(FindingKind.WITHHELD, user=world.county)} == {"榆次区", "北关街道"}


def test_findings_take_the_same_queries_however_many(at_station, world, find, django_assert_num_queries):
    station = world.units["北关街道社工站"]
    world.city.current_postings()
    spend(at_station, station, category=Category.TRAINING)
    with django_assert_num_queries(11):
        few = find(*FindingKind)
    for _ in range(5):
        spend(at_station, station, category=Category.TRAINING, beneficiary=Beneficiary.COUNTY_OFFICE)
    with django_assert_num_queries(11):
        assert len(find(*FindingKind)) == len(few) + 10

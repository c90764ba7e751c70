from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from agencies.actions import (
    blacklist,
    conclude_procurement,
    create_agency,
    create_procurement,
    edit_agency,
    grant_grade,
    lift_blacklisting,
    open_procurement,
    withdraw_grade,
    withdraw_outcome,
)
from agencies.models import Agency, Grade, Procurement
from tests.agencies.conftest import TODAY, code, make_agency, make_contract, make_procurement


def test_a_wrong_credit_code_makes_no_agency(world):
    with pytest.raises(ValidationError, match="校验位不对"):
        create_agency(
            by=None, unit=world.units["榆次区"], credit_code=code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1"),
            name="某中心", kind="SERVICE", legal_person="何某",
        )  # fmt: skip
    assert not Agency.objects.exists()


def test_one_code_is_registered_once_in_the_nation_and_who_may_know_is_told_where(world, agency):
    with pytest.raises(ValidationError, match=r"榆次阳光社工中心.*榆次区建档"):
        create_agency(
            by=world.city,
            unit=world.units["太谷区"],
            credit_code=code(1),
            name="别名",
            kind="SERVICE",
            legal_person="何某",
        )
    with pytest.raises(ValidationError) as caught:
        create_agency(
            by=world.outsider, unit=world.units["太谷区"], credit_code=code(1), name="别名", kind="SERVICE",
            legal_person="何某",
        )  # fmt: skip
    assert "榆次" not in str(caught.value)


def test_a_township_keeps_no_files_of_agencies(world):
    with pytest.raises(ValidationError, match="由县或市建立"):
        make_agency(world, "某中心", 1, unit="北关街道")


def test_all_wrong_fields_are_told_at_once(world):
    with pytest.raises(ValidationError) as caught:
        create_agency(
            by=None, unit=world.units["榆次区"], credit_code="1", name="", kind="X", legal_person="", phone="不详",
            registered_on=date(2030, 1, 1),
        )  # fmt: skip
    assert caught.value.message_dict.keys() == {
        "credit_code", "name", "kind", "legal_person", "phone", "registered_on"
    }  # fmt: skip


def test_an_edit_leaves_what_was_there_before_in_the_trail(world, agency):
    edit_agency(by=world.county, agency=agency, name="新名字社工中心")
    event = AuditEvent.objects.get(verb="修改机构档案")
    assert event.changes == {"name": ["榆次阳光社工中心", "新名字社工中心"]}


def test_a_new_grade_ends_the_one_before(agency):
    grant_grade(by=None, agency=agency, grade="3A", granted_on=date(2022, 1, 1), valid_until=date(2026, 12, 31))
    grant_grade(by=None, agency=agency, grade="5A", granted_on=date(2025, 1, 1), valid_until=date(2029, 12, 31))
    assert Agency.objects.graded(Grade.A3, date(2024, 12, 31)).exists()
    assert not Agency.objects.graded(Grade.A3, date(2025, 1, 1)).exists()
    assert Agency.objects.graded(Grade.A5, date(2029, 12, 31)).exists()
    assert not Agency.objects.graded(Grade.A5, date(2030, 1, 1)).exists()


def test_a_grade_about_to_run_out_is_found(agency):
    grant_grade(by=None, agency=agency, grade="3A", granted_on=date(2022, 1, 1), valid_until=date(2026, 11, 30))
    assert Agency.objects.grade_expiring(TODAY, date(2026, 12, 1)).exists()
    assert not Agency.objects.grade_expiring(TODAY, date(2026, 11, 30)).exists()


def test_a_grade_entered_by_mistake_is_taken_back_by_who_saw_it(agency):
    first = grant_grade(by=None, agency=agency, grade="3A", granted_on=date(2022, 1, 1), valid_until=date(2026, 12, 31))
    with pytest.raises(ValidationError, match="已有变化"):
        withdraw_grade(by=None, agency=agency, reason="录错", expected=first.pk + 1)
    withdraw_grade(by=None, agency=agency, reason="录错", expected=first.pk)
    assert not agency.grades.exists()


def test_the_blacklist_names_day_reason_and_document(agency):
    blacklist(by=None, agency=agency, on=date(2026, 5, 1), reason="虚报服务", document="市民函〔2026〕9号")
    assert Agency.objects.blacklisted(date(2026, 5, 1)).exists()
    assert Agency.objects.blacklisted(date(2026, 4, 30), yes=False).exists()
    with pytest.raises(ValidationError, match="已在黑名单"):
        blacklist(by=None, agency=agency, on=date(2026, 6, 1), reason="再次", document="文件")
    lift_blacklisting(by=None, agency=agency, on=date(2026, 9, 1), reason="整改完成")
    assert not Agency.objects.blacklisted(date(2026, 9, 1)).exists()


def test_a_blacklisted_agency_gets_no_contract_and_the_reason_is_told(world, agency):
    blacklist(by=None, agency=agency, on=date(2025, 5, 1), reason="虚报服务", document="市民函〔2025〕9号")
    with pytest.raises(ValidationError, match="虚报服务，依据 市民函〔2025〕9号"):
        make_contract(world, agency)
    lift_blacklisting(by=None, agency=agency, on=date(2025, 12, 1), reason="整改完成")
    assert make_contract(world, agency).pk


def test_a_blacklisted_agency_wins_no_procurement(world, agency):
    blacklist(by=None, agency=agency, on=date(2025, 5, 1), reason="虚报服务", document="文件")
    with pytest.raises(ValidationError, match="虚报服务"):
        conclude_procurement(
            by=None, procurement=make_procurement(world), outcome="AWARDED", winner=agency, on=date(2025, 12, 10)
        )


def test_a_procurement_goes_from_announcement_to_award_in_order(world, agency):
    made = create_procurement(
        by=None, buyer=world.units["榆次区"], name="采购", method="OPEN_TENDER", budget=Decimal("200000"),
        first_year=2026, announced_on=date(2025, 11, 10),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="尚未登记开标"):
        conclude_procurement(by=None, procurement=made, outcome="AWARDED", winner=agency, on=date(2025, 12, 1))
    with pytest.raises(ValidationError, match="不能早于公告日期"):
        open_procurement(by=None, procurement=made, on=date(2025, 11, 9))
    open_procurement(by=None, procurement=made, on=date(2025, 12, 1))
    with pytest.raises(ValidationError, match="不能早于开标"):
        conclude_procurement(by=None, procurement=made, outcome="AWARDED", winner=agency, on=date(2025, 11, 30))
    conclude_procurement(by=None, procurement=made, outcome="AWARDED", winner=agency, on=date(2025, 12, 10))
    assert Procurement.objects.get().winner == agency
    with pytest.raises(ValidationError, match="已登记结果"):
        conclude_procurement(by=None, procurement=made, outcome="FAILED", note="无人响应")


def test_a_failed_procurement_says_why(world):
    made = make_procurement(world)
    with pytest.raises(ValidationError, match="流标的原因"):
        conclude_procurement(by=None, procurement=made, outcome="FAILED")
    conclude_procurement(by=None, procurement=made, outcome="FAILED", note="响应不足三家")
    withdraw_outcome(by=None, procurement=made, reason="录错")
    assert Procurement.objects.get().outcome == ""


def test_an_outcome_on_which_a_contract_rests_stays(world, agency):
    made = make_procurement(world, winner=agency)
    make_contract(world, agency, procurement=made)
    with pytest.raises(ValidationError, match="已有合同"):
        withdraw_outcome(by=None, procurement=made, reason="录错")

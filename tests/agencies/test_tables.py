"""What the lists export."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from agencies.actions import Marker, add_member, grant_grade, open_evaluation
from jobs.tables import TABLES
from tests.agencies.conftest import make_contract, make_procurement
from tests.world import make_user


def exported(user, key: str, query: str = "") -> list[dict[str, object]]:
    """The rows of the table, label → value."""
    table = TABLES[key]
    source = table.rows(user, QueryDict(query))
    rows = [{column.label: column.read(row) for column in table.columns} for row in source.rows]
    assert source.count == len(rows)
    return rows


def test_the_register_of_agencies(world, agency, contract):
    grant_grade(by=None, agency=agency, grade="4A", granted_on=date(2024, 1, 1), valid_until=date(2028, 12, 31))
    (row,) = exported(world.county, "agencies")
    assert row["统一社会信用代码"] == agency.credit_code
    assert (row["等级"], row["等级有效期止"], row["黑名单"]) == ("4A", date(2028, 12, 31), "否")
    assert (row["现有合同（份）"], row["承接站点（个）"], row["合同金额（元）"]) == (1, 1, Decimal(120000))


def test_the_register_of_contracts_follows_the_filters_of_the_page(world, agency, contract):
    make_contract(world, agency, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    (row,) = exported(world.county, "contracts", "state=current")
    assert (row["合同编号"], row["站点"], row["服务止"]) == ("2026-1", "北关街道社工站", date(2026, 12, 31))
    with pytest.raises(ValidationError, match="筛选条件有误"):
        exported(world.county, "contracts", "state=x")


def test_the_register_of_procurements(world, agency):
    make_procurement(world, winner=agency)
    (row,) = exported(world.county, "procurements")
    assert (row["采购方式"], row["结果"], row["成交机构"]) == ("竞争性磋商", "成交", "榆次阳光社工中心")


def test_the_register_of_evaluations(world, contract, frame):
    told = {"by": None, "term": contract.terms.get(), "frame": frame}
    open_evaluation(**told, kind="MID", on=date(2026, 7, 1), markers=[Marker("甲")])
    (row,) = exported(world.county, "evaluations")
    assert (row["合同编号"], row["评估"], row["承接机构"]) == ("2026-1", "中期评估", "榆次阳光社工中心")
    assert (row["开始日期"], row["总分"], row["结论"]) == (date(2026, 7, 1), None, None)


def test_each_user_exports_only_what_is_theirs(world, agency, other, contract):
    make_contract(world, other, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    user = make_user("he", "何（演示）")
    add_member(by=None, agency=agency, user=user, starts_on=date(2025, 1, 1))
    assert [row["合同编号"] for row in exported(user, "contracts")] == ["2026-1"]
    assert [row["机构名称"] for row in exported(user, "agencies")] == ["榆次阳光社工中心"]
    for user in (world.outsider, world.worker, world.agency):
        assert exported(user, "contracts") == exported(user, "agencies") == []

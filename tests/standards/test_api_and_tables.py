"""API v1 and the exported tables of the room."""

from dataclasses import replace
from datetime import date

from django.http import QueryDict

from jobs.tables import TABLES
from standards.actions import add_holding
from standards.models import Asset, CheckKind, Institution, Sign
from tests.standards.conftest import AREA, check, square_metres
from tests.standards.test_holdings import ASSET

FIRST, D = date(2026, 1, 10), date(2026, 3, 1)


def results(response):
    assert response.status_code == 200
    return response.json()["results"]


def test_standards_come_with_items_and_papers(world, station, issue, sign_in):
    issue("榆次区", replace(AREA, minimum=60), on=D)
    client = sign_in(world.worker)
    rows = results(client.get("/api/v1/standards/", {"on": "2026-03-01"}))
    assert [row["issuer_name"] for row in rows] == ["全国", "晋中市", "榆次区"]
    assert (rows[2]["items"][0]["code"], rows[2]["items"][0]["minimum"]) == ("AREA", "60.00")
    assert rows[2]["items"][0]["document"] == "榆民发〔2025〕3号"
    assert len(results(client.get("/api/v1/standards/", {"on": "2026-02-28"}))) == 2
    assert client.get("/api/v1/standards/", {"on": "x"}).status_code == 400


def test_checks_come_with_answers_and_drafts_do_not_come(world, station, sign_in):
    check(station, FIRST, kind=CheckKind.SELF)
    check(station, FIRST, AREA=square_metres(40))
    check(station, D, submit=False)
    client = sign_in(world.county)
    rows = results(client.get("/api/v1/checks/"))
    assert sorted(row["kind"] for row in rows) == ["COUNTY", "SELF"]
    (row,) = results(client.get("/api/v1/checks/", {"kind": "COUNTY"}))
    assert next(a for a in row["answers"] if a["code"] == "AREA")["number"] == "40.00"
    assert results(sign_in(world.outsider).get("/api/v1/checks/")) == []
    assert client.get("/api/v1/checks/", {"kind": "x"}).status_code == 400
    assert client.get("/api/v1/checks/", {"unit": world.units["太谷区"].pk}).status_code == 404


def test_equipment_is_filtered_as_on_its_page(world, station, sign_in):
    add_holding(by=None, model=Asset, station=station, **ASSET)
    client = sign_in(world.county)
    assert [row["name"] for row in results(client.get("/api/v1/assets/", {"category": "IT"}))] == ["笔记本电脑"]
    assert results(client.get("/api/v1/assets/", {"category": "OFFICE"})) == []
    assert client.get("/api/v1/assets/", {"category": "x"}).status_code == 400
    assert client.post("/api/v1/assets/", {}).status_code == 405


def table(user, key, query=""):
    """Rows of the exported table as lists of cells."""
    declared = TABLES[key]
    source = declared.rows(user, QueryDict(query))
    rows = [[column.read(row) for column in declared.columns] for row in source.rows]
    assert source.count == len(rows)
    return rows


def test_the_table_of_scores_holds_what_the_page_shows(world, station):
    check(station, FIRST, AREA=square_metres(39))
    (row,) = table(world.county, "standard_checks", "checked=yes")
    assert row[0] == "北关街道社工站"
    assert "服务场地面积：39 平方米，少于 40 平方米" in row
    assert "晋中市（市民发〔2025〕2号 三(一)）" in row
    rows = table(world.county, "standard_checks")
    assert rows[1][2:7] == [None] * 5


def test_registers_and_standards_are_exported(world, station):
    add_holding(by=None, model=Asset, station=station, **ASSET)
    add_holding(
        by=None, model=Institution, station=station, name="岗位职责", kind="DUTIES", on_wall=True, starts_on=D, note=""
    )
    add_holding(by=None, model=Sign, station=station, name="站牌", kind="PLATE", state="GOOD", starts_on=D, note="")
    (asset,) = table(world.county, "assets")
    assert asset[:6] == ["北关街道社工站", "笔记本电脑", "信息化设备", 2, ASSET_PRICE, ASSET_PRICE * 2]
    assert table(world.county, "institutions")[0][2:4] == ["岗位职责", "是"]
    assert table(world.county, "signs")[0][2:4] == ["站牌门牌", "完好"]
    assert [row[1] for row in table(world.county, "standards", "state=now")] == ["缺省标准", "晋中市"]
    assert table(world.outsider, "assets") == []


ASSET_PRICE = 4999

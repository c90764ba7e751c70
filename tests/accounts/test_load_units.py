"""What a load does to units that are there: on a small list of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.actions import add_unit, load_units
from accounts.models import AuditEvent, FormerCode, OrgUnit
from accounts.units_file import FormerRow, Row

NAMES = {
    "000000000000": ("全国", ""),
    "140000000000": ("山西省", "000000000000"),
    "140700000000": ("晋中市", "140000000000"),
    "140702000000": ("榆次区", "140700000000"),
    "140702001000": ("北关街道", "140702000000"),
    "140702002000": ("锦纶街道", "140702000000"),
    "140726000000": ("太谷县", "140700000000"),
    "140726100000": ("明星镇", "140726000000"),
    "620000000000": ("甘肃省", "000000000000"),
    "620100000000": ("兰州市", "620000000000"),
}


def make(names: dict[str, tuple[str, str]]) -> list[Row]:
    rows: list[Row] = []
    for code, (name, parent) in names.items():
        level = next(row.level for row in rows if row.code == parent) + 1 if parent else 0
        number = sum(row.parent == parent for row in rows) + 1
        rows.append(
            Row(code=code, stats_code="", parent=parent, level=level, name=name, is_virtual=False, closed_on=None,
                source="quhua", number=number)
        )  # fmt: skip
    return rows


def load(rows: list[Row], former: list[FormerRow] | None = None, under: str | None = None):
    return load_units(by=None, rows=rows, former=former or [], under=under)


def paths() -> dict[str, str]:
    return dict(OrgUnit.objects.values_list("code", "path"))


@pytest.fixture
def loaded(db):
    load(make(NAMES))
    return paths()


def test_under_loads_ancestors_and_subtree_only(db):
    result = load(make(NAMES), under="140702000000")
    assert result.added == 6
    names = set(OrgUnit.objects.values_list("name", flat=True))
    assert names == {"全国", "山西省", "晋中市", "榆次区", "北关街道", "锦纶街道"}


def test_a_later_whole_load_adds_the_rest_and_moves_nothing(db):
    load(make(NAMES), under="620100000000")
    first = paths()
    assert load(make(NAMES)).added == len(NAMES) - len(first)
    assert {code: paths()[code] for code in first} == first
    load_order = list(OrgUnit.objects.order_by("path").values_list("code", flat=True))
    assert load_order == list(NAMES)  # the list's order, though Lanzhou came first


def test_a_unit_added_by_hand_keeps_its_place(db):
    load(make(NAMES), under="620100000000")
    nation = OrgUnit.objects.get(level=0)
    ours = add_unit(parent=nation, name="演示省")
    load(make(NAMES))
    before, now = ours.path, OrgUnit.objects.get(name="演示省").path
    assert now == before
    assert OrgUnit.objects.filter(parent=nation).count() == 3


def test_a_new_unit_in_the_middle_of_the_list_is_appended(loaded):
    names = dict([*list(NAMES.items())[:5], ("140702001500", ("新建街道", "140702000000")), *list(NAMES.items())[5:]])
    assert load(make(names)).added == 1
    now = paths()
    assert {code: now[code] for code in loaded} == loaded
    assert now["140702001500"] > loaded["140702002000"]


def test_a_new_name_is_taken_over_with_audit_and_the_old_one_stays_searchable(loaded):
    rows = [replace(row, name="锦纶路街道") if row.code == "140702002000" else row for row in make(NAMES)]
    with time_machine.travel("2026-11-21 12:00+08:00"):
        assert load(rows).renamed == 1
    unit = OrgUnit.objects.get(code="140702002000")
    assert (unit.name, unit.initials, unit.path) == ("锦纶路街道", "jlljd", loaded["140702002000"])
    event = AuditEvent.objects.get(verb="更新单位")
    assert event.changes["name"] == ["锦纶街道", "锦纶路街道"]
    assert event.path == unit.path
    assert FormerCode.objects.get(unit=unit).name == "锦纶街道"


def test_a_unit_that_vanished_from_the_list_stays(loaded):
    rows = [row for row in make(NAMES) if row.code != "140702002000"]
    assert load(rows).gone == 1
    assert OrgUnit.objects.filter(code="140702002000", closed_on=None).exists()


def test_a_unit_under_another_parent_in_the_list_is_reported_and_not_moved(loaded):
    rows = [replace(row, parent="620100000000", level=3) if row.code == "140726000000" else row for row in make(NAMES)]
    rows = [row for row in rows if row.code != "140726100000"]
    result = load(rows)
    assert result.elsewhere == ["140726000000 太谷县"]
    assert paths()["140726000000"] == loaded["140726000000"]


def test_a_unit_closed_since_is_closed_today_so_that_past_figures_stay(loaded):
    closed = date(2020, 1, 1)
    rows = [replace(row, closed_on=closed) if row.code == "140702002000" else row for row in make(NAMES)]
    with time_machine.travel("2026-11-21 12:00+08:00"):
        assert load(rows).closed == 1
    assert str(OrgUnit.objects.get(code="140702002000").closed_on) == "2026-11-21"


def test_a_replaced_code_is_followed_with_the_townships_below_it(loaded):
    """太谷县 140726 became 太谷区 140703, and its townships got new codes with it."""
    names = {
        code.replace("140726", "140703"): (name.replace("太谷县", "太谷区"), parent.replace("140726", "140703"))
        for code, (name, parent) in NAMES.items()
    }
    former = [FormerRow("140726000000", "太谷县", "140703000000", "2019", same=True)]
    result = load(make(names), former)
    assert (result.added, result.recoded, result.renamed) == (0, 2, 1)
    now = paths()
    assert now["140703000000"] == loaded["140726000000"]
    assert now["140703100000"] == loaded["140726100000"]
    assert OrgUnit.objects.get(code="140703000000").name == "太谷区"
    assert set(FormerCode.objects.filter(unit__code="140703100000").values_list("code", flat=True)) == {"140726100000"}
    again = load(make(names), former)
    assert (again.added, again.recoded, again.renamed, again.former_codes, again.gone) == (0, 0, 0, 0, 0)


def test_an_heir_is_another_unit(loaded):
    names = {**NAMES, "140703000000": ("太谷区", "140700000000")}
    del names["140726000000"], names["140726100000"]
    former = [FormerRow("140726000000", "太谷县", "140703000000", "2019", same=False)]
    result = load(make(names), former)
    assert (result.added, result.recoded, result.gone) == (1, 0, 2)


@pytest.mark.parametrize("code", ["990000000000", "1407", "14070000000x", ""])
def test_the_command_refuses_an_unknown_code_in_chinese(db, code):
    with pytest.raises(CommandError, match=r"没有代码为|应为 12 位数字"):
        call_command("load_units", under=code, stdout=StringIO())
    assert not OrgUnit.objects.exists()


def test_the_command_names_what_it_did(db):
    out = StringIO()
    call_command("load_units", under="140702000000", stdout=out)
    assert "新增 2" in out.getvalue()
    assert OrgUnit.objects.filter(parent__code="140702000000").count() == 18

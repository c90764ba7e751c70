"""The shipped list of units, loaded whole."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Count, F, Q
from django.db.models.functions import Length

from accounts.actions import load_units
from accounts.models import CLOSED_LONG_AGO, FormerCode, Level, OrgUnit
from accounts.units_file import read_former_codes, read_units
from common.paths import STEP

pytestmark = [pytest.mark.usefixtures("nation"), pytest.mark.django_db]
TODAY = date(2026, 11, 21)


def unit(code: str) -> OrgUnit:
    return OrgUnit.objects.get(code=code)


@pytest.mark.parametrize(("code", "counties", "townships"), [("620100000000", 8, 114), ("140700000000", 11, 118)])
def test_lanzhou_and_jinzhong_have_their_counties_and_live_townships(code, counties, townships):
    below = OrgUnit.objects.under(unit(code)).live(TODAY).filter(is_virtual=False)
    assert below.filter(level=Level.COUNTY).count() == counties
    assert below.filter(level=Level.TOWNSHIP).count() == townships


def test_no_unit_of_the_list_is_lost(nation):
    rows = read_units()
    assert nation.added == len(rows) == OrgUnit.objects.count()
    assert set(OrgUnit.objects.values_list("code", flat=True)) == {row.code for row in rows}
    assert FormerCode.objects.count() == len(read_former_codes()) == nation.former_codes


def test_depth_equals_level_everywhere():
    wrong = OrgUnit.objects.annotate(steps=Length("path") / STEP).exclude(steps=F("level") + 1)
    assert wrong.count() == 0


def test_every_path_begins_with_the_parents_path():
    paths = dict(OrgUnit.objects.values_list("pk", "path"))
    parents = OrgUnit.objects.exclude(parent=None).values_list("path", "parent_id")
    assert all(path[:-STEP] == paths[parent] for path, parent in parents)


def test_siblings_stand_in_the_order_of_their_codes():
    for parent in ("000000000000", "140700000000", "500100000000"):
        codes = list(OrgUnit.objects.filter(parent__code=parent).order_by("path").values_list("code", flat=True))
        assert codes == sorted(codes)


@pytest.mark.parametrize(
    "code", ["441900000000", "442000000000", "460400000000", "620200000000"], ids=["东莞", "中山", "儋州", "嘉峪关"]
)
def test_a_city_without_counties_has_a_virtual_county(code):
    (county,) = OrgUnit.objects.filter(parent__code=code)
    assert county.is_virtual
    assert county.level == Level.COUNTY
    assert OrgUnit.objects.filter(parent=county, level=Level.TOWNSHIP).exists()


@pytest.mark.parametrize("code", ["110000000000", "120000000000", "310000000000", "500000000000"])
def test_districts_of_a_municipality_lie_below_a_virtual_city(code):
    virtual = OrgUnit.objects.filter(parent__code=code, is_virtual=True)
    assert virtual.exists()
    assert OrgUnit.objects.filter(parent__in=virtual, level=Level.COUNTY, is_virtual=False).exists()


@pytest.mark.parametrize(
    ("county", "province"),
    [("419001000000", "410000000000"), ("429004000000", "420000000000"), ("469001000000", "460000000000"),
     ("659001000000", "650000000000")],
    ids=["济源", "仙桃", "五指山", "石河子"],
)  # fmt: skip
def test_a_county_directly_under_its_province_has_a_virtual_city(county, province):
    found = unit(county)
    assert found.level == Level.COUNTY
    assert found.parent.is_virtual
    assert found.parent.parent.code == province


def test_every_virtual_unit_is_marked_and_has_real_units_below_it():
    empty = OrgUnit.objects.filter(is_virtual=True, level__lt=Level.TOWNSHIP).annotate(
        real=Count("children", filter=Q(children__is_virtual=False))
    )
    assert [unit.name for unit in empty if not unit.real] == []


def test_closed_units_are_marked_and_not_counted_as_live():
    closed = OrgUnit.objects.exclude(closed_on=None)
    assert closed.count() > 200
    assert not OrgUnit.objects.live(TODAY).filter(pk__in=closed).exists()
    unknown = closed.filter(closed_on=CLOSED_LONG_AGO).first()
    assert unknown.closed_label == "已撤销"


def test_loading_again_adds_and_changes_nothing():
    before = list(OrgUnit.objects.order_by("pk").values_list("pk", "path", "code", "name", "initials"))
    result = load_units(by=None, rows=read_units(), former=read_former_codes())
    assert (result.added, result.renamed, result.recoded, result.closed, result.former_codes) == (0, 0, 0, 0, 0)
    assert result.unchanged == len(before)
    assert result.elsewhere == []
    assert result.gone == 0
    assert list(OrgUnit.objects.order_by("pk").values_list("pk", "path", "code", "name", "initials")) == before

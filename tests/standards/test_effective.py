"""What holds out of what province, city and county demand: pure."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.models import Dimension
from standards.effective import Demand, ItemKind, Origin, effective, loosenings, requirement

NATION, PROVINCE, CITY, COUNTY = "0001", "00010001", "000100010001", "0001000100010001"
NAMES = {NATION: "缺省标准", PROVINCE: "山西省", CITY: "晋中市", COUNTY: "榆次区"}


def origin(path: str, **changed) -> Origin:
    return Origin(len(path), NAMES[path], len(path), f"{NAMES[path]}〔2026〕1号", "三", path == NATION, **changed)


def number(path: str, minimum: int | str, **changed) -> Demand:
    return Demand(
        path, origin(path), "AREA", Dimension.HARDWARE, "面积", ItemKind.NUMBER,
        **{"unit_word": "平方米", "minimum": Decimal(minimum), **changed},
    )  # fmt: skip


def choice(path: str, least: int, **changed) -> Demand:
    return Demand(
        path, origin(path), "ROOM", Dimension.HARDWARE, "个案室", ItemKind.CHOICE,
        **{"options": ("没有", "合用", "单设"), "least": least, **changed},
    )  # fmt: skip


def only(*demands: Demand):
    (item,) = effective(demands)
    return item


def test_the_nearest_tightening_wins_and_says_whose_it_is():
    item = only(number(PROVINCE, 40), number(COUNTY, 60), number(CITY, 50))
    assert item.demand.minimum == 60
    assert (item.set_by.issuer, item.least_by.issuer) == ("山西省", "榆次区")


def test_the_same_number_below_changes_nobody():
    assert only(number(PROVINCE, 40), number(CITY, 40)).least_by.issuer == "山西省"


def test_a_looser_row_below_has_no_effect():
    item = only(number(PROVINCE, 40, necessary=True, photo_required=True), number(COUNTY, 20))
    assert (item.demand.minimum, item.demand.necessary, item.demand.photo_required) == (40, True, True)
    assert [str(who.issuer) for who in item.origins] == ["山西省"]


def test_each_demand_has_its_own_author():
    item = only(number(PROVINCE, 40), number(CITY, 40, necessary=True), number(COUNTY, 40, photo_required=True))
    assert item.necessary_by.issuer == "晋中市"
    assert item.photo_by.issuer == "榆次区"


def test_the_weight_is_that_of_who_set_the_item():
    assert only(number(PROVINCE, 40, weight=Decimal(2)), number(CITY, 50, weight=Decimal(9))).demand.weight == 2


def test_a_row_that_asks_something_else_under_the_code_is_left_out():
    other = replace(number(COUNTY, 90), unit_word="亩")
    assert only(number(PROVINCE, 40), other).demand.minimum == 40


def test_units_below_may_add_items():
    added = replace(number(COUNTY, 1), code="X", name="电动车")
    assert [item.code for item in effective([number(PROVINCE, 40), added])] == ["AREA", "X"]


def test_a_provinces_standard_takes_the_place_of_the_default_as_a_whole():
    assert [item.code for item in effective([number(NATION, 30), choice(NATION, 1), choice(PROVINCE, 1)])] == ["ROOM"]


def test_a_citys_item_takes_the_place_of_the_defaults_item_only():
    items = {item.code: item for item in effective([number(NATION, 30), choice(NATION, 1), number(CITY, 20)])}
    assert items["AREA"].demand.minimum == 20
    assert items["AREA"].set_by.issuer == "晋中市"
    assert items["ROOM"].set_by.is_default


def test_items_stand_by_dimension_and_order():
    sign = Demand(PROVINCE, origin(PROVINCE), "SIGN", Dimension.SIGNAGE, "站牌", ItemKind.YES_NO, order=1)
    later = number(PROVINCE, 40, order=20)
    assert [item.code for item in effective([sign, later, choice(PROVINCE, 1, order=10)])] == ["ROOM", "AREA", "SIGN"]


minimums = st.integers(1, 200)
rows = st.lists(
    st.builds(
        lambda path, minimum, least, necessary, photo, which: (
            number(path, minimum, necessary=necessary, photo_required=photo)
            if which
            else choice(path, least, necessary=necessary, photo_required=photo)
        ),
        st.sampled_from([NATION, PROVINCE, CITY, COUNTY]),
        minimums,
        st.integers(1, 2),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda row: (row.path, row.code),
)


@given(rows)
def test_what_holds_is_never_below_what_any_authority_demands(demands):
    items = {item.code: item.demand for item in effective(demands)}
    for demand in demands:
        if demand.origin.is_default:
            continue
        held = items[demand.code]
        assert (held.minimum or 0) >= (demand.minimum or 0)
        assert (held.least or 0) >= (demand.least or 0)
        assert held.necessary >= demand.necessary
        assert held.photo_required >= demand.photo_required


@given(rows)
def test_each_minimum_is_its_authors_and_order_of_rows_is_no_matter(demands):
    items = effective(demands)
    assert items == effective(reversed(demands))
    for item in items:
        author = next(row for row in demands if row.origin == item.least_by and row.code == item.code)
        assert (author.minimum, author.least) == (item.demand.minimum, item.demand.least)


@given(rows, st.integers(1, 200), st.booleans(), st.booleans())
def test_what_is_not_refused_loosens_nothing(demands, minimum, necessary, photo):
    above = {i.code: i for i in effective(row for row in demands if row.path != COUNTY)}.get("AREA")
    new = number(COUNTY, minimum, necessary=necessary, photo_required=photo)
    if above is None or above.set_by.is_default:
        return
    stands = above.demand
    looser = minimum < stands.minimum or necessary < stands.necessary or photo < stands.photo_required
    assert bool(loosenings(new, above)) == looser


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        (number(CITY, "60.00"), "不少于 60 平方米"),
        (number(CITY, "1.50", photo_required=True), "不少于 1.5 平方米，附照片"),
        (choice(CITY, 1), "达到“合用”以上"),
        (choice(CITY, 2), "达到“单设”"),
        (Demand(CITY, origin(CITY), "P", Dimension.SIGNAGE, "站牌", ItemKind.PHOTO, photo_required=True), "有照片"),
        (Demand(CITY, origin(CITY), "Y", Dimension.SIGNAGE, "站牌", ItemKind.YES_NO), "具备"),
    ],
)
def test_a_demand_in_words(demand, words):
    assert requirement(demand) == words

"""Issuing, tightening and ending standards; what is looser than above is refused."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from standards.actions import ItemDraft, drop_item, end_standard, issue_standard, load_default, set_item, tightening
from standards.models import Standard, StandardItem
from tests.standards.conftest import AREA, PLATE, ROOM, errors_of, items_of

D = date(2026, 3, 1)


def held(world, code, on=D):
    return items_of(world.station(), on)[code]


# ---- the default ----------------------------------------------------------------------------------------------------


def test_the_default_holds_where_nobody_issued_anything(world, default):
    items = items_of(world.station(), D)
    assert items["PLATE"].set_by.is_default
    assert items["PLATE"].set_by.document == "缺省（无文件）"
    assert {item.demand.dimension for item in items.values()} == {"HARDWARE", "INSTITUTIONS", "STAFFING", "SIGNAGE"}
    assert {"OFFICE_ROOM", "CASE_ROOM", "GROUP_ROOM", "MULTI_ROOM", "ARCHIVE_ROOM", "ON_WALL"} <= items.keys()


def test_loading_twice_is_once(default):
    assert load_default() is None
    assert Standard.objects.count() == 1


def test_the_default_cannot_be_ended(world, default):
    with pytest.raises(ValidationError, match="缺省标准不能终止"):
        end_standard(by=None, standard=default, on=D, reason="不用了")


# ---- versions -------------------------------------------------------------------------------------------------------


def test_a_new_version_ends_the_old_one_and_nothing_is_deleted(world, issue):
    first = issue("晋中市", AREA, on=date(2026, 1, 1))
    second = issue("晋中市", replace(AREA, minimum=50), on=D)
    first.refresh_from_db()
    assert (first.ends_on, second.ends_on) == (D, None)
    assert first.items.get().minimum == 40
    assert (first.version, second.version) == (1, 2)
    assert held(world, "AREA", date(2026, 2, 28)).demand.minimum == 40
    assert held(world, "AREA", D).demand.minimum == 50


def test_a_version_of_the_same_day_takes_the_place_of_the_first(world, issue):
    issue("晋中市", AREA, on=D)
    issue("晋中市", replace(AREA, minimum=45), on=D)
    assert held(world, "AREA", D).demand.minimum == 45
    assert not Standard.objects.at(D).filter(version=1, issuer=world.units["晋中市"]).exists()


def test_a_version_may_be_issued_for_a_day_ahead(world, issue):
    issue("晋中市", AREA, on=date(2027, 1, 1))
    assert held(world, "AREA", date(2026, 12, 31)).set_by.is_default
    assert held(world, "AREA", date(2027, 1, 1)).set_by.issuer == "晋中市"


def test_a_version_cannot_begin_before_the_open_one(world, issue):
    issue("晋中市", AREA, on=D)
    with pytest.raises(ValidationError, match="不能早于本单位现行版本的施行日期（2026-03-01）"):
        issue("晋中市", AREA, on=date(2026, 2, 28))


def test_a_unit_may_lower_its_own_minimum_again(world, issue):
    issue("晋中市", replace(AREA, minimum=60), on=date(2026, 1, 1))
    issue("晋中市", replace(AREA, minimum=45), on=D)
    assert held(world, "AREA").demand.minimum == 45


def test_who_looked_at_another_version_is_told(world, issue):
    issue("晋中市", AREA)
    with pytest.raises(ValidationError, match="他人刚刚发布或终止"):
        issue("晋中市", AREA, on=D, expected=0)


def test_issuing_leaves_its_event_with_what_changed(world, issue):
    issue("晋中市", AREA, on=date(2026, 1, 1))
    issue("晋中市", replace(AREA, minimum=50), PLATE, on=D, by=world.city)
    event = AuditEvent.objects.filter(verb="发布建设标准").latest("id")
    assert event.actor == world.city
    assert event.changes["服务场地面积"] == ["不少于 40 平方米，必备，权重 3", "不少于 50 平方米，必备，权重 3"]
    assert event.changes["悬挂站牌"][0] is None


def test_the_database_holds_one_open_version_of_a_unit(issue):
    first = issue("晋中市", AREA)
    with pytest.raises(IntegrityError), transaction.atomic():
        Standard.objects.create(
            issuer=first.issuer, document=first.document, title="x", year=2030, version=1, starts_on=D
        )


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (replace(AREA, minimum=0), "minimum"),
        (replace(AREA, minimum="-3"), "minimum"),
        (replace(AREA, minimum="1e99"), "minimum"),
        (replace(AREA, minimum="NaN"), "minimum"),
        (replace(AREA, minimum="四十"), "minimum"),
        (replace(AREA, minimum="1.234"), "minimum"),
        (replace(AREA, minimum=None), "minimum"),
        (replace(AREA, weight=0), "weight"),
        (replace(AREA, weight=-1), "weight"),
        (replace(AREA, weight=101), "weight"),
        (replace(AREA, code="area"), "code"),
        (replace(AREA, kind="SONG"), "kind"),
        (replace(AREA, dimension="X"), "dimension"),
        (replace(AREA, name=" "), "name"),
        (replace(AREA, name="<b>"), "name"),
        (replace(AREA, guidance="长" * 10_000), "guidance"),
        (replace(ROOM, options=("一个",)), "options"),
        (replace(ROOM, options=("同", "同")), "options"),
        (replace(ROOM, least=0), "least"),
        (replace(ROOM, least=3), "least"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_by_name(world, issue, item, field):
    with pytest.raises(ValidationError) as caught:
        issue("晋中市", item)
    assert list(errors_of(caught)) == [field]
    assert Standard.objects.filter(is_default=False).count() == 0


@pytest.mark.parametrize("items", [(), (AREA, AREA)])
def test_a_version_without_items_or_with_one_twice_is_refused(world, issue, items):
    with pytest.raises(ValidationError):
        issue("晋中市", *items)


@pytest.mark.parametrize("day", [None, date(1999, 12, 31), date(2100, 1, 1)])
def test_a_senseless_day_is_refused(world, issue, papers, day):
    with pytest.raises(ValidationError) as caught:
        issue_standard(
            by=None,
            issuer=world.units["晋中市"],
            document=papers["晋中市"],
            title="x",
            year=2026,
            starts_on=day,
            items=[AREA],
        )
    assert "starts_on" in errors_of(caught)


def test_only_province_city_and_county_issue_and_only_by_their_own_paper(world, papers):
    common = {"by": None, "title": "x", "year": 2026, "starts_on": D, "items": [AREA]}
    with pytest.raises(ValidationError, match="由省、市、县三级制定"):
        issue_standard(issuer=world.units["北关街道"], document=papers["榆次区"], **common)
    with pytest.raises(ValidationError, match="应是榆次区发布的文件"):
        issue_standard(issuer=world.units["榆次区"], document=papers["晋中市"], **common)


# ---- tightening and loosening ---------------------------------------------------------------------------------------


def test_a_county_tightens_a_minimum_and_the_item_says_whose_it_is(world, issue, papers):
    issue("晋中市", AREA)
    above = held(world, "AREA")
    set_item(
        by=world.county, issuer=world.units["榆次区"], document=papers["榆次区"], starts_on=D,
        item=tightening(above, minimum=60, clause="二"),
    )  # fmt: skip
    item = held(world, "AREA")
    assert item.demand.minimum == 60
    assert (item.set_by.issuer, str(item.least_by)) == ("晋中市", "榆次区（榆民发〔2025〕3号 二）")
    assert held(world, "AREA", date(2026, 2, 28)).demand.minimum == 40


@pytest.mark.parametrize(
    ("field", "changed", "said"),
    [
        ("minimum", {"minimum": 39}, "不能低于晋中市（市民发〔2025〕2号 三(一)）规定的最低值 40 平方米"),
        ("minimum", {"minimum": "39.99"}, "规定的最低值 40 平方米"),
        ("necessary", {"necessary": False}, "晋中市（市民发〔2025〕2号 三(一)）规定为必备项"),
        ("photo_required", {"photo_required": False}, "规定须附照片，不能取消"),
        ("weight", {"weight": 2}, "权重由晋中市（市民发〔2025〕2号 三(一)）定为 3"),
        ("weight", {"weight": 4}, "下级不能改动"),
        ("unit_word", {"unit_word": "亩"}, "计量单位由晋中市"),
        ("dimension", {"dimension": "SIGNAGE"}, "维度由晋中市"),
        ("kind", {"kind": "YES_NO"}, "填报方式由晋中市"),
    ],
)
def test_loosening_is_refused_and_says_whose_item_it_is(world, issue, papers, field, changed, said):
    issue("晋中市", replace(AREA, photo_required=True))
    item = replace(AREA, **{"photo_required": True} | changed)
    with pytest.raises(ValidationError) as caught:
        set_item(by=world.county, issuer=world.units["榆次区"], document=papers["榆次区"], starts_on=D, item=item)
    (message,) = errors_of(caught)[field]
    assert message.startswith("“服务场地面积”")
    assert said in message
    assert not Standard.objects.filter(issuer=world.units["榆次区"]).exists()


def test_a_lower_choice_and_other_options_are_refused(world, issue, papers):
    issue("山西省", replace(ROOM, least=2))
    for changed, field in (({"least": 1}, "least"), ({"options": ("没有", "有")}, "options")):
        with pytest.raises(ValidationError) as caught:
            issue("榆次区", replace(ROOM, **{"least": 1} | changed), on=D)
        assert field in errors_of(caught)
        assert "山西省（晋民发〔2025〕1号 三(一)）" in errors_of(caught)[field][0]


def test_the_minimum_of_the_nearest_unit_above_is_what_must_not_be_undercut(world, issue):
    issue("山西省", AREA)
    issue("晋中市", replace(AREA, minimum=50))
    with pytest.raises(ValidationError, match="不能低于晋中市（市民发〔2025〕2号 三\\(一\\)）规定的最低值 50 平方米"):
        issue("榆次区", replace(AREA, minimum=45), on=D)


def test_dropping_an_item_of_a_unit_above_is_refused_and_ones_own_is_not(world, issue, papers):
    issue("晋中市", AREA)
    issue("榆次区", replace(AREA, minimum=60), replace(PLATE, code="Y_BIKE", name="电动车"))
    common = {"by": None, "issuer": world.units["榆次区"], "document": papers["榆次区"], "starts_on": D}
    with pytest.raises(
        ValidationError, match="“服务场地面积”由晋中市（市民发〔2025〕2号 三\\(一\\)）规定，下级不能取消"
    ):
        drop_item(code="AREA", **common | {"issuer": world.units["太谷区"]})
    drop_item(code="Y_BIKE", **common)
    items = items_of(world.station(), D)
    assert "Y_BIKE" not in items
    assert "Y_BIKE" in items_of(world.station(), date(2026, 2, 28))
    assert items["AREA"].demand.minimum == 60


def test_giving_up_ones_own_tightening_leaves_the_demand_above(world, issue, papers):
    issue("晋中市", AREA)
    issue("榆次区", replace(AREA, minimum=60), PLATE)
    drop_item(by=None, issuer=world.units["榆次区"], document=papers["榆次区"], starts_on=D, code="AREA")
    assert held(world, "AREA").demand.minimum == 40


def test_an_item_that_only_the_default_asks_for_may_be_set_freely(world, issue):
    issue("晋中市", replace(AREA, minimum=20, necessary=False))
    item = held(world, "AREA")
    assert (item.demand.minimum, item.set_by.issuer) == (20, "晋中市")


def test_a_later_stricter_minimum_above_holds_over_a_county_below(world, issue):
    issue("晋中市", AREA)
    issue("榆次区", replace(AREA, minimum=60))
    issue("晋中市", replace(AREA, minimum=80), on=D)
    item = held(world, "AREA")
    assert (item.demand.minimum, item.least_by.issuer) == (80, "晋中市")


def test_the_kind_of_a_code_stays_for_ever(world, issue):
    issue("晋中市", AREA)
    with pytest.raises(ValidationError, match="维度、填报方式和计量单位不能改变"):
        issue("晋中市", ItemDraft(code="AREA", dimension="HARDWARE", name="面积", kind="YES_NO"), on=D)


def test_an_amended_version_keeps_the_papers_of_the_other_items(world, issue, papers):
    issue("晋中市", AREA, PLATE)
    set_item(
        by=None, issuer=world.units["晋中市"], document=papers["晋中市"], starts_on=D, item=replace(ROOM, clause="补充")
    )
    rows = StandardItem.objects.filter(standard__ends_on=None, standard__issuer=world.units["晋中市"])
    assert dict(rows.values_list("code", "clause")) == {"AREA": "三(一)", "PLATE": "三(四)", "CASE_ROOM": "补充"}


# ---- ending ---------------------------------------------------------------------------------------------------------


def test_ending_leaves_what_stands_above(world, issue):
    issue("晋中市", AREA)
    county = issue("榆次区", replace(AREA, minimum=60))
    end_standard(by=world.county, standard=county, on=D, reason="文件废止")
    assert held(world, "AREA", date(2026, 2, 28)).demand.minimum == 60
    assert held(world, "AREA").demand.minimum == 40


@pytest.mark.parametrize(
    ("day", "reason"), [(date(2025, 12, 31), "废止"), (None, "废止"), (date(2100, 1, 1), "废止"), (D, " ")]
)
def test_ending_wants_a_day_from_its_start_on_and_a_reason(world, issue, day, reason):
    standard = issue("晋中市", AREA)
    with pytest.raises(ValidationError):
        end_standard(by=None, standard=standard, on=day, reason=reason)
    standard.refresh_from_db()
    assert standard.ends_on is None


def test_an_ended_standard_is_not_ended_again(world, issue):
    standard = issue("晋中市", AREA)
    end_standard(by=None, standard=standard, on=D, reason="废止")
    with pytest.raises(ValidationError, match="已定于 2026-03-01 失效"):
        end_standard(by=None, standard=standard, on=date(2026, 4, 1), reason="废止")

"""Pages of standards, checks and registers, through the browser's eyes."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from policies.models import PolicyDocument
from standards.actions import Found, judge_due
from standards.models import Check, CheckKind, CheckState, Standard
from stations.models import DimensionState
from tests.files.samples import photo
from tests.standards.conftest import AREA, PLATE, ROOM, check, good, items_of, page, post, square_metres

FIRST, D = date(2026, 1, 10), date(2026, 3, 1)


def filled(station, on, **changed):
    """What a browser sends of a check in which all is well."""
    data = {"checked_on": on.isoformat(), "comment": "", "expected": 0}
    for code, item in items_of(station, on).items():
        found = good(item)
        value = {True: "yes", None: found.number or found.choice}.get(found.yes)
        data[f"answer_{code}"] = "" if value is None else str(value)
    return data | changed


# ---- standards ------------------------------------------------------------------------------------------------------


def test_the_effective_standard_says_whose_minimum_each_item_carries(world, issue, sign_in):
    issue("晋中市", AREA)
    issue("榆次区", replace(AREA, minimum=60, clause="二"), on=D)
    html = page(sign_in(world.county), "unit_standard", world.units["榆次区"].pk)
    assert "不少于 60 平方米" in html
    assert "市民发〔2025〕2号 三(一)" in html
    assert "榆次区提高最低要求" in html
    assert "榆民发〔2025〕3号 二" in html
    earlier = page(sign_in(world.county), "unit_standard", world.units["榆次区"].pk, on="2026-02-28")
    assert "不少于 40 平方米" in earlier


@pytest.mark.parametrize("on", ["x", "2026-13-01", "1000-01-01"])
def test_a_senseless_day_shows_today(world, issue, sign_in, on):
    assert "2026年10月20日适用" in page(sign_in(world.county), "unit_standard", world.units["榆次区"].pk, on=on)


def test_a_county_tightens_a_minimum_on_its_page_with_a_new_paper(world, issue, sign_in):
    issue("晋中市", AREA)
    county = world.units["榆次区"]
    client = sign_in(world.county)
    assert "晋中市" in page(client, "standard_item", county.pk, code="AREA")
    response = post(
        client, "standard_item", county.pk, query="?code=AREA", minimum="60", necessary="on",
        number="榆民发〔2026〕9号", document_title="场地标准", issued_on="2026-02-01", clause="二",
        starts_on="2026-03-01", expected=0,
    )  # fmt: skip
    assert response.status_code == 302
    assert items_of(world.station(), D)["AREA"].least_by.document == "榆民发〔2026〕9号"
    assert items_of(world.station(), D)["AREA"].demand.minimum == 60


def test_an_attempt_to_loosen_is_told_at_its_field_and_leaves_no_paper(world, issue, sign_in):
    issue("晋中市", AREA)
    county = world.units["榆次区"]
    response = post(
        sign_in(world.county), "standard_item", county.pk, query="?code=AREA", minimum="30", necessary="on",
        number="榆民发〔2026〕9号", document_title="场地标准", issued_on="2026-02-01", starts_on="2026-03-01",
        expected=0,
    )  # fmt: skip
    html = response.content.decode()
    assert "不能低于晋中市（市民发〔2025〕2号 三(一)）规定的最低值 40 平方米，下级只能收紧" in html
    assert not Standard.objects.filter(issuer=county).exists()
    assert not PolicyDocument.objects.filter(number="榆民发〔2026〕9号").exists()


def test_an_item_is_added_with_a_code_of_its_own(world, issue, papers, sign_in):
    county = world.units["榆次区"]
    sent = {
        "name": "电动车", "dimension": "HARDWARE", "kind": "CHOICE", "options": "没有\n借用\n自有",
        "least_option": "借用", "weight": "1", "document": papers["榆次区"].pk, "starts_on": "2026-03-01",
    }  # fmt: skip
    first = post(sign_in(world.county), "standard_item", county.pk, expected=0, **sent)
    assert first.status_code == 302
    current = Standard.objects.current().get(issuer=county)
    assert post(sign_in(world.county), "standard_item", county.pk, expected=current.pk, **sent).status_code == 302
    codes = Standard.objects.current().get(issuer=county).items.values_list("code", flat=True)
    assert len(set(codes)) == 2
    assert [item.demand.least for item in items_of(world.station(), D).values() if item.code in codes] == [1, 1]


def test_a_province_issues_a_whole_standard_out_of_the_default(world, issue, papers, sign_in):
    province = world.units["山西省"]
    response = post(
        sign_in(world.province), "standard_issue", province.pk, title="山西省标准", year="2026", expected=0,
        document=papers["山西省"].pk, starts_on="2026-03-01", keep=["AREA", "PLATE"],
    )  # fmt: skip
    assert response.status_code == 302
    items = items_of(world.station(), D)
    assert set(items) == {"AREA", "PLATE"}
    assert {item.set_by.issuer for item in items.values()} == {"山西省"}


def test_nobody_issues_for_a_unit_below(world, issue, sign_in):
    for user in (world.city, world.province):
        response = sign_in(user).get(reverse("standard_item", args=[world.units["榆次区"].pk]))
        assert response.status_code == 403


def test_a_station_reads_the_standards_of_the_units_above_and_no_others(world, issue, sign_in):
    issue("晋中市", AREA)
    theirs = issue("榆次区", replace(AREA, minimum=60))
    assert "晋中市" in page(sign_in(world.worker), "standard_list")
    assert page(sign_in(world.worker), "standard_detail", theirs.pk)
    assert sign_in(world.outsider).get(reverse("standard_detail", args=[theirs.pk])).status_code == 404


def test_a_version_shows_what_differs_from_the_one_before(world, issue, sign_in):
    issue("晋中市", AREA, PLATE)
    second = issue("晋中市", replace(AREA, minimum=50), ROOM, on=D)
    html = page(sign_in(world.city), "standard_detail", second.pk)
    assert "原为：不少于 40 平方米，必备，权重 3" in html
    assert "新增" in html
    assert "不再要求：悬挂站牌" in html


def test_ending_and_dropping_work_on_their_pages(world, issue, papers, sign_in):
    county = world.units["榆次区"]
    issue("晋中市", AREA)
    current = issue("榆次区", replace(AREA, minimum=60), PLATE)
    client = sign_in(world.county)
    dropped = post(
        client, "standard_drop", county.pk, query="?code=PLATE", document=papers["榆次区"].pk, starts_on="2026-03-01",
        expected=current.pk,
    )  # fmt: skip
    assert dropped.status_code == 302
    current = Standard.objects.current().get(issuer=county)
    ended = post(client, "standard_end", current.pk, on="2026-04-01", reason="文件废止")
    assert ended.status_code == 302
    assert items_of(world.station(), date(2026, 4, 1))["AREA"].demand.minimum == 40


def test_dropping_what_a_unit_above_demands_is_refused_on_the_page(world, issue, papers, sign_in):
    issue("晋中市", AREA)
    response = post(
        sign_in(world.county), "standard_drop", world.units["榆次区"].pk, query="?code=AREA",
        document=papers["榆次区"].pk, starts_on="2026-03-01", expected=0,
    )  # fmt: skip
    assert "由晋中市（市民发〔2025〕2号 三(一)）规定，下级不能取消" in response.content.decode()


# ---- checks ---------------------------------------------------------------------------------------------------------


def test_a_worker_saves_half_a_check_and_goes_on_with_it(world, station, sign_in):
    client = sign_in(world.worker)
    response = post(client, "check_self", station.pk, checked_on="2026-10-01", expected=0, answer_AREA="55", do="draft")
    assert response.status_code == 302
    html = page(client, "check_self", station.pk)
    assert 'value="55"' in html
    assert "的草稿，接着填即可" in html
    assert "草稿" in page(client, "station_standard", station.pk)


def test_self_check_then_county_check_by_two_people(world, station, sign_in):
    sent = filled(station, FIRST, do="submit", photos_PLATE_PHOTO=photo())
    assert post(sign_in(world.worker), "check_self", station.pk, **sent).status_code == 302
    client = sign_in(world.county)
    assert "站点自查：40 平方米" in page(client, "check_county", station.pk)
    differs = filled(station, D, do="submit", answer_AREA="39")
    refused = post(client, "check_county", station.pk, **differs)
    assert "与站点自查不同，请说明理由" in refused.content.decode()
    done = post(client, "check_county", station.pk, **differs, note_AREA="实测 39 平方米")
    assert done.status_code == 302
    html = page(client, "station_standard", station.pk)
    assert "未达标的必备项 1 项" in html
    assert "服务场地面积：39 平方米，少于 40 平方米" in html
    assert "与自查不同" in html
    assert "实测 39 平方米" in html
    county = Check.objects.submitted(CheckKind.COUNTY).get()
    assert "现场.jpg" in page(client, "check_detail", county.pk)


def test_the_same_check_submitted_twice_is_refused_the_second_time(world, station, sign_in):
    sent = filled(station, D, do="submit")
    assert post(sign_in(world.county), "check_county", station.pk, **sent).status_code == 302
    draft = filled(station, D, do="draft")
    post(sign_in(world.county), "check_county", station.pk, **draft)
    again = post(sign_in(world.city), "check_county", station.pk, **draft)
    assert "他人刚刚保存或提交" in again.content.decode()
    assert Check.objects.submitted().count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"answer_AREA": "-5"}, "应在 0 至"),
        ({"answer_AREA": "很大"}, "应为数字"),
        ({"answer_CASE_ROOM": "宫殿"}, "宫殿"),
        ({"checked_on": "2026-10-21"}, "检查日期不能晚于今天"),
        ({"checked_on": "x"}, "输入一个有效的日期"),
        ({"comment": "长" * 10_000}, "1000"),
        ({"note_AREA": "长" * 10_000}, "300"),
    ],
)
def test_bad_input_is_explained_and_nothing_is_saved(world, station, sign_in, changed, said):
    response = post(sign_in(world.county), "check_county", station.pk, **filled(station, D, do="submit") | changed)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert not Check.objects.exists()


def test_a_tightening_shows_on_the_stations_page_from_its_day_and_not_before(world, station, issue, sign_in):
    check(station, FIRST, AREA=square_metres(50))
    issue("榆次区", replace(AREA, minimum=60, clause="二"), on=D)
    judge_due()
    client = sign_in(world.county)
    assert "未达标的必备项" not in page(client, "station_standard", station.pk, on="2026-02-28")
    html = page(client, "station_standard", station.pk, on="2026-03-01")
    assert "50 平方米，少于 60 平方米" in html
    assert "榆民发〔2025〕3号 二" in html
    listed = sign_in(world.county).get(reverse("check_list"), {"item": "AREA", "month": "2026-02"})
    assert [row.name for row in listed.context["rows"]] == []
    listed = sign_in(world.county).get(reverse("check_list"), {"item": "AREA", "month": "2026-03"})
    assert [row.name for row in listed.context["rows"]] == ["北关街道社工站"]


def test_before_any_check_the_page_says_what_to_do(world, station, sign_in):
    assert "开始自查" in page(sign_in(world.worker), "station_standard", station.pk)
    assert "开始检查" in page(sign_in(world.county), "station_standard", station.pk)


def test_a_check_is_taken_back_on_its_page(world, station, sign_in):
    wrong = check(station, D, AREA=square_metres(1))
    client = sign_in(world.county)
    assert page(client, "check_withdraw", wrong.pk)
    response = post(client, "check_withdraw", wrong.pk, reason="填错站点", expected=wrong.pk)
    assert response.status_code == 302
    wrong.refresh_from_db()
    assert wrong.state == CheckState.WITHDRAWN
    assert not DimensionState.objects.filter(station=station).exists()


def test_a_worker_does_not_take_back_the_countys_check(world, station, sign_in):
    theirs = check(station, D)
    assert sign_in(world.worker).get(reverse("check_withdraw", args=[theirs.pk])).status_code == 403


def test_markup_in_texts_stays_text(world, station, sign_in):
    check(station, D, AREA=Found(number=50, note="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page(sign_in(world.county), "station_standard", station.pk)

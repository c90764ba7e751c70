"""Checks of a station: drafts, submitting, the county's word; and what follows as dated facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from accounts.roles import Permission
from files.actions import remove
from files.models import Attachment
from standards.actions import Found, end_standard, judge_due, judge_station, save_check, withdraw_check
from standards.models import Check, CheckAnswer, CheckKind, CheckState, DimensionScore, ItemFailure
from stations.models import Dimension, DimensionState, StaleMonth, Station
from tests.files.samples import photo, upload
from tests.standards.conftest import AREA, PLATE, check, errors_of, good, items_of, square_metres

FIRST, D, LATER = date(2026, 1, 10), date(2026, 3, 1), date(2026, 5, 1)
BEFORE_D = date(2026, 2, 28)
SELF, COUNTY = CheckKind.SELF, CheckKind.COUNTY


def failing(station, on):
    return set(ItemFailure.objects.at(on).filter(station=station).values_list("code", flat=True))


def score(station, on, dimension=Dimension.HARDWARE):
    row = DimensionScore.objects.at(on).get(station=station, dimension=dimension)
    return row.earned, row.possible, row.failing


def met(station, on, dimension=Dimension.HARDWARE):
    return (
        DimensionState.objects.at(on).filter(station=station, dimension=dimension).values_list("met", flat=True).first()
    )


# ---- drafts ---------------------------------------------------------------------------------------------------------


def test_a_half_filled_check_is_kept_as_a_draft_and_counts_for_nothing(world, station):
    save_check(by=world.county, station=station, kind=COUNTY, checked_on=FIRST, found={"AREA": square_metres(50)})
    draft = Check.objects.get()
    assert draft.state == CheckState.DRAFT
    assert draft.answers.get(code="AREA").number == 50
    assert not DimensionScore.objects.exists()
    assert not DimensionState.objects.exists()


def test_saving_again_writes_the_same_draft(station):
    for area in (50, 55):
        save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={"AREA": square_metres(area)})
    assert Check.objects.get().answers.get().number == 55


def test_a_draft_changed_meanwhile_is_not_overwritten(station):
    first = save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={"AREA": square_metres(50)})
    save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={}, expected=first.revision)
    with pytest.raises(ValidationError, match="他人刚刚保存或提交"):
        save_check(
            by=None, station=station, kind=SELF, checked_on=FIRST, found={"AREA": square_metres(1)},
            expected=first.revision,
        )  # fmt: skip
    assert CheckAnswer.objects.get().number == 50


def test_submitting_takes_an_answer_to_every_item(station):
    with pytest.raises(ValidationError) as caught:
        save_check(
            by=None, station=station, kind=SELF, checked_on=FIRST, found={"AREA": square_metres(50)}, submit=True
        )
    missing = errors_of(caught)
    assert "answer_PLATE" in missing
    assert "answer_AREA" not in missing
    assert not Check.objects.exists()


@pytest.mark.parametrize(
    ("code", "found", "field"),
    [
        ("AREA", Found(number="-1"), "answer_AREA"),
        ("AREA", Found(number="1e30"), "answer_AREA"),
        ("AREA", Found(number="NaN"), "answer_AREA"),
        ("AREA", Found(number="很大"), "answer_AREA"),
        ("AREA", Found(number="1.234"), "answer_AREA"),
        ("CASE_ROOM", Found(choice="宫殿"), "answer_CASE_ROOM"),
        ("AREA", Found(number=50, note="长" * 10_000), "note_AREA"),
        ("AREA", Found(number=50, note="身份证140702199003070016"), "note_AREA"),
        ("PALACE", Found(yes=True), "__all__"),
    ],
)
def test_a_senseless_answer_is_refused_at_its_item(station, code, found, field):
    with pytest.raises(ValidationError) as caught:
        save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={code: found})
    assert list(errors_of(caught)) == [field]
    assert not Check.objects.exists()


@pytest.mark.parametrize("day", [None, date(2026, 10, 21), date(2022, 1, 1)])
def test_a_day_ahead_or_before_the_station_is_refused(station, day):
    with pytest.raises(ValidationError) as caught:
        save_check(by=None, station=station, kind=SELF, checked_on=day, found={})
    assert "checked_on" in errors_of(caught)


def test_a_long_comment_is_refused(station):
    with pytest.raises(ValidationError, match="总体意见最多 1000 个字，现有 10000 个字"):
        save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={}, comment="长" * 10_000)


def test_a_check_before_the_last_one_is_refused(station):
    check(station, D)
    with pytest.raises(ValidationError, match="不能早于上一次检查的日期（2026-03-01）"):
        check(station, FIRST)


def test_a_closed_station_is_not_checked(station):
    station.closed_on = D
    station.save()
    with pytest.raises(ValidationError, match="已撤销"):
        check(station, LATER)


# ---- the county's word ----------------------------------------------------------------------------------------------


def test_a_self_check_decides_nothing(station):
    check(station, FIRST, kind=SELF)
    assert not DimensionScore.objects.exists()
    assert not DimensionState.objects.exists()


def test_a_county_check_gives_scores_failures_and_the_four_states(world, station):
    check(station, FIRST, AREA=square_metres(39), by=world.county)
    assert failing(station, FIRST) == {"AREA", "PLATE_PHOTO"}
    earned, possible, failures = score(station, FIRST)
    assert (possible - earned, failures) == (3, 1)
    assert met(station, FIRST) is False
    assert met(station, FIRST, Dimension.SIGNAGE) is True
    assert met(station, date(2026, 1, 9)) is None
    failure = ItemFailure.objects.get(code="AREA")
    assert failure.reason == "39 平方米，少于 40 平方米"
    assert failure.citation == "晋中市（市民发〔2025〕2号 三(一)）"
    assert StaleMonth.objects.filter(unit=station.pk, month=202601).exists()


def test_an_answer_unlike_the_self_check_takes_a_comment(station):
    check(station, FIRST, kind=SELF, AREA=square_metres(60))
    with pytest.raises(ValidationError) as caught:
        check(station, D, AREA=square_metres(50))
    assert errors_of(caught) == {"note_AREA": ["与站点自查不同，请说明理由"]}
    done = check(station, D, AREA=Found(number=50, note="实测 50 平方米"))
    assert done.self_check.answers.get(code="AREA").number == 60
    assert done.answers.get(code="AREA").number == 50


def test_the_next_check_ends_what_the_last_one_said(station):
    check(station, FIRST, AREA=square_metres(30))
    check(station, D, AREA=square_metres(50))
    assert (met(station, BEFORE_D), met(station, D)) == (False, True)
    assert "AREA" in failing(station, BEFORE_D)
    assert "AREA" not in failing(station, D)


def test_an_older_record_made_by_hand_ends_at_the_first_check(station):
    DimensionState.objects.create(station=station, dimension="HARDWARE", met=False, starts_on=date(2025, 1, 1))
    check(station, FIRST)
    assert (met(station, date(2026, 1, 9)), met(station, FIRST)) == (False, True)


def test_photos_stay_with_their_answer_and_the_countys_rests_on_them(world, station):
    shown = Found(photos=[photo()])
    draft = check(station, FIRST, kind=SELF, submit=False, PLATE_PHOTO=shown)
    done = save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={}, submit=True)
    assert done.pk == draft.pk
    assert done.answers.get(code="PLATE_PHOTO").photos == 1
    county = check(station, FIRST)
    assert county.answers.get(code="PLATE_PHOTO").photos == 1
    assert "PLATE_PHOTO" not in failing(station, FIRST)


def test_a_photo_taken_off_a_draft_is_not_counted_when_it_is_submitted(world, station):
    check(station, FIRST, kind=SELF, submit=False, PLATE_PHOTO=Found(photos=[photo()]))
    remove(by=world.worker, attachment=Attachment.objects.get(), reason="拍糊了")
    done = save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={}, submit=True)
    assert done.answers.get(code="PLATE_PHOTO").photos == 0


def test_photos_may_be_taken_off_a_draft_of_ones_own_only(world, station):
    answers = check(station, FIRST, kind=SELF, submit=False).answers
    assert CheckAnswer.objects.visible_to(world.worker, Permission.SELF_CHECK).count() == answers.count()
    assert not CheckAnswer.objects.visible_to(world.county, Permission.SELF_CHECK).exists()
    save_check(by=None, station=station, kind=SELF, checked_on=FIRST, found={}, submit=True)
    assert not CheckAnswer.objects.visible_to(world.worker, Permission.SELF_CHECK).exists()
    assert CheckAnswer.objects.visible_to(world.worker).exists()


def test_a_file_that_is_refused_leaves_the_draft_as_it_was(station):
    with pytest.raises(ValidationError) as caught:
        save_check(
            by=None, station=station, kind=SELF, checked_on=FIRST,
            found={"AREA": Found(number=50, photos=[upload("x.jpg", b"MZ")])},
        )  # fmt: skip
    assert list(errors_of(caught)) == ["photos_AREA"]
    assert not Check.objects.exists()


# ---- standards that change after the check --------------------------------------------------------------------------


def test_a_county_tightens_a_minimum_and_a_station_below_it_fails_from_that_day_and_not_before(world, station, issue):
    check(station, FIRST, AREA=square_metres(50))
    other = Station.objects.get(unit=world.units["明星镇社工站"])
    check(other, FIRST, AREA=square_metres(50))
    issue("榆次区", replace(AREA, minimum=60, clause="二"), on=D)
    assert judge_due() == 1
    assert (met(station, BEFORE_D), met(station, D)) == (True, False)
    assert "AREA" not in failing(station, BEFORE_D)
    failure = ItemFailure.objects.at(D).get(station=station, code="AREA")
    assert failure.citation == "榆次区（榆民发〔2025〕3号 二）"
    assert failure.reason == "50 平方米，少于 60 平方米"
    assert score(station, BEFORE_D)[2] == 0
    assert score(station, D)[2] == 1
    assert met(other, D) is True


def test_a_standard_ahead_is_judged_on_its_day(world, station, issue, time_machine):
    check(station, FIRST, AREA=square_metres(50))
    issue("榆次区", replace(AREA, minimum=60), on=date(2026, 11, 1))
    assert judge_due() == 0
    assert met(station, date(2026, 10, 20)) is True
    time_machine.move_to("2026-11-01T00:10:00+08:00")
    assert judge_due() == 1
    assert (met(station, date(2026, 10, 31)), met(station, date(2026, 11, 1))) == (True, False)


def test_judging_twice_changes_nothing(world, station, issue):
    check(station, FIRST, AREA=square_metres(50))
    issue("榆次区", replace(AREA, minimum=60), on=D)
    judge_due()
    before = [list(model.objects.order_by("pk").values()) for model in (DimensionState, DimensionScore, ItemFailure)]
    events = AuditEvent.objects.count()
    assert judge_due() == 0
    assert judge_station(by=None, station=station, since=FIRST) is False
    assert before == [list(m.objects.order_by("pk").values()) for m in (DimensionState, DimensionScore, ItemFailure)]
    assert AuditEvent.objects.count() == events


def test_judging_leaves_its_events(world, station, issue):
    check(station, FIRST, AREA=square_metres(50))
    issue("榆次区", replace(AREA, minimum=60), on=D)
    judge_due()
    event = AuditEvent.objects.filter(verb="判定建设标准", target_id=str(station.pk)).latest("id")
    assert event.changes["硬件设置"] == ["达标", "未达标"]
    assert event.reason == "未达标：服务场地面积"
    assert AuditEvent.objects.filter(verb="按标准重新判定下级站点").latest("id").changes["结果有变的站点"] == [None, 1]


def test_ending_the_tightening_gives_the_station_back_its_state_from_that_day(world, station, issue):
    check(station, FIRST, AREA=square_metres(50))
    county = issue("榆次区", replace(AREA, minimum=60), on=D)
    judge_due()
    end_standard(by=None, standard=county, on=LATER, reason="废止")
    assert judge_due() == 1
    assert [met(station, day) for day in (BEFORE_D, D, LATER)] == [True, False, True]


def test_a_standard_entered_late_for_a_past_day_judges_that_past_again(world, station, issue):
    check(station, FIRST, AREA=square_metres(50))
    check(station, LATER, AREA=square_metres(70))
    issue("榆次区", replace(AREA, minimum=60), on=D)
    judge_due()
    days = (BEFORE_D, D, date(2026, 4, 30), LATER)
    assert [met(station, day) for day in days] == [True, False, False, True]


def test_an_item_added_later_waits_for_the_next_check(world, station, issue):
    check(station, FIRST)
    issue("榆次区", replace(PLATE, code="Y_BIKE", name="电动车", dimension="HARDWARE"), on=D)
    before = score(station, BEFORE_D)
    judge_due()
    assert score(station, D) == before
    assert DimensionScore.objects.at(D).get(station=station, dimension="HARDWARE").pending == 1
    assert met(station, D) is True
    check(station, LATER, Y_BIKE=Found(yes=False))
    assert met(station, LATER) is False


def test_a_photo_demanded_later_is_missing_from_that_day(world, station, issue):
    check(station, FIRST)
    issue("榆次区", replace(PLATE, photo_required=True), on=D)
    judge_due()
    assert (met(station, BEFORE_D, Dimension.SIGNAGE), met(station, D, Dimension.SIGNAGE)) == (True, False)


# ---- taking back ----------------------------------------------------------------------------------------------------


def test_taking_back_the_last_check_brings_back_the_one_before(world, station):
    check(station, FIRST)
    wrong = check(station, D, AREA=square_metres(1))
    withdraw_check(by=world.county, check=wrong, reason="填错了站点")
    assert met(station, D) is True
    assert "AREA" not in failing(station, D)
    event = AuditEvent.objects.get(verb="撤回检查")
    assert (event.actor, event.reason) == (world.county, "填错了站点")


def test_taking_back_the_only_check_leaves_what_stood_before_it(station):
    DimensionState.objects.create(station=station, dimension="HARDWARE", met=False, starts_on=date(2025, 1, 1))
    withdraw_check(by=None, check=check(station, FIRST), reason="填错")
    assert met(station, D) is False
    assert not DimensionScore.objects.exists()
    assert not ItemFailure.objects.exists()


def test_only_the_last_submitted_check_can_be_taken_back_and_with_a_reason(station):
    first = check(station, FIRST)
    second = check(station, D)
    with pytest.raises(ValidationError, match="只能撤回最近一次"):
        withdraw_check(by=None, check=first, reason="错")
    with pytest.raises(ValidationError, match="请填写撤回理由"):
        withdraw_check(by=None, check=second, reason=" ")
    withdraw_check(by=None, check=second, reason="错")
    with pytest.raises(ValidationError, match="不能撤回"):
        withdraw_check(by=None, check=second, reason="错")


def test_a_self_check_that_the_county_answered_is_not_taken_back(station):
    mine = check(station, FIRST, kind=SELF)
    check(station, D)
    with pytest.raises(ValidationError, match="县级检查已经以这份自查为对照"):
        withdraw_check(by=None, check=mine, reason="错")


def test_scores_add_up_over_stations(world, station, issue):
    for name, area in (("北关街道社工站", 39), ("明星镇社工站", 50)):
        check(Station.objects.get(unit=world.units[name]), FIRST, AREA=square_metres(area))
    rows = DimensionScore.objects.at(D).filter(dimension="HARDWARE")
    assert sum(row.possible - row.earned for row in rows) == Decimal(3)


def test_good_answers_meet_every_item_but_the_photo(station):
    assert {code for code, item in items_of(station, D).items() if good(item).yes is False} == set()

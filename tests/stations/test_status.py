"""The dated life of a station (R1, R3, R5)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import AuditEvent
from common.months import Month
from stations.actions import post_worker, record_status, withdraw_status
from stations.models import (
    Dimension,
    DimensionState,
    StaleMonth,
    StationKind,
    StationPosting,
    StationStatus,
    StatusSpell,
)
from tests.dimensions import record_dimension
from tests.stations.conftest import advance, errors_of

S = StationStatus


def spells(station):
    return [(spell.status, spell.starts_on, spell.ends_on) for spell in StatusSpell.objects.filter(station=station)]


def stale_months(station):
    return list(StaleMonth.objects.filter(unit_id=station.pk).order_by("month").values_list("month", flat=True))


def test_a_status_ends_the_one_before_on_the_same_day(planned):
    record_status(by=None, station=planned, status=S.BUILDING, on=date(2023, 7, 1))
    assert spells(planned) == [
        (S.PLANNED, date(2023, 6, 1), date(2023, 7, 1)),
        (S.BUILDING, date(2023, 7, 1), None),
    ]


def test_several_steps_may_bear_one_date(planned):
    day = date(2023, 7, 1)
    advance(planned, (S.BUILDING, day), (S.COMPLETED, day), (S.ACCEPTED, day), (S.SIGN_HUNG, day), (S.OPERATING, day))
    assert StatusSpell.objects.at(day).get(station=planned).status == S.OPERATING


def test_a_step_of_building_cannot_be_skipped(planned):
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=planned, status=S.COMPLETED, on=date(2023, 7, 1))
    assert "“筹建”之后只能登记“建设中”" in errors_of(caught)["status"][0]
    assert len(spells(planned)) == 1


def test_a_station_does_not_operate_before_its_sign_is_hung_but_a_room_may(planned):
    day = date(2023, 7, 1)
    advance(planned, (S.BUILDING, day), (S.COMPLETED, day), (S.ACCEPTED, day))
    with pytest.raises(ValidationError):
        record_status(by=None, station=planned, status=S.OPERATING, on=date(2023, 7, 2))
    planned.kind = StationKind.ROOM
    planned.completed_on = date(2023, 7, 1)
    planned.save()
    record_status(by=None, station=planned, status=S.OPERATING, on=date(2023, 7, 2))


def test_a_suspended_station_resumes(operating):
    advance(operating, (S.SUSPENDED, date(2023, 11, 1)), (S.OPERATING, date(2023, 11, 20)))
    assert StatusSpell.objects.current().get(station=operating).status == S.OPERATING


def test_nothing_follows_closing(operating):
    advance(operating, (S.CLOSED, date(2023, 11, 1)))
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=operating, status=S.OPERATING, on=date(2023, 11, 2))
    assert errors_of(caught) == {"status": ["站点已撤销，不能再登记其他状态"]}


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2023, 5, 31), "不能早于当前状态“筹建”的起始日期（2023-06-01）"), (date(2023, 12, 6), "不能晚于今天")],
)
def test_a_date_before_the_current_status_or_in_the_future_is_refused(planned, day, words):
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=planned, status=S.BUILDING, on=day)
    assert words in errors_of(caught)["on"][0]


def test_an_unknown_status_is_refused(planned):
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=planned, status="HAPPY", on=date(2023, 7, 1))
    assert errors_of(caught) == {"status": ["请选择状态"]}


def test_completion_judges_when_the_basics_are_due(operating):
    """R5: within a week of completion, by Jinzhong's document."""
    assert operating.completed_on == date(2023, 10, 2)
    assert operating.due_on == date(2023, 10, 9)
    assert operating.due_provision.document.number == "市民函〔2023〕28号"
    assert operating.due_provision.clause == "二(三)"
    assert "10月9日截止" in operating.due_reason


def test_completion_without_any_rule_is_refused_with_words(world):
    station = world.station()
    StatusSpell.objects.filter(station=station).delete()
    StatusSpell.objects.create(station=station, status=S.BUILDING, starts_on=date(2023, 7, 1))
    with pytest.raises(ValidationError, match="load_policies"):
        record_status(by=None, station=station, status=S.COMPLETED, on=date(2023, 8, 1))


def test_closing_ends_the_unit_and_the_postings(operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 10, 9))
    record_status(by=None, station=operating, status=S.CLOSED, on=date(2023, 11, 30))
    operating.refresh_from_db()
    operating.unit.refresh_from_db()
    assert (operating.closed_on, operating.unit.closed_on) == (date(2023, 11, 30), date(2023, 11, 30))
    assert StationPosting.objects.get(worker=worker).ends_on == date(2023, 11, 30)


def test_closing_before_a_worker_came_is_refused(operating, worker):
    post_worker(by=None, worker=worker, station=operating, on=date(2023, 11, 20))
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=operating, status=S.CLOSED, on=date(2023, 11, 10))
    assert "2023-11-20" in errors_of(caught)["on"][0]
    operating.refresh_from_db()
    assert operating.closed_on is None


def test_the_second_of_two_people_is_told_what_the_first_recorded(planned):
    seen = StatusSpell.objects.current().get(station=planned).pk
    record_status(by=None, station=planned, status=S.BUILDING, on=date(2023, 7, 1), expected=seen)
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=planned, status=S.BUILDING, on=date(2023, 7, 2), expected=seen)
    assert "他人刚刚把站点状态登记为“建设中”（2023-07-01）" in errors_of(caught)["__all__"][0]


def test_the_database_allows_one_current_status(planned):
    with pytest.raises(IntegrityError):
        StatusSpell.objects.create(station=planned, status=S.BUILDING, starts_on=date(2023, 7, 1))


def test_a_status_marks_every_month_since_its_day(planned):
    StaleMonth.objects.all().delete()
    record_status(by=None, station=planned, status=S.BUILDING, on=date(2023, 10, 31))
    assert stale_months(planned) == [Month(2023, 10), Month(2023, 11), Month(2023, 12)]


def test_a_status_leaves_an_event(world, planned):
    record_status(by=world.county, station=planned, status=S.BUILDING, on=date(2023, 7, 1), note="开工（演示）")
    event = AuditEvent.objects.first()
    assert (event.actor, event.verb, event.reason) == (world.county, "登记站点状态", "开工（演示）")
    assert event.path == planned.unit.path
    assert event.changes["状态"] == ["筹建", "建设中"]


def test_withdrawing_the_last_status_makes_the_one_before_current(planned):
    advance(planned, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 8, 1)))
    withdraw_status(by=None, station=planned, reason="日期登记错误（演示）")
    planned.refresh_from_db()
    assert spells(planned)[-1] == (S.BUILDING, date(2023, 7, 1), None)
    assert (planned.completed_on, planned.due_on, planned.due_provision, planned.due_reason) == (None, None, None, "")


def test_withdrawing_a_closing_opens_station_and_unit_again(operating):
    advance(operating, (S.CLOSED, date(2023, 11, 1)))
    withdraw_status(by=None, station=operating, reason="误操作（演示）")
    operating.refresh_from_db()
    operating.unit.refresh_from_db()
    assert (operating.closed_on, operating.unit.closed_on) == (None, None)


def test_the_first_status_cannot_be_withdrawn(planned):
    with pytest.raises(ValidationError, match="第一个状态"):
        withdraw_status(by=None, station=planned, reason="误操作（演示）")


def test_withdrawing_needs_a_reason(operating):
    with pytest.raises(ValidationError) as caught:
        withdraw_status(by=None, station=operating, reason=" ")
    assert errors_of(caught) == {"reason": ["请填写撤回理由"]}
    assert StatusSpell.objects.current().get(station=operating).status == S.OPERATING


def test_a_new_check_ends_the_one_before(operating):
    record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=False, on=date(2023, 10, 20))
    record_dimension(by=None, station=operating, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 11, 20))
    states = DimensionState.objects.filter(station=operating).values_list("met", "starts_on", "ends_on")
    assert list(states) == [
        (False, date(2023, 10, 20), date(2023, 11, 20)),
        (True, date(2023, 11, 20), None),
    ]


def test_a_check_leaves_an_event_and_marks_months(world, operating):
    StaleMonth.objects.all().delete()
    record_dimension(by=world.county, station=operating, dimension=Dimension.HARDWARE, met=True, on=date(2023, 11, 2))
    assert AuditEvent.objects.first().changes["硬件设置"] == ["未检查", "达标"]
    assert stale_months(operating) == [Month(2023, 11), Month(2023, 12)]


def test_a_long_note_is_refused(planned):
    with pytest.raises(ValidationError) as caught:
        record_status(by=None, station=planned, status=S.BUILDING, on=date(2023, 7, 1), note="长" * 10_000_000)
    assert "说明最多 200 个字" in errors_of(caught)["note"][0]

"""Transfers between stations and leaving (R17)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from stations.actions import assign_supervisor, employ, end_posting, leave, post_worker, withdraw_posting
from stations.models import (
    EmployerKind,
    LeavingReason,
    StaleMonth,
    Station,
    StationPosting,
    SupervisorAssignment,
    Worker,
)
from tests.stations.conftest import errors_of

SEPTEMBER, OCTOBER = (date(2023, 9, 1), date(2023, 9, 30)), (date(2023, 10, 1), date(2023, 10, 31))


@pytest.fixture
def posted(world, worker):
    """Employed and posted to 北关街道社工站 since 2023-09-05."""
    employ(
        by=None, worker=worker, employer_kind=EmployerKind.AGENCY, employer_name="阳光社工（演示）", full_time=True,
        on=date(2023, 9, 5),
    )  # fmt: skip
    return post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))


def there(world, period, word):
    return list(getattr(Worker.objects, word)(*period, Station.objects.all()))


def test_leaving_ends_posting_and_employment_together(world, posted, worker):
    StaleMonth.objects.all().delete()
    leave(by=world.county, worker=worker, on=date(2023, 10, 16), reason=LeavingReason.RESIGNED, note="另谋职业")
    posted.refresh_from_db()
    employment = worker.employments.get()
    assert posted.ends_on == employment.ends_on == date(2023, 10, 16)
    assert posted.end_reason == employment.end_reason == LeavingReason.RESIGNED
    assert posted.end_note == "另谋职业"
    assert AuditEvent.objects.filter(verb="登记离职", reason="另谋职业").exists()
    assert StaleMonth.objects.filter(unit=world.units["北关街道社工站"]).count() == 3


def test_a_supervisor_who_leaves_supervises_no_more(world, posted, worker):
    assign_supervisor(by=None, stations=[world.station()], worker=worker, lead=True, on=date(2023, 9, 10))
    leave(by=None, worker=worker, on=date(2023, 10, 16), reason=LeavingReason.RETIRED)
    assert SupervisorAssignment.objects.get().ends_on == date(2023, 10, 16)


def test_every_station_that_loses_its_supervisor_by_leaving_has_it_in_its_trail(world, posted, worker):
    stations = [world.station(), world.station("锦纶街道社工站")]
    assign_supervisor(by=None, stations=stations, worker=worker, lead=False, on=date(2023, 10, 10))
    leave(by=world.county, worker=worker, on=date(2023, 10, 16), reason=LeavingReason.RESIGNED, note="家里有事")
    events = AuditEvent.objects.filter(verb="结束督导", actor=world.county)
    assert {event.target_label for event in events} == {str(station) for station in stations}
    assert {event.changes["结束日期"][1] for event in events} == {"2023-10-16"}
    assert not events.filter(reason__contains="家里有事").exists()  # the leaver's own words stay in their file


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": date(2023, 9, 4)}, "on"),
        ({"on": date(2023, 12, 6)}, "on"),
        ({"reason": ""}, "reason"),
        ({"reason": "BORED"}, "reason"),
        ({"reason": "OTHER"}, "note"),
        ({"note": "长" * 201}, "note"),
    ],
)
def test_a_wrong_leaving_ends_nothing(posted, worker, fields, field):
    with pytest.raises(ValidationError) as caught:
        leave(by=None, worker=worker, **{"on": date(2023, 10, 16), "reason": LeavingReason.RESIGNED, **fields})
    assert field in errors_of(caught)
    assert StationPosting.objects.current().exists()
    assert worker.employments.current().exists()


def test_who_has_nothing_to_leave_is_told(worker):
    with pytest.raises(ValidationError, match="没有驻站和聘用"):
        leave(by=None, worker=worker, on=date(2023, 10, 16), reason=LeavingReason.RESIGNED)


def test_a_transfer_is_one_step_with_its_reason(world, posted, worker):
    moved = post_worker(
        by=None, worker=worker, station=world.station("锦纶街道社工站"), on=date(2023, 10, 16), note="支援新站",
        expected=posted.pk,
    )  # fmt: skip
    posted.refresh_from_db()
    assert (posted.ends_on, posted.end_reason) == (moved.starts_on, LeavingReason.TRANSFERRED)
    assert (posted.end_note, moved.note) == ("", "支援新站")


def test_the_second_of_two_transfers_is_told(world, posted, worker):
    post_worker(
        by=None, worker=worker, station=world.station("锦纶街道社工站"), on=date(2023, 10, 16), expected=posted.pk
    )
    with pytest.raises(ValidationError, match="他人刚刚把该社工派驻到锦纶街道社工站"):
        post_worker(
            by=None, worker=worker, station=world.station("明星镇社工站"), on=date(2023, 11, 16), expected=posted.pk
        )
    assert StationPosting.objects.current().get().station == world.station("锦纶街道社工站")


def test_who_saw_no_posting_does_not_transfer_by_mistake(world, posted, worker):
    with pytest.raises(ValidationError, match="他人刚刚"):
        post_worker(by=None, worker=worker, station=world.station("锦纶街道社工站"), on=date(2023, 11, 1), expected=0)


def test_a_transfer_taken_back_goes_on_as_if_nothing_had_been(world, posted, worker):
    post_worker(by=None, worker=worker, station=world.station("锦纶街道社工站"), on=date(2023, 10, 16))
    withdraw_posting(by=None, worker=worker, reason="登记有误")
    posted.refresh_from_db()
    assert (posted.ends_on, posted.end_reason, posted.end_note) == (None, "", "")


def test_joining_and_leaving_are_counted_and_a_transfer_is_neither(world, posted, worker):
    post_worker(by=None, worker=worker, station=world.station("锦纶街道社工站"), on=date(2023, 10, 16))
    assert there(world, SEPTEMBER, "joined") == [worker]
    assert there(world, OCTOBER, "joined") == there(world, OCTOBER, "left") == []
    leave(by=None, worker=worker, on=date(2023, 11, 1), reason=LeavingReason.RESIGNED)
    assert there(world, OCTOBER, "left") == []  # 1 November is the first day without the worker
    assert there(world, (date(2023, 11, 1), date(2023, 11, 30)), "left") == [worker]


def test_who_comes_back_later_has_left_and_joined(world, posted, worker):
    end_posting(by=None, posting=posted, on=date(2023, 10, 16), reason=LeavingReason.EXPIRED)
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 10, 20))
    assert there(world, OCTOBER, "left") == there(world, OCTOBER, "joined") == [worker]


def test_who_ended_on_the_day_of_posting_neither_joined_nor_left(world, posted):
    end_posting(by=None, posting=posted, on=posted.starts_on)
    assert there(world, SEPTEMBER, "joined") == there(world, SEPTEMBER, "left") == []


def test_tenure_is_the_days_of_all_postings(world, posted, worker):
    end_posting(by=None, posting=posted, on=date(2023, 9, 15))
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 10, 1))

    def days(on):
        return Worker.objects.all().with_tenure(on).get().tenure_days

    assert [days(date(2023, 9, 4)), days(date(2023, 9, 10)), days(date(2023, 9, 30)), days(date(2023, 10, 11))] == [
        None, 5, 10, 20,
    ]  # fmt: skip

"""Trainings and attendance (R17)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import AuditEvent
from common.months import Month
from stations.actions import (
    create_worker,
    edit_training,
    end_posting,
    post_worker,
    record_training,
    set_attendance,
    withdraw_training,
)
from stations.models import Attendance, StaleMonth, Training, TrainingKind, Worker
from stations.queries.qualifications import training_hours
from tests.stations.conftest import errors_of

D = Decimal


def facts(world, **fields):
    day = {"held_from": date(2023, 10, 18), "held_to": date(2023, 10, 19)}
    return {
        "unit": world.units["榆次区"], "topic": "个案工作实务", "kind": TrainingKind.SKILLS, "organiser": "区民政局",
        "place": "区民政局会议室", "hours": D("12"), "note": "", **day, **fields,
    }  # fmt: skip


@pytest.fixture
def training(world):
    return record_training(by=world.county, **facts(world))


@pytest.fixture
def team(world, worker):
    """Two workers at 北关街道社工站 since 2023-09-05."""
    other = create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")
    for person in (worker, other):
        post_worker(by=None, worker=person, station=world.station(), on=date(2023, 9, 5))
    StaleMonth.objects.all().delete()
    return [worker, other]


def attended(training):
    return {row.worker.name: row.hours for row in training.attendances.select_related("worker")}


def test_many_take_part_in_one_step(world, training, team):
    set_attendance(by=world.county, training=training, hours={team[0]: "", team[1]: "6.5"})
    assert attended(training) == {"张伟（演示）": D("12.0"), "李娜（演示）": D("6.5")}
    assert AuditEvent.objects.first().verb == "登记参训人员"


def test_the_months_from_the_last_day_on_become_stale_where_they_are_posted(world, training, team):
    end_posting(by=None, posting=team[1].postings.get(), on=date(2023, 10, 19))
    post_worker(by=None, worker=team[1], station=world.station("锦纶街道社工站"), on=date(2023, 11, 6))
    StaleMonth.objects.all().delete()
    set_attendance(by=world.county, training=training, hours=dict.fromkeys(team))
    now = Month.of(timezone.localdate())
    assert {(row.unit.name, row.month) for row in StaleMonth.objects.select_related("unit")} == {
        *(("北关街道社工站", month) for month in Month(2023, 10).until(now)),
        *(("锦纶街道社工站", month) for month in Month(2023, 11).until(now)),
    }


@pytest.mark.parametrize("wrong", ["13", "0", "-1", "abc", "1.25", "NaN", "1e5", "9" * 10_000])
def test_one_wrong_row_and_nothing_is_saved(world, training, team, wrong):
    with pytest.raises(ValidationError) as caught:
        set_attendance(by=world.county, training=training, hours={team[0]: "6", team[1]: wrong})
    assert list(errors_of(caught)) == [f"hours_{team[1].pk}"]
    assert "李娜" in errors_of(caught)[f"hours_{team[1].pk}"][0]
    assert not Attendance.objects.exists()
    assert not StaleMonth.objects.exists()


def test_a_worker_out_of_reach_and_nothing_is_saved(world, training, team):
    stranger = create_worker(by=None, unit=world.units["太谷区"], name="外区（演示）")
    with pytest.raises(ValidationError, match="不在您的管理范围内"):
        set_attendance(by=world.county, training=training, hours=dict.fromkeys([*team, stranger]))
    assert not Attendance.objects.exists()


def test_who_was_ticked_off_is_taken_off_and_who_came_meanwhile_stays(world, training, team):
    third = create_worker(by=None, unit=world.units["榆次区"], name="王芳（演示）")
    set_attendance(by=None, training=training, hours=dict.fromkeys(team))
    seen = [person.pk for person in team]
    set_attendance(by=None, training=training, hours={third: None})
    set_attendance(by=world.county, training=training, hours={team[0]: "3"}, seen=seen)
    assert attended(training) == {"张伟（演示）": D("3.0"), "王芳（演示）": D("12.0")}


def test_hours_of_a_training_are_at_most_twelve_a_day(world):
    with pytest.raises(ValidationError) as caught:
        record_training(by=None, **facts(world, hours=D("24.5")))
    assert errors_of(caught) == {"hours": ["学时不能超过 24"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("held_from", date(2023, 12, 6)),
        ("held_to", date(2023, 10, 17)),
        ("held_to", date(2023, 12, 6)),
        ("topic", ""),
        ("topic", "<b>x</b>"),
        ("organiser", "组" * 81),
        ("kind", "PARTY"),
        ("hours", D("0")),
    ],
)
def test_a_wrong_training_is_refused(world, field, value):
    with pytest.raises(ValidationError) as caught:
        record_training(by=None, **facts(world, **{field: value}))
    assert field in errors_of(caught)
    assert not Training.objects.exists()


def test_a_training_lasts_a_year_at_most(world):
    with pytest.raises(ValidationError) as caught:
        record_training(by=None, **facts(world, held_from=date(2021, 1, 1), held_to=date(2023, 1, 1)))
    assert "一年" in errors_of(caught)["held_to"][0]


def test_an_edit_below_the_hours_that_somebody_has_is_refused(world, training, team):
    set_attendance(by=None, training=training, hours={team[0]: "10"})
    with pytest.raises(ValidationError) as caught:
        edit_training(by=None, training=training, **facts(world, hours=D("8")))
    assert "已有人登记 10.0 学时" in errors_of(caught)["hours"][0]


def test_an_edit_of_the_day_marks_the_months_from_the_earlier_one_on(world, training, team):
    set_attendance(by=None, training=training, hours={team[0]: ""})
    StaleMonth.objects.all().delete()
    day = date(2023, 11, 2)
    edit_training(by=None, training=training, **facts(world, held_from=day, held_to=day))
    months = set(StaleMonth.objects.values_list("month", flat=True))
    assert months == set(Month(2023, 10).until(Month.of(timezone.localdate())))


def test_hours_of_a_year_are_summed(world, training, team):
    set_attendance(by=None, training=training, hours={team[0]: ""})
    later = record_training(by=None, **facts(world, held_from=date(2023, 11, 2), held_to=date(2023, 11, 2), hours=D(6)))
    set_attendance(by=None, training=later, hours={team[0]: "4.5"})
    hours = dict(Worker.objects.all().with_training_hours(date(2023, 12, 31)).values_list("name", "training_hours"))
    assert hours == {"张伟（演示）": D("16.5"), "李娜（演示）": D(0)}
    before = Worker.objects.all().with_training_hours(date(2023, 11, 1))
    assert dict(before.values_list("name", "training_hours"))["张伟（演示）"] == D("12.0")
    before = Worker.objects.all().with_training_hours(date(2022, 12, 31))
    assert set(before.values_list("training_hours", flat=True)) == {D(0)}


def test_decimal_hours_add_up_exactly(world, team):
    """As floats these are less than 24."""
    for day, hours in enumerate(("1.7", "2.8", "4.2", "2.0", "4.7", "6.9", "1.7"), 1):
        on = date(2023, 11, day)
        held = record_training(by=None, **facts(world, held_from=on, held_to=on, hours=D(hours)))
        set_attendance(by=None, training=held, hours={team[0]: ""})
    hours = Worker.objects.filter(pk=team[0].pk).with_training_hours(date(2023, 12, 31))
    assert hours.filter(training_hours__gte=24).exists()
    assert training_hours([team[0].pk], date(2023, 12, 31)) == {team[0].pk: D(24)}
    assert training_hours([team[0].pk], date(2023, 11, 2)) == {team[0].pk: D("4.5")}


def test_hours_count_at_the_station_of_the_last_day(world, training, team):
    end_posting(by=None, posting=team[1].postings.get(), on=date(2023, 10, 19))
    set_attendance(by=None, training=training, hours=dict.fromkeys(team))
    rows = Attendance.objects.within(date(2023, 10, 1), date(2023, 10, 31)).at_stations()
    assert list(rows.values_list("worker__name", "station_id")) == [("张伟（演示）", world.station().pk)]


def test_a_training_is_taken_back_with_everybodys_hours(world, training, team):
    set_attendance(by=None, training=training, hours=dict.fromkeys(team))
    StaleMonth.objects.all().delete()
    withdraw_training(by=world.county, training=training, reason="登记重复")
    assert not Training.objects.exists()
    assert StaleMonth.objects.order_by("month").first().month == Month(2023, 10)
    assert AuditEvent.objects.first().reason == "登记重复"


def test_a_training_is_seen_by_its_unit_and_where_those_who_took_part_are(world, training, team):
    def seen(user):
        return Training.objects.visible_to(user).exists()

    assert seen(world.county)
    assert seen(world.city)
    assert not seen(world.township)
    set_attendance(by=None, training=training, hours={team[0]: ""})
    assert seen(world.township)
    assert not seen(world.outsider)


def test_the_database_keeps_one_row_for_a_worker_and_a_training(training, worker):
    Attendance.objects.create(training=training, worker=worker, hours=1)
    with pytest.raises(IntegrityError):
        Attendance.objects.create(training=training, worker=worker, hours=2)

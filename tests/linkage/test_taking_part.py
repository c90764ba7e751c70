"""Volunteers and organisations in a service: what is named agrees with what the record says."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from common.months import Month
from linkage.actions import set_taking_part
from linkage.models import OrganisationService, Volunteer, VolunteerService
from services.actions import correct_service, lock_month, void_service
from stations.models import StaleMonth
from tests.stations.conftest import errors_of

OCTOBER = Month(2026, 10)


@pytest.fixture
def record(log):
    return log(volunteers=2, volunteer_hours=Decimal("3.0"))


def put(world, record, hours, **more):
    return set_taking_part(by=world.worker, record=record, hours=hours, **more)


def test_hours_of_several_volunteers_stand_with_the_service(world, record, volunteer):
    one, two = volunteer(), volunteer("演示志愿者乙")
    put(world, record, {one: "2", two: "0.5"})
    rows = VolunteerService.objects.valid().in_month(OCTOBER)
    assert {row.volunteer: row.hours for row in rows} == {one: Decimal("2.0"), two: Decimal("0.5")}
    assert {row.station for row in rows} == {record.station}


def test_empty_hours_are_an_equal_share(world, record, volunteer):
    put(world, record, {volunteer(): ""})
    assert VolunteerService.objects.get().hours == Decimal("1.5")


def test_more_people_than_the_record_says_are_refused(world, record, volunteer):
    people = [volunteer(f"演示志愿者{n}") for n in range(3)]
    with pytest.raises(ValidationError) as caught:
        put(world, record, dict.fromkeys(people, "0.5"))
    assert "志愿者人数是 2 人，登记姓名的有 3 人" in errors_of(caught)["volunteers"][0]
    assert not VolunteerService.objects.exists()


def test_more_hours_than_the_record_says_are_refused(world, record, volunteer):
    with pytest.raises(ValidationError) as caught:
        put(world, record, {volunteer(): "2", volunteer("演示志愿者乙"): "1.1"})
    assert "共 3.1 小时" in errors_of(caught)["volunteer_hours"][0]


@pytest.mark.parametrize("value", ["0", "-1", "25", "1.25", "x", "NaN"])
def test_hours_that_cannot_be_are_refused_at_their_line(world, record, volunteer, value):
    one = volunteer()
    with pytest.raises(ValidationError) as caught:
        put(world, record, {one: value})
    assert f"hours_{one.pk}" in errors_of(caught)


def test_a_volunteer_of_the_township_serves_its_station(world, record, volunteer):
    put(world, record, {volunteer(by=world.township, unit=world.units["北关街道"]): "1"})
    assert VolunteerService.objects.count() == 1


def test_a_volunteer_of_another_station_is_refused(world, record, volunteer):
    other = volunteer(by=None, unit=world.units["锦纶街道社工站"])
    with pytest.raises(ValidationError) as caught:
        put(world, record, {other: "1"})
    assert "在册" in errors_of(caught)[f"hours_{other.pk}"][0]


def test_who_registered_later_or_left_before_is_refused(world, record, volunteer):
    left = volunteer()
    Volunteer.objects.filter(pk=left.pk).update(left_on=record.starts_on)
    with pytest.raises(ValidationError):
        put(world, record, {left: "1"})


def test_what_somebody_else_entered_meanwhile_stays(world, record, volunteer):
    one, two = volunteer(), volunteer("演示志愿者乙")
    put(world, record, {one: "1"})
    put(world, record, {two: "1"}, seen=[])
    assert VolunteerService.objects.count() == 2
    put(world, record, {two: "1"}, seen=[one.pk, two.pk])
    assert [row.volunteer for row in VolunteerService.objects.all()] == [two]


def test_the_database_refuses_one_volunteer_twice_and_no_hours(record, volunteer):
    row = {"service": record, "station": record.station, "month": OCTOBER, "volunteer": volunteer()}
    VolunteerService.objects.create(hours=1, **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        VolunteerService.objects.create(hours=1, **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        VolunteerService.objects.create(hours=0, **row | {"volunteer": volunteer("乙")})


def test_a_locked_month_takes_no_names(world, record, volunteer):
    lock_month(by=None, station=record.station, month=OCTOBER, reason="月报已上报")
    with pytest.raises(ValidationError, match="锁定"):
        put(world, record, {volunteer(): "1"})


def test_a_correction_below_what_is_named_is_refused(world, record, volunteer):
    put(world, record, {volunteer(): "1", volunteer("演示志愿者乙"): "1"})
    with pytest.raises(ValidationError) as caught:
        correct_service(by=world.worker, record=record, reason="人数有误", volunteers=1)
    assert "登记姓名的有 2 人" in errors_of(caught)["volunteers"][0]
    record.refresh_from_db()
    assert record.volunteers == 2


def test_names_move_with_the_record_to_another_month(world, record, volunteer, organisation):
    put(world, record, {volunteer(): "1"}, organisations=[organisation()])
    day = date(2026, 9, 30)
    correct_service(by=world.worker, record=record, reason="日期有误", starts_on=day, ends_on=day)
    assert VolunteerService.objects.get().month == OrganisationService.objects.get().month == Month(2026, 9)


def test_a_voided_service_counts_for_nobody(world, record, volunteer, organisation):
    put(world, record, {volunteer(): "1"}, organisations=[organisation()])
    void_service(by=world.worker, record=record, reason="重复登记")
    assert not VolunteerService.objects.valid().exists()
    assert not OrganisationService.objects.valid().exists()


def test_an_organisation_that_ended_is_refused(world, record, organisation):
    gone = organisation()
    type(gone).objects.filter(pk=gone.pk).update(ends_on=record.starts_on)
    with pytest.raises(ValidationError) as caught:
        put(world, record, {}, organisations=[gone])
    assert "夕阳红互助队" in errors_of(caught)["organisations"][0]


def test_the_trail_names_no_volunteer_and_the_month_counts_again(world, record, volunteer):
    StaleMonth.objects.all().delete()
    put(world, record, {volunteer("演示孙大爷"): "1"})
    event = AuditEvent.objects.latest("id")
    assert event.verb == "登记志愿服务"
    assert "孙大爷" not in str(list(AuditEvent.objects.values()))
    assert [row.month for row in StaleMonth.objects.filter(unit=record.station.unit_id)] == [OCTOBER]

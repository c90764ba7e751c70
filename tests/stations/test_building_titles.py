"""Titles of demonstration rooms: applied for, decided, withdrawn (R2, R14)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from stations.actions import apply_for_title, create_station, decide_title, withdraw_title
from stations.models import RoomTitle, Station, StationKind, StationStatus, TitleState
from tests.stations.conftest import advance, errors_of

S = StationStatus
APPLIED, DECIDED = date(2023, 10, 1), date(2023, 10, 20)


@pytest.fixture
def room(world, rules) -> Station:
    """A completed room of 北关街道, where 李 manages."""
    room = create_station(
        by=world.county, township=world.units["北关街道"], name="北关社区社工室", kind=StationKind.ROOM,
        started_on=date(2023, 7, 1),
    )  # fmt: skip
    advance(room, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 8, 1)))
    room.refresh_from_db()
    return room


def apply(room, by=None, **fields) -> RoomTitle:
    values = {"year": 2023, "on": APPLIED, "statement": "场地、人员齐备（演示）", **fields}
    return apply_for_title(by=by, room=room, **values)


def test_the_township_applies_and_the_county_grants(world, room):
    title = apply(room, by=world.township)
    decide_title(by=world.county, title=title, granted=True, on=DECIDED)
    title.refresh_from_db()
    assert (title.state, title.applied_by, title.decided_by) == (TitleState.GRANTED, world.township, world.county)
    held = [RoomTitle.objects.held(day).exists() for day in (date(2023, 10, 19), DECIDED)]
    assert held == [False, True]


def test_refusing_needs_a_comment_and_lets_the_room_apply_again(world, room):
    title = apply(room)
    with pytest.raises(ValidationError) as caught:
        decide_title(by=world.county, title=title, granted=False, on=DECIDED)
    assert errors_of(caught) == {"comment": ["不通过的，请写明评定意见"]}
    decide_title(by=world.county, title=title, granted=False, on=DECIDED, comment="材料不全（演示）")
    assert apply(room, on=date(2023, 11, 1)).state == TitleState.APPLIED


def test_a_title_is_withdrawn_with_a_reason_from_its_day(world, room):
    title = decide_title(by=world.county, title=apply(room), granted=True, on=DECIDED)
    with pytest.raises(ValidationError, match="请填写撤回理由"):
        withdraw_title(by=world.county, title=title, on=date(2023, 11, 1), reason="")
    withdraw_title(by=world.county, title=title, on=date(2023, 11, 1), reason="停止服务（演示）")
    assert [RoomTitle.objects.held(day).exists() for day in (date(2023, 10, 31), date(2023, 11, 1))] == [True, False]
    assert AuditEvent.objects.first().verb == "取消示范社工室"


def test_a_closed_room_holds_no_title(world, room):
    decide_title(by=world.county, title=apply(room), granted=True, on=DECIDED)
    advance(room, (S.CLOSED, date(2023, 11, 1)))
    assert not RoomTitle.objects.held(date(2023, 11, 1)).exists()


def test_a_room_applies_once_a_year(room):
    apply(room)
    with pytest.raises(ValidationError, match="2023 年的申请待评定，不能重复申请"):
        apply(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoomTitle.objects.create(room=room, year=2023, applied_on=APPLIED, statement="又一次")
    assert apply(room, year=2024).year == 2024


def test_the_database_knows_no_title_without_its_day(room):
    values = {"room": room, "year": 2023, "applied_on": APPLIED, "statement": "某"}
    for state in (TitleState.GRANTED, TitleState.REFUSED, TitleState.WITHDRAWN):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoomTitle.objects.create(state=state, **values)


def test_the_second_who_decides_is_told_of_the_first(world, room):
    title = apply(room)
    decide_title(by=world.county, title=title, granted=True, on=DECIDED)
    with pytest.raises(ValidationError, match="他人刚刚评定为“已命名”（2023-10-20）"):
        decide_title(by=world.county, title=title, granted=False, on=DECIDED, comment="不同意")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"on": date(2023, 7, 31)}, "on"), ({"on": date(2023, 12, 6)}, "on"), ({"statement": " "}, "statement"),
     ({"year": 1900}, "year")],
)  # fmt: skip
def test_a_wrong_application_is_told_at_its_field(room, fields, field):
    with pytest.raises(ValidationError) as caught:
        apply(room, **fields)
    assert field in errors_of(caught)


def test_only_rooms_that_are_completed_apply(world, rules):
    with pytest.raises(ValidationError, match="只有社区社工室"):
        apply(world.station())
    planned = create_station(
        by=world.county, township=world.units["北关街道"], name="筹建社工室", kind=StationKind.ROOM,
        started_on=date(2023, 7, 1),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="建成以后才能申请"):
        apply(planned)


@pytest.mark.parametrize("role", ["worker", "city", "outsider"])
def test_who_does_not_build_there_does_not_apply(world, room, role):
    with pytest.raises(ValidationError, match="由县级民政干部、乡镇（街道）管理员登记"):
        apply(room, by=getattr(world, role))


def test_the_township_does_not_decide(world, room):
    with pytest.raises(ValidationError, match="由县级民政干部登记"):
        decide_title(by=world.township, title=apply(room), granted=True, on=DECIDED)


def test_a_title_goes_its_way_on_the_pages(world, room, sign_in):
    township, county = sign_in(world.township), sign_in(world.county)
    page = township.get(reverse("station_detail", args=[room.pk])).content.decode()
    assert reverse("title_apply", args=[room.pk]) in page
    values = {"year": 2023, "on": "2023-10-01", "statement": "齐备（演示）"}
    assert township.post(reverse("title_apply", args=[room.pk]), values).status_code == 302
    title = RoomTitle.objects.get()
    assert township.get(reverse("title_decide", args=[title.pk])).status_code == 403
    values = {"granted": "yes", "on": "2023-10-20", "comment": ""}
    assert county.post(reverse("title_decide", args=[title.pk]), values).status_code == 302
    listed = county.get(reverse("title_list"), {"year": 2023, "state": "GRANTED"}).content.decode()
    assert "北关社区社工室" in listed
    assert "北关街道社工站" in listed  # the station above it
    above = county.get(reverse("station_detail", args=[world.station().pk])).content.decode()
    assert "北关社区社工室" in above


def test_the_years_target_of_rooms_is_cited(world, rules, sign_in):
    from_lanzhou = world.users["city"].postings.get()
    from_lanzhou.unit = world.units["兰州市"]
    from_lanzhou.save()
    page = sign_in(world.city).get(reverse("title_list")).content.decode()
    assert "2023 年目标新增 14" in page
    assert "报道第三段" in page

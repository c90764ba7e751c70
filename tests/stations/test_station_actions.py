"""Creating stations and entering their basics (R1, R5)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent, OrgUnit
from common.months import Month
from stations.actions import create_station, edit_station
from stations.basics import BasicsState, judge
from stations.models import Hosting, StaleMonth, Station, StationKind, StationStatus, StatusSpell
from tests.stations.conftest import advance, errors_of

S = StationStatus
ALL_FOUR = {
    "address": "演示路 1 号",
    "contact_name": "王站长（演示）",
    "contact_phone": "0354-0001234",
    "hosting": Hosting.TOWNSHIP,
}


def create(township, **fields):
    values = {"name": "东阳镇社工站", "kind": StationKind.STATION, "started_on": date(2023, 6, 1), **fields}
    return create_station(by=None, township=township, **values)


def test_a_new_station_is_a_planned_leaf_below_its_township(township):
    station = create(township)
    assert station.unit.parent == township
    assert station.unit.initials == "dyzsgz"
    assert station.unit.opened_on == date(2023, 6, 1)
    spell = StatusSpell.objects.get(station=station)
    assert (spell.status, spell.starts_on, spell.ends_on) == (S.PLANNED, date(2023, 6, 1), None)


def test_a_new_station_leaves_an_event_and_marks_months(world, township):
    station = create_station(
        by=world.county, township=township, name="东阳镇社工站", kind=StationKind.STATION, started_on=date(2023, 11, 3)
    )
    event = AuditEvent.objects.first()
    assert (event.verb, event.path, event.actor) == ("新建站点", station.unit.path, world.county)
    months = StaleMonth.objects.filter(unit=station.unit).values_list("month", flat=True)
    assert sorted(months) == [Month(2023, 11), Month(2023, 12)]


def test_a_standing_station_is_created_with_its_statuses(rules, township):
    station = create(
        township,
        statuses=[
            (S.BUILDING, date(2023, 7, 1)),
            (S.COMPLETED, date(2023, 8, 1)),
            (S.ACCEPTED, date(2023, 8, 1)),
            (S.SIGN_HUNG, date(2023, 8, 1)),
        ],
    )
    assert station.completed_on == date(2023, 8, 1)
    assert station.due_on == date(2023, 8, 8)
    assert station.acceptances.get().members == "（补录）"


def test_wrong_statuses_leave_nothing_behind(rules, township):
    with pytest.raises(ValidationError):
        create(township, statuses=[(S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 6, 30))])
    assert not OrgUnit.objects.filter(parent=township).exists()


def test_one_township_has_one_station_and_any_number_of_rooms(township):
    create(township)
    create(township, name="第一社工室", kind=StationKind.ROOM)
    create(township, name="第二社工室", kind=StationKind.ROOM)
    with pytest.raises(ValidationError) as caught:
        create(township, name="东阳镇第二社工站")
    assert "已有社工站“东阳镇社工站”" in errors_of(caught)["township"][0]


def test_a_township_whose_station_was_closed_takes_a_new_one(operating, township):
    advance(operating, (S.CLOSED, date(2023, 11, 1)))
    assert create(township, started_on=date(2023, 11, 2)).unit.name == "东阳镇社工站"


def test_two_rooms_of_a_township_bear_different_names(township):
    create(township, name="第一社工室", kind=StationKind.ROOM)
    with pytest.raises(ValidationError) as caught:
        create(township, name="第一社工室", kind=StationKind.ROOM)
    assert "name" in errors_of(caught)


def test_a_station_stands_below_a_township_only(world):
    with pytest.raises(ValidationError) as caught:
        create(world.units["榆次区"])
    assert errors_of(caught) == {"township": ["请选择站点所在的乡镇（街道）"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "<script>alert(1)</script>"),
        ("name", "  "),
        ("name", "站" * 10_000_000),
        ("kind", "PALACE"),
        ("started_on", date(2023, 12, 6)),
        ("started_on", date(1949, 10, 1)),
        ("address", "<b>演示路</b>"),
        ("address", "路" * 10_000_000),
        ("contact_phone", "打电话给我"),
        ("contact_phone", "1" * 10_000_000),
        ("hosting", "NOBODY"),
        ("area_square_metres", Decimal("-3")),
        ("area_square_metres", 0),
        ("area_square_metres", Decimal("NaN")),
        ("area_square_metres", Decimal("1e30")),
        ("area_square_metres", "很大"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_saved(township, field, value):
    with pytest.raises(ValidationError) as caught:
        create(township, **{field: value})
    (message,) = errors_of(caught)[field]
    assert len(message) < 100
    assert not Station.objects.filter(unit__parent=township).exists()


def test_all_wrong_fields_are_told_at_once(township):
    with pytest.raises(ValidationError) as caught:
        create(township, name="", area_square_metres=-1, contact_phone="x")
    assert errors_of(caught).keys() == {"name", "area_square_metres", "contact_phone"}


def test_basics_are_entered_on_the_first_day_that_all_four_are_there(planned, time_machine):
    edit_station(by=None, station=planned, **{key: ALL_FOUR[key] for key in ("address", "contact_name", "hosting")})
    planned.refresh_from_db()
    assert planned.basics_entered_on is None
    edit_station(by=None, station=planned, contact_phone=ALL_FOUR["contact_phone"])
    time_machine.move_to("2023-12-20T10:00:00+08:00")
    edit_station(by=None, station=planned, address="演示路 2 号")
    planned.refresh_from_db()
    assert planned.basics_entered_on == date(2023, 12, 5)
    assert planned.address == "演示路 2 号"


def test_basics_given_at_creation_count_as_entered_today(township):
    assert create(township, **ALL_FOUR).basics_entered_on == date(2023, 12, 5)


def test_entered_basics_cannot_be_emptied(township):
    station = create(township, **ALL_FOUR)
    with pytest.raises(ValidationError) as caught:
        edit_station(by=None, station=station, address="")
    assert errors_of(caught) == {"address": ["基础信息已录入，地址不能清空"]}


def test_an_edit_leaves_an_event_with_what_changed_and_none_when_nothing_did(world, planned):
    edit_station(by=world.county, station=planned, address="演示路 9 号")
    assert AuditEvent.objects.first().changes == {"address": ["", "演示路 9 号"]}
    count = AuditEvent.objects.count()
    edit_station(by=world.county, station=planned, address="演示路 9 号")
    assert AuditEvent.objects.count() == count


def test_a_station_is_renamed(world, planned):
    edit_station(by=world.county, station=planned, name="东阳中心社工站")
    planned.unit.refresh_from_db()
    assert (planned.unit.name, planned.unit.initials) == ("东阳中心社工站", "dyzxsgz")
    assert AuditEvent.objects.first().changes == {"名称": ["东阳镇社工站", "东阳中心社工站"]}


def test_a_closed_station_is_not_edited(operating):
    advance(operating, (S.CLOSED, date(2023, 11, 1)))
    with pytest.raises(ValidationError, match="已撤销"):
        edit_station(by=None, station=operating, address="演示路 9 号")


def judged(entered_on, today, *, due_on=date(2023, 10, 9)):
    station = Station(due_on=due_on, due_reason="建成后7日内录入", due_provision_id=1)
    return judge(station.judged_due(), entered_on, today)


@pytest.mark.parametrize(
    ("entered_on", "today", "state", "days"),
    [
        (None, date(2023, 10, 9), BasicsState.OPEN, 0),
        (None, date(2023, 10, 10), BasicsState.OVERDUE, 1),
        (None, date(2023, 11, 9), BasicsState.OVERDUE, 31),
        (date(2023, 10, 9), date(2023, 12, 1), BasicsState.ON_TIME, 0),
        (date(2023, 9, 1), date(2023, 12, 1), BasicsState.ON_TIME, 0),
        (date(2023, 10, 12), date(2023, 12, 1), BasicsState.LATE, 3),
    ],
)
def test_entry_of_basics_is_judged_by_its_due_date(entered_on, today, state, days):
    judgement = judged(entered_on, today)
    assert (judgement.state, judgement.days_late) == (state, days)


def test_without_a_due_date_nothing_is_judged():
    assert judged(None, date(2023, 12, 1), due_on=None).state == BasicsState.NO_DUE


def test_only_months_since_the_station_is_recorded_here_become_its_duty(world):
    """records_from is part of the basics; the month that contains the day counts (reporting asks owing_spells)."""
    station = edit_station(by=world.county, station=world.station(), records_from=date(2023, 10, 15))
    assert station.records_from == date(2023, 10, 15)
    with pytest.raises(ValidationError) as error:
        edit_station(by=world.county, station=station, records_from=date(2999, 1, 1))
    assert "启用日期" in error.value.message_dict["records_from"][0]

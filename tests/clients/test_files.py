"""Opening a file, changing it, showing its number."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.actions import change_file, open_file, reveal_number
from clients.models import Category, Client, ClientCategory, FileSpell, LevelSpell
from stations.models import StaleMonth, Station
from tests.clients.conftest import NUMBER, number_of
from tests.clients.make import make_client


def opened(world, station, **facts):
    return open_file(by=world.worker, station=station, **{"name": "演示林大山"} | facts)


def refused(*fields):
    return pytest.raises(ValidationError, check=lambda error: set(error.message_dict) == set(fields))


def test_a_name_and_a_category_are_enough(world, station):
    client = opened(world, station, categories=[Category.LIVING_ALONE], level=2)
    assert (client.station, client.initials, client.level, client.closed_on) == (station, "yslds", 2, None)
    assert FileSpell.objects.get().starts_on == client.opened_on
    assert ClientCategory.objects.get().category == Category.LIVING_ALONE
    assert LevelSpell.objects.get().level == 2


def test_birth_and_sex_follow_from_the_number(world, station):
    client = opened(world, station, id_number=NUMBER.lower())
    assert (client.born_on, client.sex) == (date(1950, 3, 1), "MALE")
    assert client.masked_id_number == "990*************" + NUMBER[-2:]


def test_a_birth_that_contradicts_the_number_is_told(world, station):
    with refused("born_on", "sex"):
        opened(world, station, id_number=NUMBER, born_on=date(1951, 3, 1), sex="FEMALE")


def test_a_wrong_check_digit_is_refused(world, station):
    wrong = NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1")
    with refused("id_number"):
        opened(world, station, id_number=wrong)


def test_a_second_open_file_with_the_number_is_refused_at_the_station(world, station):
    opened(world, station, id_number=NUMBER)
    with refused("id_number"):
        opened(world, station, name="演示别名", id_number=NUMBER)


def test_a_file_of_the_same_person_at_another_station_is_not_in_the_way(world, station):
    opened(world, station, id_number=NUMBER)
    other = open_file(by=None, station=world.station("锦纶街道社工站"), name="演示林大山", id_number=NUMBER)
    assert other.id_number_index == Client.objects.get(station=station).id_number_index


def test_a_repeated_submit_opens_no_second_file(world, station):
    opened(world, station)
    with refused("namesake"):
        opened(world, station)
    assert Client.objects.count() == 1


def test_a_namesake_that_the_user_saw_is_another_person(world, station):
    first = opened(world, station)
    second = opened(world, station, namesake=first.pk)
    with refused("namesake"):
        opened(world, station, namesake=first.pk)
    assert second.pk > first.pk


def test_a_station_that_does_not_stand_opens_no_file(world, station):
    Station.objects.filter(pk=station.pk).update(completed_on=None)
    with refused("station"):
        opened(world, station)


def test_no_file_opens_before_its_station(world, station):
    with refused("opened_on"):
        opened(world, station, opened_on=date(2023, 1, 1))


@pytest.mark.parametrize("field", ["name", "situation", "residence"])
def test_no_text_takes_an_identity_number(world, station, field):
    with refused(field):
        opened(world, station, **{field: f"某人 {NUMBER}"})


def test_opening_marks_the_months_since(world, station):
    opened(world, station, opened_on=date(2026, 1, 5))
    assert StaleMonth.objects.filter(unit=station.unit_id).count() >= 1


def test_a_change_tells_what_changed_and_no_value(world, person):
    change_file(by=world.worker, client=person, name="演示林小海", phone="0354-0000777")
    event = AuditEvent.objects.get()
    assert event.target_label == f"档案 {person.pk}"
    assert event.changes == {"name": ["已填写", "已更改"], "phone": ["", "已填写"]}
    assert Client.objects.get().initials == "yslxh"


def test_nothing_changed_leaves_no_event(world, person):
    change_file(by=world.worker, client=person, name=person.name)
    assert not AuditEvent.objects.exists()


def test_a_number_can_be_replaced_and_emptied(world, person):
    number = number_of(date(1950, 3, 1), 103)
    change_file(by=world.worker, client=person, id_number=number)
    assert Client.objects.get().id_number == number
    change_file(by=world.worker, client=person, id_number="")
    emptied = Client.objects.get()
    assert (emptied.id_number, emptied.id_number_index) == ("", None)


@pytest.mark.parametrize("state", ["merged", "anonymised"])
def test_a_file_that_stands_for_nobody_takes_no_change(world, station, state):
    if state == "merged":
        gone = make_client(station, merged_into=make_client(station))
    else:
        gone = make_client(station, "", anonymised_at="2026-01-01T00:00Z")
    with pytest.raises(ValidationError):
        change_file(by=world.worker, client=gone, phone="0354-0000777")


def test_showing_the_number_asks_for_a_reason_and_is_audited(world, station):
    client = make_client(station, id_number=NUMBER)
    with refused("reason"):
        reveal_number(by=world.worker, client=client, reason="看")
    assert reveal_number(by=world.worker, client=client, reason="核对医保登记") == NUMBER
    event = AuditEvent.objects.get()
    assert (event.verb, event.reason, event.changes) == ("查看完整身份证号", "核对医保登记", {})


def test_a_reason_that_names_the_person_is_refused(world, station):
    client = make_client(station, "演示林大山", id_number=NUMBER)
    with refused("reason"):
        reveal_number(by=world.worker, client=client, reason="核对演示林大山的医保")

"""Volunteers who left, and persons who gave, are anonymised past the period; hours, values and figures stay."""

from __future__ import annotations

import uuid
from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import CharField, TextField
from django.urls import reverse

from accounts.models import AuditEvent
from common.months import Month
from files.actions import attach
from files.models import Attachment
from linkage.actions import (
    edit_volunteer,
    hand_out,
    leave_volunteer,
    return_volunteer,
    set_taking_part,
    withdraw_donation,
    withdraw_handout,
)
from linkage.actions.retention import NOTHING, anonymise_donor, anonymise_volunteer
from linkage.models import Donation, Volunteer, VolunteerService
from reporting.compute.whole import compute_month
from reporting.models import UnitMonth
from tests.files.samples import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]

LEFT = date(2026, 10, 12)
OVER = date(2031, 10, 13)
PRIVATE = ("演示志愿者甲", "13800000009", "理发四十年", "搬去太原", "编号甲", "演示好心人", "好心人说明", "ysz")


@pytest.fixture
def person(world, log, volunteer) -> Volunteer:
    """Served once, then left."""
    one = volunteer(
        sex="FEMALE", birth_year=1960, phone="13800000009", skills="理发四十年", registered_number="编号甲",
        note="演示志愿者甲的说明",
    )  # fmt: skip
    record = log(starts_on=date(2026, 10, 10), ends_on=date(2026, 10, 10), volunteers=2, volunteer_hours="5.0")
    set_taking_part(by=world.worker, record=record, hours={one: "3.5"})
    return leave_volunteer(by=world.worker, volunteer=one, left_on=LEFT, reason="搬去太原")


def personal(donation, **changes):
    return donation(donor_kind="PERSON", donor="演示好心人", note="好心人说明", **changes)


def give(world, row, amount="30", on=date(2026, 10, 5)):
    facts = {"to_kind": "GROUP", "recipients": "环卫工人", "people": 3}
    return hand_out(by=world.worker, donation=row, token=uuid.uuid4(), given_on=on, amount=amount, **facts)


def anonymise(time_machine, on: date = OVER, **options) -> str:
    time_machine.move_to(on, tick=False)
    said = StringIO()
    call_command("anonymise", stdout=said, stderr=said, **options)
    return said.getvalue()


def stored() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("linkage_", "files_")):
                cursor.execute(f"SELECT * FROM {table}")
                found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def figures() -> dict[int, dict[str, int]]:
    compute_month(Month(2026, 10))
    return dict(UnitMonth.objects.filter(month=Month(2026, 10)).values_list("unit", "measures"))


def test_nothing_of_them_stays_and_no_figure_moves(world, person, donation, time_machine):
    rice = personal(donation)
    attach(by=None, target=rice, unit=rice.unit, files=[photo()], slot="evidence")
    give(world, rice)
    time_machine.move_to(OVER, tick=False)
    before, hours = figures(), list(VolunteerService.objects.values())
    assert before[world.station().pk]["named_volunteers"] == before[world.station().pk]["donations"] == 1
    said = anonymise(time_machine)
    assert "志愿者 1 人，最早 2026-10-12 退出，保存 5 年（缺省（无文件）" in said
    assert "个人捐赠 1 笔，最早 2026-10-05 发放完，保存 5 年" in said
    assert said.splitlines()[-1] == "截至 2031-10-13，已匿名化：服务对象档案 0 份，志愿者 1 人，个人捐赠 1 笔"
    assert not [word for word in PRIVATE if word in stored()]
    assert not Attachment.objects.exists()
    assert figures() == before
    assert list(VolunteerService.objects.values()) == hours
    assert str(Volunteer.objects.get()) == f"已匿名志愿者 {person.pk}"
    assert anonymise(time_machine).endswith("志愿者 0 人，个人捐赠 0 笔\n")


def test_a_dry_run_says_what_would_go_and_changes_nothing(world, person, donation, time_machine):
    give(world, personal(donation))
    said = anonymise(time_machine, dry_run=True)
    assert "将匿名化（未改动）：服务对象档案 0 份，志愿者 1 人，个人捐赠 1 笔" in said
    assert (Volunteer.objects.get().name, Donation.objects.get().donor) == ("演示志愿者甲", "演示好心人")
    assert not [word for word in PRIVATE if word in said]


def test_kept_through_the_last_day_of_the_period(person, time_machine):
    assert "志愿者 0 人" in anonymise(time_machine, date(2031, 10, 12))


def test_who_is_still_registered_stays(volunteer, time_machine):
    volunteer()
    assert "志愿者 0 人" in anonymise(time_machine)


def test_who_gave_is_known_while_something_is_left(world, donation, time_machine):
    rice = personal(donation)
    give(world, rice, amount="10")
    assert "个人捐赠 0 笔" in anonymise(time_machine)
    time_machine.move_to(date(2026, 10, 20), tick=False)
    give(world, rice, amount="20", on=date(2026, 10, 18))
    assert "个人捐赠 0 笔" in anonymise(time_machine, date(2031, 10, 18))
    assert "个人捐赠 1 笔" in anonymise(time_machine, date(2031, 10, 19))


def test_a_donation_that_was_withdrawn_goes_by_its_own_day(world, donation, time_machine):
    withdraw_donation(by=world.worker, donation=personal(donation), reason="登记重复，来自好心人说明")
    assert "个人捐赠 1 笔" in anonymise(time_machine, date(2031, 10, 2))
    assert Donation.objects.get().withdrawal_reason == "（已匿名）"


def test_organisations_that_gave_keep_their_name(world, donation, time_machine):
    give(world, donation())
    anonymise(time_machine)
    assert Donation.objects.get().donor == "某粮油店"


def test_who_came_back_meanwhile_is_left(world, person, donation):
    return_volunteer(by=world.worker, volunteer=person)
    with pytest.raises(ValidationError, match="状态已经改变"):
        anonymise_volunteer(person.pk, ended_on=LEFT)
    rice = personal(donation)
    handout = give(world, rice)
    withdraw_handout(by=world.worker, handout=handout, reason="没有发放")
    with pytest.raises(ValidationError, match="状态已经改变"):
        anonymise_donor(rice.pk, ended_on=handout.given_on)


def test_an_anonymised_volunteer_is_neither_changed_nor_brought_back(world, person, sign_in):
    anonymise_volunteer(person.pk, ended_on=LEFT)
    with pytest.raises(ValidationError, match="匿名化"):
        return_volunteer(by=world.worker, volunteer=person)
    with pytest.raises(ValidationError, match="匿名化"):
        edit_volunteer(by=world.worker, volunteer=person, name="演示志愿者甲")
    page = sign_in(world.worker).get(reverse("volunteer_detail", args=[person.pk])).content.decode()
    assert f"已匿名志愿者 {person.pk}" in page
    assert reverse("volunteer_return", args=[person.pk]) not in page
    assert f"已匿名志愿者 {person.pk}" in sign_in(world.worker).get(reverse("volunteer_list")).content.decode()


def test_each_leaves_its_event_with_the_rule_and_no_name(world, person, donation, time_machine):
    give(world, personal(donation))
    anonymise(time_machine)
    events = AuditEvent.objects.filter(verb__startswith="匿名化")
    assert sorted(events.values_list("verb", flat=True)) == ["匿名化志愿者", "匿名化捐赠人"]
    for event in events:
        assert "缺省（无文件）" in event.changes["依据"][1]
        assert not [word for word in PRIVATE if word in f"{event.target_label} {event.changes}"]


def test_every_text_of_a_volunteer_is_emptied():
    texts = {field.name for field in Volunteer._meta.concrete_fields if isinstance(field, CharField | TextField)}
    assert texts <= NOTHING.keys()

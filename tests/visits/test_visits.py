"""What workers do with a visit, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from clients.models import Client
from clients.signals import anonymised
from services import links
from services.actions import void_service
from tests.visits.conftest import TODAY, open_visit
from visits.actions import arrange_visit, cancel_visit, note_attempt, plan_all, plan_visit, write_result
from visits.models import AttemptReason, Condition, Source, Visit, VisitAttempt, VisitState

LATER = TODAY + timedelta(days=10)


def refused(field: str):
    return pytest.raises(ValidationError, match=field)


def problems(caught) -> set[str]:
    return set(caught.value.error_dict) if hasattr(caught.value, "error_dict") else set()


def test_a_service_logged_for_a_visit_makes_it(world, person, visited):
    client = person(level=None, residence="演示路 1 号")
    visit, _ = plan_visit(by=world.worker, client=client, due_on=LATER, ask="看取暖")
    linked = links.find(world.worker, f"visit:{visit.pk}")
    assert linked.presets == {
        "method": "VISIT", "domain": "RELIEF", "clients": [client.pk], "title": "入户探访", "place": "演示路 1 号"
    }  # fmt: skip
    record = visited(client, link=linked)
    visit.refresh_from_db()
    assert (visit.state, visit.record) == (VisitState.MADE, record)
    assert [each.row.pk for each in links.of(record)] == [visit.pk]


@pytest.mark.parametrize("wrong", [{"method": "CASE"}, {"on": date(2026, 10, 19)}])
def test_a_service_that_cannot_make_the_visit_is_not_saved(world, person, visited, wrong):
    client = person(level=None)
    visit, _ = plan_visit(by=world.worker, client=client, due_on=LATER)
    with pytest.raises(ValidationError) as caught:
        visited(client, link=links.find(world.worker, f"visit:{visit.pk}"), **wrong)
    assert problems(caught) == {"link"}


def test_a_service_that_names_somebody_else_cannot_make_the_visit(world, person, visited):
    visit, _ = plan_visit(by=world.worker, client=person(level=None), due_on=LATER)
    with pytest.raises(ValidationError) as caught:
        visited(person("演示乙"), link=links.find(world.worker, f"visit:{visit.pk}"))
    assert problems(caught) == {"link"}


def test_one_service_makes_every_open_visit_of_the_person(world, person, visited):
    client = person(level=2)
    plan_visit(by=world.worker, client=client, due_on=LATER)
    visited(client)
    assert Visit.objects.filter(client=client, state=VisitState.MADE).count() == 2


def test_who_may_not_log_there_finds_no_visit(world, person):
    visit = open_visit(person())
    for user in (world.county, world.outsider):
        with pytest.raises(ValidationError):
            links.find(user, f"visit:{visit.pk}")


def test_planning_by_hand_twice_plans_once(world, person):
    client = person(level=None)
    first, created = plan_visit(by=world.worker, client=client, due_on=LATER)
    again, repeated = plan_visit(by=world.worker, client=client, due_on=LATER)
    assert (first, created, repeated) == (again, True, False)


def test_a_past_day_and_a_closed_file_are_refused(world, person):
    client = person(level=None)
    with pytest.raises(ValidationError):
        plan_visit(by=world.worker, client=client, due_on=TODAY - timedelta(days=1))
    Client.objects.filter(pk=client.pk).update(closed_on=TODAY)
    with pytest.raises(ValidationError):
        plan_visit(by=world.worker, client=client, due_on=LATER)


def test_only_a_worker_of_the_station_is_sent(world, person, team):
    visit = open_visit(person())
    with pytest.raises(ValidationError):
        arrange_visit(by=world.worker, visit=visit, worker=team.chen, ask="")
    assert arrange_visit(by=world.worker, visit=visit, worker=team.liu, ask="问取暖").worker == team.liu


def test_an_attempt_leaves_the_visit_open(world, person):
    visit = open_visit(person())
    for _ in range(2):
        note_attempt(by=world.worker, visit=visit, on=TODAY, reason=AttemptReason.NOBODY_HOME)
    assert VisitAttempt.objects.get(visit=visit).reason == AttemptReason.NOBODY_HOME
    assert open_visit(visit.client).pk == visit.pk


def test_giving_up_plans_the_next_visit_and_the_interval_runs_on(world, person):
    visit = open_visit(person(level=1))  # lapsed on 2026-10-08
    note_attempt(by=world.worker, visit=visit, on=TODAY, reason=AttemptReason.AWAY, give_up=True, again_on=LATER)
    following = open_visit(visit.client)
    assert (following.due_on, following.lapses_on) == (LATER, visit.lapses_on)
    assert Visit.objects.over_interval_at(TODAY).get() == following
    assert not sum(plan_all().values())


def test_a_visit_of_a_level_is_not_given_up_without_a_next_day(world, person):
    visit = open_visit(person())
    with pytest.raises(ValidationError) as caught:
        note_attempt(by=world.worker, visit=visit, on=TODAY, reason=AttemptReason.AWAY, give_up=True)
    assert problems(caught) == {"again_on"}
    with pytest.raises(ValidationError) as caught:
        cancel_visit(by=world.worker, visit=visit, reason="住院")
    assert problems(caught) == {"again_on"}


def test_another_reason_needs_words(world, person):
    with pytest.raises(ValidationError) as caught:
        note_attempt(by=world.worker, visit=open_visit(person()), on=TODAY, reason=AttemptReason.OTHER)
    assert problems(caught) == {"note"}


def test_a_closed_visit_takes_no_attempt(world, person, visited):
    visit = open_visit(person())
    visited(visit.client)
    with pytest.raises(ValidationError):
        note_attempt(by=world.worker, visit=visit, on=TODAY, reason=AttemptReason.AWAY)


def test_a_result_is_written_only_of_a_visit_that_was_made(world, person, visited):
    visit = open_visit(person())
    with pytest.raises(ValidationError):
        write_result(by=world.worker, visit=visit, condition=Condition.NORMAL)
    visited(visit.client)
    assert write_result(by=world.worker, visit=visit, condition=Condition.NORMAL).condition == Condition.NORMAL


def test_an_urgent_state_needs_a_next_step(world, person, visited):
    visit = open_visit(person())
    visited(visit.client)
    with pytest.raises(ValidationError) as caught:
        write_result(by=world.worker, visit=visit, condition=Condition.URGENT)
    assert problems(caught) == {"next_step"}


def test_no_result_holds_an_identity_number(world, person, visited):
    visit = open_visit(person())
    visited(visit.client)
    with pytest.raises(ValidationError):
        write_result(by=world.worker, visit=visit, condition=Condition.NORMAL, needs="11010519491231002X")


def test_voiding_the_record_takes_the_result_with_it(world, person, visited):
    visit = open_visit(person())
    record = visited(visit.client)
    write_result(by=world.worker, visit=visit, condition=Condition.NORMAL, needs="换灯泡")
    void_service(by=world.worker, record=record, reason="录错了")
    visit.refresh_from_db()
    assert (visit.state, visit.needs) == (VisitState.OPEN, "")


def test_the_trail_names_the_file_and_keeps_what_was_found(world, person, visited):
    visit = open_visit(person("演示甲某"))
    visited(visit.client)
    write_result(by=world.worker, visit=visit, condition=Condition.ATTENTION, needs="需要轮椅", next_step="联系残联")
    events = AuditEvent.objects.filter(target_type="visits.visit")
    assert {event.target_label for event in events} == {f"探访 {visit.pk}（档案 {visit.client_id}）"}
    said = " ".join(f"{event.target_label}{event.changes}{event.reason}" for event in events)
    assert not any(word in said for word in ("演示甲某", "轮椅", "残联", "ATTENTION"))


def test_anonymising_a_file_empties_the_texts_and_keeps_the_visit(world, person, visited):
    visit = open_visit(person())
    visited(visit.client)
    write_result(by=world.worker, visit=visit, condition=Condition.NORMAL, needs="需要轮椅", next_step="联系残联")
    anonymised.send(sender=Client, client=visit.client, by=None)
    visit.refresh_from_db()
    assert (visit.state, visit.condition, visit.needs, visit.next_step) == (VisitState.MADE, Condition.NORMAL, "", "")
    assert not Visit.objects.open().filter(client=visit.client).exists()


def test_a_visit_by_hand_carries_the_groups_of_the_person(world, person):
    client = person(level=None, born_on=date(1940, 1, 1))
    visit, _ = plan_visit(by=world.worker, client=client, due_on=LATER)
    assert Visit.objects.get(pk=visit.pk).elderly
    assert visit.source == Source.HAND

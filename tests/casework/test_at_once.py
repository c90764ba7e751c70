"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from casework.actions import group_steps, groups
from casework.case_steps import State, Step
from casework.models import Case, CaseService, CaseSpell, CaseStep, GroupMember, GroupPhase, GroupSession
from services import links
from services.models import ServiceRecord
from tests.casework.cases import NOW, assess, close, evaluate, expected, led_to, opened, person, post, serve
from tests.casework.group_scene import FORMED, OPENED, PLAN, Scene
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]


@pytest.fixture(autouse=True)
def today(rules, time_machine):
    time_machine.move_to(NOW, tick=False)


def refused(results) -> list[type]:
    """The kinds of what went wrong: a refusal in words, never a lost write or a deadlock."""
    return [type(one) for one in results if isinstance(one, Exception)]


# ---- cases ----------------------------------------------------------------------------------------------------------


def test_a_person_taken_on_by_two_at_once_has_one_case(world):
    client, worker = person(world.station()), post(world.station())
    results = together(*[lambda: opened(world, client, worker)] * 2)
    assert refused(results) == [ValidationError]
    assert Case.objects.count() == 1


def test_two_people_taken_on_at_once_have_two_numbers(world):
    worker, here = post(world.station()), world.station()
    first, second = person(here, "演示甲"), person(here, "演示乙")
    results = together(lambda: opened(world, first, worker), lambda: opened(world, second, worker))
    assert refused(results) == []
    assert len(set(Case.objects.values_list("number", flat=True))) == 2


def test_a_case_stepped_on_by_two_at_once_is_stepped_on_once(world):
    case = opened(world)
    seen = expected(case)
    results = together(*[lambda: assess(world, case, expected=seen)] * 2)
    assert refused(results) == [ValidationError]
    assert CaseStep.objects.filter(kind=Step.ASSESSMENT).count() == 1


def test_a_case_closed_by_two_at_once_is_closed_once(world):
    case = led_to(world, State.EVALUATION)
    seen = expected(case)
    results = together(*[lambda: close(world, case, expected=seen)] * 2)
    assert refused(results) == [ValidationError]
    assert CaseStep.objects.filter(kind=Step.CLOSING).count() == 1
    assert CaseSpell.objects.get().ends_on is not None


def test_a_case_closed_while_another_evaluates_it_again_is_one_of_both(world):
    case = led_to(world, State.EVALUATION)
    seen = expected(case)
    results = together(lambda: close(world, case, expected=seen), lambda: evaluate(world, case, on=11, expected=seen))
    assert refused(results) == [ValidationError]
    case.refresh_from_db()
    assert CaseStep.objects.filter(case=case).order_by("-pk")[0].kind == (
        Step.CLOSING if case.state == State.CLOSED else Step.EVALUATION
    )


def test_a_service_of_a_case_sent_twice_at_once_is_one(world):
    case, token = led_to(world, State.INTERVENTION), uuid4()
    link = links.find(world.worker, f"case:{case.pk}")
    results = together(*[lambda: serve(world, case, on=7, client_id=token, link=link)] * 2)
    assert refused(results) == []
    assert results[0] == results[1] == ServiceRecord.objects.get()
    assert CaseService.objects.get().service == results[0]


# ---- groups ---------------------------------------------------------------------------------------------------------


def test_a_member_added_by_two_at_once_is_in_the_group_once(world):
    scene = Scene.of(world)
    group = scene.group()

    def add():
        return groups.add_members(by=world.worker, group=group, joined_on=OPENED, clients=[scene.jia], expected=0)

    results = together(add, add)
    assert refused(results) == [ValidationError]
    assert GroupMember.objects.get().client == scene.jia


def test_two_members_added_at_once_are_told_to_look_again(world):
    """The second one looked at a list that holds no more."""
    scene = Scene.of(world)
    group = scene.group()

    def add(client):
        return groups.add_members(by=world.worker, group=group, joined_on=OPENED, clients=[client], expected=0)

    results = together(lambda: add(scene.jia), lambda: add(scene.yi))
    assert refused(results) == [ValidationError]
    assert list(GroupMember.objects.values_list("number", flat=True)) == [1]


def test_a_group_created_twice_at_once_is_one(world):
    scene = Scene.of(world)
    results = together(scene.group, scene.group)
    assert refused(results) == [ValidationError]
    assert world.station().groups.get().name == PLAN["name"]


def test_a_phase_entered_by_two_at_once_is_entered_once(world):
    scene = Scene.of(world)
    group = scene.group()
    scene.members(group)
    scene.sessions(group)
    seen, before = group.phase, GroupPhase.objects.count()

    def enter():
        return group_steps.enter_phase(by=world.worker, group=group, on=FORMED, observed="组员开始熟悉", expected=seen)

    assert refused(together(enter, enter)) == [ValidationError]
    assert GroupPhase.objects.count() == before + 1


def test_a_session_held_by_two_services_at_once_is_held_by_one(world):
    scene = Scene.of(world)
    _, (session,) = scene.formed()
    results = together(lambda: scene.hold(session), lambda: scene.hold(session, title="另一条"))
    assert refused(results) == [ValidationError]
    assert GroupSession.objects.get().record == ServiceRecord.objects.get()

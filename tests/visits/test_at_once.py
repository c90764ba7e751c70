"""Two at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from clients.actions.closing import close_file
from clients.models import Client
from clients.vocabulary import Ending
from services import links
from services.models import ServiceRecord
from tests.together import together
from tests.visits.conftest import NOW, TODAY, open_visit
from visits.actions import cancel_visit, note_attempt, plan_all, plan_visit, save_batch, start_batch, write_result
from visits.models import BatchState, Source, Visit, VisitAttempt, VisitBatch, VisitState

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]
DUE = date(2026, 11, 30)


@pytest.fixture
def draft(world, time_machine):
    time_machine.move_to(NOW, tick=False)

    def make(title: str = "冬季探访") -> VisitBatch:
        criteria = {"categories": ["LIVING_ALONE"]}
        return save_batch(by=world.county, unit=world.units["榆次区"], title=title, due_on=DUE, criteria=criteria)

    return make


def refused(results) -> list[type]:
    """The kinds of what went wrong: a refusal in words, never a lost write or a deadlock."""
    return [type(one) for one in results if isinstance(one, Exception)]


def test_a_visit_recorded_by_two_at_once_is_made_by_one(world, person, visited):
    client = person(level=None)
    visit, _ = plan_visit(by=world.worker, client=client, due_on=DUE)
    link = links.find(world.worker, f"visit:{visit.pk}")
    results = together(*[lambda: visited(client, link=link)] * 2)
    assert refused(results) == [ValidationError]
    visit.refresh_from_db()
    assert (visit.state, visit.record) == (VisitState.MADE, ServiceRecord.objects.get())


def test_two_services_that_name_the_same_people_make_each_visit_once_and_plan_the_next(world, person, log):
    first, second = person("演示甲", level=2), person("演示乙", level=2)

    def visit(people):
        return log(clients=people, contacts=2, elderly=0, starts_on=TODAY, ends_on=TODAY)

    results = together(lambda: visit([first, second]), lambda: visit([second, first]))
    assert refused(results) == []
    assert Visit.objects.filter(state=VisitState.MADE).count() == 2
    assert [open_visit(client).source for client in (first, second)] == [Source.LEVEL] * 2


def test_a_visit_given_up_while_it_is_recorded_is_one_of_both(world, person, visited):
    client = person(level=3)
    visit = open_visit(client)
    results = together(
        lambda: visited(client, link=links.find(world.worker, f"visit:{visit.pk}")),
        lambda: cancel_visit(by=world.worker, visit=visit, reason="外出务工", again_on=DUE),
    )
    assert refused(results) == [ValidationError]
    visit.refresh_from_db()
    assert visit.state == (VisitState.MADE if isinstance(results[1], ValidationError) else VisitState.CANCELLED)
    assert open_visit(client).pk != visit.pk


def test_an_attempt_noted_twice_at_once_is_one(world, person):
    visit = open_visit(person(level=3))
    results = together(*[lambda: note_attempt(by=world.worker, visit=visit, on=TODAY, reason="AWAY")] * 2)
    assert refused(results) == []
    assert VisitAttempt.objects.count() == 1


def test_a_visit_planned_by_hand_twice_at_once_is_one(world, person):
    client = person(level=None)
    results = together(*[lambda: plan_visit(by=world.worker, client=client, due_on=DUE)] * 2)
    assert sorted(made for _, made in results) == [False, True]
    assert Visit.objects.count() == 1


def test_planning_for_all_twice_at_once_leaves_one_open_visit_each(person):
    clients = [person(f"演示{number}", level=1 + number % 6) for number in range(6)]
    Visit.objects.all().delete()
    assert refused(together(plan_all, plan_all)) == []
    assert Visit.objects.open().count() == len(clients)


def test_a_result_written_by_two_at_once_is_whole(world, person, visited):
    client = person(level=3)
    visit = open_visit(client)
    visited(client, link=links.find(world.worker, f"visit:{visit.pk}"))

    def write(needs):
        return write_result(by=world.worker, visit=visit, condition="NORMAL", needs=needs)

    assert refused(together(lambda: write("助行器"), lambda: write("助餐"))) == []
    visit.refresh_from_db()
    assert visit.needs in ("助行器", "助餐")


# ---- batches --------------------------------------------------------------------------------------------------------


def test_a_batch_drafted_twice_at_once_is_one(draft):
    assert refused(together(draft, draft)) == [ValidationError]
    assert VisitBatch.objects.count() == 1


def test_a_batch_set_by_two_at_once_is_set_once(world, person, draft):
    person("演示甲", level=None, categories=("LIVING_ALONE",))
    batch = draft()
    results = together(*[lambda: start_batch(by=world.county, batch=batch)] * 2)
    assert refused(results) == [ValidationError]
    assert batch.visits.count() == 1


def test_two_batches_set_at_once_each_ask_everyone_who_matches(world, person, draft):
    for number in range(8):
        person(f"演示{number}", level=3, categories=("LIVING_ALONE",))
    first, second = draft("冬季探访"), draft("取暖安全")
    results = together(
        lambda: start_batch(by=world.county, batch=first), lambda: start_batch(by=world.county, batch=second)
    )
    assert results == [8, 8]
    assert Visit.objects.open().filter(source=Source.BATCH).count() == 16


def test_a_file_closed_while_a_batch_is_set_is_not_left_with_an_open_visit(world, person, draft):
    client = person("演示甲", level=None, categories=("LIVING_ALONE",))
    person("演示乙", level=None, categories=("LIVING_ALONE",))
    batch = draft()
    results = together(
        lambda: start_batch(by=world.county, batch=batch),
        lambda: close_file(by=world.worker, client=client, on=TODAY, ending=Ending.LEFT),
    )
    assert refused(results) == []
    assert Client.objects.get(pk=client.pk).closed_on == TODAY
    assert not Visit.objects.open().filter(client=client).exists()
    assert VisitBatch.objects.get().state == BatchState.RUNNING

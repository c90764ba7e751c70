"""A batch from the county to its result."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.actions.closing import close_file, reopen_file
from clients.actions.merging import merge_clients, unmerge_clients
from clients.models import Client
from clients.vocabulary import Ending
from tests.clients.make import make_client
from tests.services.test_log_page import typed
from tests.visits.conftest import NOW, TODAY
from visits.actions import (
    cancel_visit,
    close_batch,
    discard_batch,
    extend_batch,
    save_batch,
    save_question,
    start_batch,
    write_result,
)
from visits.criteria import condition, in_words
from visits.models import BatchState, Condition, QuestionKind, Visit, VisitBatch, VisitState
from visits.queries.batches import progress_by_station, tallies, total_of

DUE = TODAY + timedelta(days=20)


@pytest.fixture
def draft(world, time_machine):
    time_machine.move_to(NOW, tick=False)

    def make(**changes) -> VisitBatch:
        facts = {"title": "冬季探访", "due_on": DUE, "criteria": {"categories": ["LIVING_ALONE"]}} | changes
        return save_batch(by=world.county, unit=world.units["榆次区"], **facts)

    return make


@pytest.fixture
def running(world, person, draft):
    """One of three people at 北关街道 matches, and one at 锦纶街道; two questions."""
    person("演示甲", level=None, categories=("LIVING_ALONE",))
    person("演示乙", level=None, categories=("DIBAO",))
    person("演示丙", level=None)
    person("演示丁", level=None, station=world.station("锦纶街道社工站"), categories=("LIVING_ALONE",))
    batch = draft()
    save_question(by=world.county, batch=batch, text="取暖方式", kind=QuestionKind.CHOICE, choices=["电", "煤"])
    save_question(by=world.county, batch=batch, text="子女来访次数", kind=QuestionKind.NUMBER)
    save_question(by=world.county, batch=batch, text="最需要什么", kind=QuestionKind.TEXT, required=False)
    start_batch(by=world.county, batch=batch)
    batch.refresh_from_db()
    return batch


def answers(batch, *given):
    return dict(zip([question.pk for question in batch.questions.all()], given, strict=False))


def of(batch, name="演示甲") -> Visit:
    return batch.visits.get(client__name=name)


def test_starting_plans_a_visit_for_everyone_who_matches(running):
    assert set(running.visits.values_list("client__name", flat=True)) == {"演示甲", "演示丁"}
    assert set(running.visits.values_list("due_on", flat=True)) == {DUE}


def test_the_trail_says_in_words_whom_a_batch_is_for_and_how_many(world, running, sign_in):
    shown = sign_in(world.auditor).get(reverse("audit_list"), {"target_type": "visits.visitbatch"}).content.decode()
    assert in_words(running.criteria) in shown
    assert "探访人数" in shown
    for raw in ("LIVING_ALONE", "categories", '"cap">visits<', '"cap">text<'):
        assert raw not in shown


def test_a_batch_that_is_set_is_changed_no_more(world, running):
    with pytest.raises(ValidationError):
        save_question(by=world.county, batch=running, text="别的", kind=QuestionKind.TEXT)
    with pytest.raises(ValidationError):
        start_batch(by=world.county, batch=running)
    with pytest.raises(ValidationError):
        discard_batch(by=world.county, batch=running)


def test_a_batch_for_nobody_is_refused_and_stays_a_draft(world, person, draft):
    batch = draft()
    with pytest.raises(ValidationError, match="没有符合条件"):
        start_batch(by=world.county, batch=batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.DRAFT


def test_a_batch_may_be_for_some_townships_only(world, person, draft):
    person("演示甲", level=None, categories=("LIVING_ALONE",))
    batch = draft(units=[world.units["锦纶街道"]])
    with pytest.raises(ValidationError, match="没有符合条件"):
        start_batch(by=world.county, batch=batch)


def test_a_unit_outside_is_refused(world, draft):
    with pytest.raises(ValidationError, match="明星镇"):
        draft(units=[world.units["明星镇"]])


def test_nobody_joins_by_themselves_and_extending_adds_each_once(world, person, running):
    person("演示戊", level=None, categories=("LIVING_ALONE",))
    assert running.visits.count() == 2
    assert [extend_batch(by=world.county, batch=running) for _ in range(2)] == [1, 0]
    assert running.visits.count() == 3


def test_an_ordinary_visit_makes_that_of_a_batch_too(running, visited):
    visited(of(running).client)
    assert of(running).state == VisitState.MADE


def test_answers_come_with_the_result_and_all_problems_show_at_once(world, running, visited):
    visited(of(running).client)
    with pytest.raises(ValidationError) as caught:
        write_result(by=world.worker, visit=of(running), condition="", answers=answers(running, "油", "很多"))
    first, second, _ = running.questions.all()
    assert set(caught.value.error_dict) == {"condition", f"q{first.pk}", f"q{second.pk}"}


def test_the_questions_stand_on_the_page_after_saving_and_are_answered_there(world, running, team, sign_in):
    worker, visit = sign_in(world.worker), of(running)
    data = typed(world, team, clients=[visit.client_id], contacts=1, elderly="", link=f"visit:{visit.pk}")
    page = worker.post(reverse("service_log"), data, follow=True)
    url = reverse("visit_result", args=[visit.pk])
    html = page.content.decode()
    assert f'action="{url}"' in html
    assert "取暖方式" in html
    heating, calls, _ = running.questions.all()
    sent = {f"q{heating.pk}": "电", f"q{calls.pk}": "3", "condition": "NORMAL"}
    assert worker.post(url, sent).status_code == 302
    assert visit.answers.count() == 2
    again = page.request["PATH_INFO"] + "?saved=1"
    assert url not in worker.get(again).content.decode()  # answered: nothing more is asked
    assert url not in sign_in(world.township).get(again).content.decode()


def test_the_page_after_saving_costs_the_same_for_one_visit_and_for_ten(world, person, visited, log, sign_in):
    worker, counts = sign_in(world.worker), []
    for number in (1, 10):
        people = [person(f"演示{number}之{each}", level=1) for each in range(number)]
        record = log(clients=people, contacts=number, elderly=0)
        page = reverse("service_detail", args=[record.pk]) + "?saved=1"
        worker.get(page)
        with CaptureQueriesContext(connection) as seen:
            assert worker.get(page).content.decode().count("的探访结果") == number
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_county_sees_progress_and_answers_as_counts(world, running, visited):
    visited(of(running).client)
    write_result(
        by=world.worker,
        visit=of(running),
        condition=Condition.NORMAL,
        answers=answers(running, "电", "2", "想有人聊天"),
    )
    total = total_of(progress_by_station(world.county, running, TODAY))
    assert (total.due, total.made, total.open, total.late) == (2, 1, 1, 0)
    heating, number, wish = tallies(world.county, running)
    assert [(part["answer"], part["count"]) for part in heating.parts] == [("电", 1), ("煤", 0)]
    assert (number.mean, wish.answered, wish.parts) == (Decimal(2), 1, [])


def test_a_station_sees_its_own_part_of_the_progress(world, running):
    rows = progress_by_station(world.worker, running, TODAY)
    assert [row.name for row in rows] == ["北关街道社工站"]


def test_what_is_open_after_the_day_is_late(world, running):
    total = total_of(progress_by_station(world.county, running, DUE + timedelta(days=1)))
    assert total.late == 2


def test_closing_cancels_what_is_open(world, running, visited):
    visited(of(running).client)
    close_batch(by=world.county, batch=running, conclusion="完成")
    assert of(running).state == VisitState.MADE
    assert of(running, "演示丁").state == VisitState.CANCELLED
    with pytest.raises(ValidationError):
        extend_batch(by=world.county, batch=running)


def test_the_database_refuses_a_person_twice_in_a_batch(running):
    visit = of(running)
    visit.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.save(force_insert=True)


def test_a_choice_needs_choices(world, draft):
    with pytest.raises(ValidationError) as caught:
        save_question(by=world.county, batch=draft(), text="取暖", kind=QuestionKind.CHOICE, choices=["电"])
    assert set(caught.value.error_dict) == {"choices"}


@pytest.mark.parametrize(
    ("criteria", "words", "names"),
    [
        ({}, "全部在档服务对象", {"老", "幼", "中"}),
        ({"focus": ["elderly"]}, "老年人", {"老"}),
        ({"focus": ["children", "hardship"]}, "儿童、困难群众", {"幼", "中"}),
        ({"levels": [1]}, "跟进级别1级", {"老"}),
        ({"age_from": 60}, "60岁及以上", {"老"}),
        ({"age_to": 17}, "17岁及以下", {"幼"}),
        ({"age_from": 18, "age_to": 59, "categories": ["DIBAO"]}, "低保；18至59岁", {"中"}),
    ],
)
def test_criteria_find_whom_their_words_name(person, criteria, words, names):
    person("老", level=1, born_on=date(1960, 10, 20))
    person("幼", level=None, born_on=date(2008, 10, 21))
    person("中", level=None, born_on=date(1980, 1, 1), categories=("DIBAO",))
    assert in_words(criteria) == words
    assert set(Client.objects.open().filter(condition(criteria, TODAY)).values_list("name", flat=True)) == names


def test_starting_takes_as_many_statements_for_three_people_as_for_thirty(world, rules, draft):
    counts = []
    for number in (3, 30):
        for each in range(number):
            make_client(world.station(), f"演示{each}", categories=("LIVING_ALONE",))
        batch = draft(title=f"任务{number}")
        with CaptureQueriesContext(connection) as seen:
            start_batch(by=world.county, batch=batch)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_comes_back_is_taken_up_again_by_extending(world, running):
    client = Client.objects.get(name="演示甲")
    visit = Visit.objects.get(batch=running, client=client)
    close_file(by=world.worker, client=client, on=TODAY, ending=Ending.LEFT)
    assert Visit.objects.get(pk=visit.pk).state == VisitState.CANCELLED
    reopen_file(by=world.worker, client=client, on=TODAY, reason="回到本站")
    assert extend_batch(by=world.county, batch=running) == 1
    assert Visit.objects.get(pk=visit.pk).is_open
    cancel_visit(by=world.worker, visit=visit, reason="住院")
    assert extend_batch(by=world.county, batch=running) == 0  # what a worker cancelled stays so


def test_a_merge_that_is_undone_gives_the_visit_of_the_batch_back(world, running):
    client, kept = Client.objects.get(name="演示甲"), Client.objects.get(name="演示丙")
    visit = Visit.objects.get(batch=running, client=client)
    merge = merge_clients(by=world.worker, client=client, kept=kept, reason="重复建档")
    assert Visit.objects.get(pk=visit.pk).state == VisitState.CANCELLED
    unmerge_clients(by=world.worker, merge=merge, reason="不是同一人")
    assert Visit.objects.get(pk=visit.pk).is_open

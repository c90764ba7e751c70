"""The next visit is planned by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from clients.actions import give_consent, withdraw_consent
from clients.models import Client, ClientCategory, Consent, FileSpell, LevelSpell
from clients.signals import leaving, person_changed
from policies.kinds.visits import Since
from policies.models import PolicyDocument, Provision, ProvisionKind
from services.actions import correct_service, void_service
from stations.models import StaleMonth
from tests.clients.make import make_client
from tests.visits.conftest import TODAY, open_visit
from visits.actions import plan, plan_all
from visits.models import Source, Visit, VisitState
from visits.rules import Standing, counts_from

OPENED = date(2026, 10, 1)


def set_level(client, level, on=TODAY):
    LevelSpell.objects.filter(client=client, ends_on=None).update(ends_on=on)
    Client.objects.filter(pk=client.pk).update(level=level)
    if level:
        LevelSpell.objects.create(client=client, level=level, starts_on=on)


def states(client):
    return list(Visit.objects.filter(client=client).order_by("pk").values_list("state", flat=True))


def test_a_file_with_a_level_gets_a_visit_due_by_the_interval_with_its_reason(person):
    visit = open_visit(person(level=3))
    assert (visit.due_on, visit.level, visit.source) == (date(2026, 10, 31), 3, Source.LEVEL)
    assert visit.due_reason == "2026年10月1日定为3级，每30天探访一次，2026年10月31日前探访"
    assert visit.judged_due(cited=True).citation == "缺省（无文件） 探访间隔"


def test_without_a_level_nothing_is_planned(person):
    assert not Visit.objects.filter(client=person(level=None)).exists()


def test_planning_again_changes_nothing(person):
    visit = open_visit(person())
    for _ in range(2):
        assert not sum(plan_all().values())
    assert open_visit(visit.client).pk == visit.pk


def test_a_visit_that_was_made_plans_the_next_one(person, visited):
    client = person(level=2)
    record = visited(client)
    made, following = Visit.objects.filter(client=client).order_by("pk")
    assert (made.state, made.record, made.closed_on) == (VisitState.MADE, record, TODAY)
    assert (following.state, following.due_on) == (VisitState.OPEN, TODAY + timedelta(days=14))
    assert following.due_reason.startswith("上次探访2026年10月20日")


def test_a_service_of_another_method_makes_no_visit(person, visited):
    client = person()
    visited(client, method="HOTLINE")
    assert states(client) == [VisitState.OPEN]


def test_a_service_before_the_last_visit_that_is_entered_late_makes_none(person, visited):
    client = person()
    visited(client, date(2026, 10, 19))
    visited(client, date(2026, 10, 10))
    assert states(client) == [VisitState.MADE, VisitState.OPEN]


def test_voiding_the_record_opens_the_visit_again_and_drops_the_next_one(world, person, visited):
    client = person()
    first = open_visit(client)
    record = visited(client)
    void_service(by=world.worker, record=record, reason="录错了")
    assert open_visit(client).pk == first.pk
    assert open_visit(client).due_on == first.due_on


def test_voiding_an_older_record_leaves_the_chain_as_it_stands(world, person, visited):
    client = person(level=1)
    older = visited(client, date(2026, 10, 5))
    visited(client, TODAY)
    void_service(by=world.worker, record=older, reason="录错了")
    assert states(client) == [VisitState.CANCELLED, VisitState.MADE, VisitState.OPEN]
    assert open_visit(client).due_on == TODAY + timedelta(days=7)


def test_a_corrected_date_moves_the_visit_and_the_next_one(world, person, visited):
    client = person(level=1)
    record = visited(client, date(2026, 10, 19))
    correct_service(by=world.worker, record=record, reason="日期错", starts_on=TODAY, ends_on=TODAY)
    assert Visit.objects.get(record=record).closed_on == TODAY
    assert open_visit(client).due_on == TODAY + timedelta(days=7)


def test_a_corrected_record_that_names_somebody_else_frees_one_visit_and_makes_the_other(world, person, visited):
    first, second = person("演示甲"), person("演示乙")
    record = visited(first)
    correct_service(by=world.worker, record=record, reason="人错了", clients=[second])
    assert states(first)[0] == VisitState.OPEN
    assert Visit.objects.get(record=record).client == second


def test_a_new_level_plans_anew_from_its_day_and_says_so(person):
    client = person(level=6)
    set_level(client, 1)
    assert open_visit(client).due_on == TODAY + timedelta(days=7)
    assert "定为1级" in open_visit(client).due_reason


def test_what_was_planned_on_an_earlier_day_stays_as_cancelled(person):
    client = person(level=6)
    Visit.objects.update(planned_on=OPENED)
    set_level(client, 1)
    assert states(client) == [VisitState.CANCELLED, VisitState.OPEN]
    assert Visit.objects.filter(client=client).earliest("pk").reason == "跟进级别已调整"


def test_without_a_level_any_more_the_visit_is_cancelled(person):
    client = person()
    Visit.objects.update(planned_on=OPENED)
    set_level(client, None)
    plan([client.pk])
    assert states(client) == [VisitState.CANCELLED]


def test_a_closed_file_is_visited_no_more(person):
    client = person()
    Visit.objects.update(planned_on=OPENED)
    leaving.send(sender=Client, client=client, station=client.station, on=TODAY, by=None, to=None)
    assert states(client) == [VisitState.CANCELLED]


def test_a_file_that_moves_is_visited_by_its_new_station(world, person):
    client = person()
    Visit.objects.update(planned_on=OPENED)
    other = world.station("锦纶街道社工站")
    FileSpell.objects.filter(client=client).update(ends_on=TODAY)
    FileSpell.objects.create(client=client, station=other, starts_on=TODAY)
    assert open_visit(client).station == other
    assert states(client) == [VisitState.CANCELLED, VisitState.OPEN]


def test_a_merged_file_is_visited_as_the_one_that_stands(person):
    gone, kept = person("演示甲", level=1), person("演示甲", level=3)
    Client.objects.filter(pk=gone.pk).update(merged_into=kept)
    person_changed.send(sender=Client, persons={gone.pk: kept.pk}, by=None)
    assert not Visit.objects.open().filter(client=gone).exists()
    assert open_visit(kept).level == 3


def test_who_withdrew_the_consent_is_not_visited(person):
    client = person()
    Consent.objects.create(client=client, kind="SERVICE", given_on=OPENED, withdrawn_on=TODAY)
    plan_all()
    assert not Visit.objects.open().filter(client=client).exists()


def test_a_withdrawn_consent_cancels_the_visit_at_once_and_a_new_one_plans_it_again(world, person):
    client = person()
    consent = give_consent(by=world.worker, client=client, kind="SERVICE", given_on=OPENED)
    assert Visit.objects.open().filter(client=client).exists()
    withdraw_consent(by=world.worker, consent=consent, withdrawn_on=TODAY)
    assert not Visit.objects.open().filter(client=client).exists()
    give_consent(by=world.worker, client=client, kind="SERVICE", given_on=TODAY)
    assert open_visit(client).level == 3


def test_a_county_that_sets_its_own_interval_moves_what_is_planned(world, person):
    client = person(level=3)
    county = world.units["榆次区"]
    paper = PolicyDocument.objects.create(number="榆民〔2026〕1号", title="探访", issuer=county, issued_on=OPENED)
    Provision.objects.create(
        document=paper,
        unit=county,
        kind=ProvisionKind.VISIT_INTERVAL,
        clause="二",
        parameters={"level": "3", "days": 10},
    )
    plan_all()
    visit = open_visit(client)
    assert visit.due_on == date(2026, 10, 11)
    assert visit.judged_due(cited=True).citation == "榆民〔2026〕1号 二"


def test_focus_groups_follow_age_and_categories(person):
    client = person(born_on=date(1950, 1, 1))
    assert open_visit(client).elderly
    ClientCategory.objects.create(client=client, category="DIBAO", starts_on=TODAY)
    plan_all()
    assert open_visit(client).hardship


def test_the_figures_of_the_station_become_stale(world, person):
    StaleMonth.objects.all().delete()
    person()
    assert StaleMonth.objects.filter(unit=world.units["北关街道社工站"]).exists()


def test_the_database_refuses_two_open_visits_of_a_level(person):
    visit = open_visit(person())
    visit.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.save(force_insert=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": VisitState.MADE, "closed_on": TODAY},
        {"state": VisitState.CANCELLED, "closed_on": TODAY},
        {"closed_on": TODAY},
        {"level": None},
        {"condition": "NORMAL"},
    ],
)
def test_the_database_refuses_a_visit_that_contradicts_itself(person, wrong):
    visit = open_visit(person())
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(**wrong)


def test_planning_takes_as_many_statements_for_three_people_as_for_thirty(world, rules):
    counts = []
    for number in (3, 30):
        for each in range(number):
            make_client(world.station(), f"演示{each}", level=3, opened_on=OPENED)
        Visit.objects.all().delete()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            done = plan_all(TODAY)
        assert done["planned"] >= number
        counts.append(len(seen))
    assert counts[0] == counts[1]


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@given(days, days, st.none() | days)
def test_a_visit_counts_only_after_what_asked_for_it(opened_on, levelled_on, visited_on):
    standing = Standing(3, opened_on, levelled_on, visited_on)
    day, since = standing.since
    assert day == max(each for each in (opened_on, levelled_on, visited_on) if each)
    assert (counts_from(standing) > day) == (since is Since.VISITED)
    if visited_on:
        assert counts_from(standing) > visited_on or day > visited_on

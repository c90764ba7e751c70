"""Whom forms of other rooms offer by name."""

from __future__ import annotations

from datetime import date

import pytest

from clients.actions import give_consent, open_file, withdraw_consent
from clients.models import Category, Client
from clients.queries import picker
from tests.clients.conftest import NUMBER
from tests.clients.make import make_client


@pytest.fixture
def people(world, station):
    return [
        open_file(by=None, station=station, name=name, **facts)
        for name, facts in (
            ("演示林大山", {"id_number": NUMBER, "categories": [Category.DIBAO, Category.LIVING_ALONE]}),
            ("演示林小海", {"born_on": date(2016, 5, 1)}),
            ("演示周小河", {}),
        )
    ]


def names(picks):
    return [pick.name for pick in picks]


def test_the_newest_files_come_first(world, station, people):
    assert names(picker.recent(world.worker, station)) == ["演示周小河", "演示林小海", "演示林大山"]


def test_those_served_of_late_come_before(world, station, people):
    lately = [people[0].pk, people[1].pk, 999_999]
    assert names(picker.recent(world.worker, station, lately=lately)) == ["演示林大山", "演示林小海", "演示周小河"]


def test_a_row_tells_age_categories_and_a_masked_number(world, station, people):
    pick = picker.search(world.worker, station, "大山")[0]
    assert pick.categories == "低保、独居"
    assert pick.masked.startswith("990*")
    assert NUMBER not in pick.detail


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("林", ["演示林大山", "演示林小海"]),
        (" 小 河 ", ["演示周小河"]),
        ("YSL", ["演示林大山", "演示林小海"]),
        (NUMBER, ["演示林大山"]),
        (NUMBER[:17], []),
        ("", []),
        ("%", []),
    ],
)
def test_what_is_typed_finds_by_name_initials_or_whole_number(world, station, people, typed, found):
    assert names(picker.search(world.worker, station, typed)) == found


def test_who_withdrew_consent_is_not_offered_until_it_is_given_again(world, station, people):
    consent = give_consent(by=None, client=people[0], kind="SERVICE", given_on=date(2026, 1, 1))
    withdraw_consent(by=None, consent=consent, withdrawn_on=date(2026, 2, 1))
    assert Client.objects.get(pk=people[0].pk).refuses_use()
    assert "演示林大山" not in names(picker.recent(world.worker, station))
    give_consent(by=None, client=people[0], kind="SERVICE", given_on=date(2026, 3, 1))
    assert "演示林大山" in names(picker.recent(world.worker, station))


def test_closed_and_merged_files_are_not_offered(world, station, people):
    make_client(station, "演示已归档", closed_on=date(2026, 1, 1))
    make_client(station, "演示已并入", merged_into=people[0])
    assert len(picker.recent(world.worker, station)) == 3


def test_nobody_without_the_right_is_offered_anybody(world, station, people):
    for user in (world.county, world.agency, world.outsider):
        assert picker.recent(user, station) == []
        assert picker.search(user, station, "林") == []
        assert picker.of(user, [people[0].pk]) == []


def test_a_search_takes_two_queries(world, station, people, django_assert_num_queries):
    world.worker.paths("VIEW_CLIENTS")
    with django_assert_num_queries(2):
        picker.search(world.worker, station, "林")

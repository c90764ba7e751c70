"""Two files of one person: merged with history, unmerged when wrong; services and distinct people follow."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AuditEvent
from clients.actions.closing import close_file
from clients.actions.merging import merge_clients, not_duplicate, unmerge_clients
from clients.models import Client, ClientMerge, ClientRelation, Consent, NotDuplicate
from clients.vocabulary import Ending
from common.months import Month
from services.models import ServiceClient
from stations.models import StaleMonth
from tests.clients.conftest import number_of
from tests.clients.make import make_client
from tests.clients.served import serve
from tests.together import together
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db]


ONE, OTHER = number_of(date(1950, 1, 1), 101), number_of(date(1950, 1, 1), 103)


@pytest.fixture
def files(world) -> list[Client]:
    return [make_client(world.station(), name) for name in ("演示甲", "演示乙", "演示丙")]


def merge(world: World, client: Client, kept: Client) -> ClientMerge:
    return merge_clients(by=world.worker, client=client, kept=kept, reason="重复建档")


def roots(*clients: Client) -> list[int]:
    return [Client.objects.get(pk=client.pk).person_id for client in clients]


def test_a_merged_file_leads_to_the_one_that_is_kept_and_its_spell_ends(world, files):
    first, second, _ = files
    merge(world, first, second)
    first.refresh_from_db()
    assert first.merged_into == second
    assert first.closed_on == timezone.localdate()
    spell = first.spells.get()
    assert (spell.ends_on, spell.ending) == (timezone.localdate(), Ending.MERGED)
    assert not Client.objects.standing().filter(pk=first.pk).exists()


def test_merging_in_a_chain_leads_all_to_the_last(world, files):
    first, second, third = files
    merge(world, first, second)
    merge(world, second, third)
    assert roots(*files) == [third.pk] * 3


def test_services_keep_their_file_and_count_as_the_kept_person(world, files):
    first, second, _ = files
    serve(world.station(), first)
    serve(world.station(), second)
    serve(world.station(), first, second)
    merge(world, first, second)
    assert set(ServiceClient.objects.values_list("person", flat=True)) == {second.pk}
    assert ServiceClient.objects.filter(client=first).count() == 2


def test_the_months_of_services_at_their_stations_count_again(world, files):
    first, second, _ = files
    elsewhere = world.station("明星镇社工站")
    serve(elsewhere, first, on=date(2024, 3, 5))
    StaleMonth.objects.all().delete()
    merge(world, first, second)
    assert list(StaleMonth.objects.filter(unit=elsewhere.unit).values_list("month", flat=True)) == [Month(2024, 3)]
    own = StaleMonth.objects.filter(unit=world.station().unit).order_by("month")
    assert own.first().month == Month(2024, 1)  # the merged file was counted as open since then


def test_unmerging_restores_files_spells_and_services(world, files):
    first, second, third = files
    serve(world.station(), first)
    one = merge(world, first, second)
    merge(world, second, third)
    unmerge_clients(by=world.worker, merge=one, reason="实为两人")
    assert roots(*files) == [first.pk, third.pk, third.pk]
    first.refresh_from_db()
    spell = first.spells.get()
    assert (first.closed_on, spell.ends_on, spell.ending) == (None, None, "")
    assert ServiceClient.objects.get().person == first


def test_unmerging_in_the_middle_of_a_chain_keeps_what_was_merged_below(world, files):
    first, second, third = files
    merge(world, first, second)
    two = merge(world, second, third)
    unmerge_clients(by=world.worker, merge=two, reason="实为两人")
    assert roots(*files) == [second.pk, second.pk, third.pk]


def test_unmerging_a_file_that_was_closed_before_leaves_it_closed(world, files):
    first, second, _ = files
    close_file(by=world.worker, client=first, on=date(2026, 1, 5), ending=Ending.LOST)
    one = merge(world, first, second)
    unmerge_clients(by=world.worker, merge=one, reason="实为两人")
    first.refresh_from_db()
    assert first.closed_on == date(2026, 1, 5)
    assert first.spells.get().ending == Ending.LOST


def test_a_merge_is_undone_once(world, files):
    one = merge(world, *files[:2])
    unmerge_clients(by=world.worker, merge=one, reason="实为两人")
    with pytest.raises(ValidationError, match="已经撤销"):
        unmerge_clients(by=world.worker, merge=one, reason="实为两人")


def test_what_was_unmerged_can_be_merged_again_and_both_stay_in_the_history(world, files):
    one = merge(world, *files[:2])
    unmerge_clients(by=world.worker, merge=one, reason="实为两人")
    merge(world, *files[:2])
    assert files[0].merges.count() == 2


def test_merging_sent_twice_is_one_merge(world, files):
    assert merge(world, *files[:2]) == merge(world, *files[:2])
    assert ClientMerge.objects.count() == 1


@pytest.mark.parametrize("pair", [(1, 0), (0, 2)])
def test_a_file_that_is_merged_is_neither_merged_again_nor_kept(world, files, pair):
    merge(world, files[0], files[1])
    with pytest.raises(ValidationError, match="已并入"):
        merge(world, files[pair[0]], files[pair[1]])


def test_a_file_is_not_merged_into_itself(world, files):
    with pytest.raises(ValidationError, match="两份不同"):
        merge(world, files[0], files[0])


def test_files_with_two_numbers_are_two_people(world):
    first = make_client(world.station(), "演示甲", id_number=ONE)
    second = make_client(world.station(), "演示甲", id_number=OTHER)
    with pytest.raises(ValidationError, match="身份证号不同"):
        merge(world, first, second)


def test_an_open_file_is_not_merged_into_a_closed_one(world, files):
    close_file(by=world.worker, client=files[1], on=date(2026, 1, 5), ending=Ending.LEFT)
    with pytest.raises(ValidationError, match="已归档"):
        merge(world, files[0], files[1])


def test_kin_are_not_one_person(world, files):
    ClientRelation.objects.create(client=files[1], other=files[0], relation="SPOUSE")
    with pytest.raises(ValidationError, match="家庭成员"):
        merge(world, files[0], files[1])


def test_merging_does_not_lose_that_consent_was_withdrawn(world, files):
    Consent.objects.create(client=files[0], kind="SERVICE", given_on=date(2024, 1, 1), withdrawn_on=date(2025, 1, 1))
    with pytest.raises(ValidationError, match="撤回服务同意"):
        merge(world, files[0], files[1])
    merge(world, files[1], files[0])


@pytest.mark.parametrize("reason", ["", "  ", "身份证 " + ONE])
def test_merging_asks_for_a_reason_without_a_number(world, files, reason):
    with pytest.raises(ValidationError) as error:
        merge_clients(by=world.worker, client=files[0], kept=files[1], reason=reason)
    assert "reason" in error.value.message_dict


def test_the_trail_names_both_files_and_nobody(world, files):
    one = merge(world, *files[:2])
    unmerge_clients(by=world.worker, merge=one, reason="演示甲和演示乙是两人")
    events = AuditEvent.objects.order_by("pk")
    assert [event.verb for event in events] == ["合并档案"] * 2 + ["撤销合并档案"] * 2
    assert events[0].changes == {"并入": [None, f"档案 {files[1].pk}"]}
    assert "演示" not in str([(event.target_label, event.changes, event.reason) for event in events])


def test_files_said_to_be_two_people_are_said_once(world, files):
    not_duplicate(by=world.worker, client=files[1], other=files[0])
    not_duplicate(by=world.worker, client=files[0], other=files[1])
    row = NotDuplicate.objects.get()
    assert (row.client, row.other) == (files[0], files[1])


def test_the_database_refuses_two_standing_merges_of_a_file(world, files):
    merge(world, files[0], files[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        ClientMerge.objects.create(client=files[0], kept=files[2], reason="重复建档")


def test_the_database_refuses_a_merge_into_itself(world, files):
    with pytest.raises(IntegrityError), transaction.atomic():
        ClientMerge.objects.create(client=files[0], kept=files[0], reason="重复建档")
    with pytest.raises(IntegrityError), transaction.atomic():
        Client.objects.filter(pk=files[0].pk).update(merged_into=files[0])


def test_an_open_spell_has_no_ending(world, files):
    with pytest.raises(IntegrityError), transaction.atomic():
        files[0].spells.update(ending=Ending.LOST)


# ---- any order of merges and unmerges -------------------------------------------------------------------------------

FILES = 5
STEPS = st.lists(st.tuples(st.integers(0, FILES - 1), st.integers(0, FILES - 1), st.booleans()), max_size=14)


class AnyOrder(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def test_people_are_the_connected_files(self, steps):
        world = build_world()
        files = [make_client(world.station(), f"演示{number}") for number in range(FILES)]
        for file in files:
            serve(world.station(), file)
        edges: set[tuple[int, int]] = set()
        for first, second, undo in steps:
            standing = ClientMerge.objects.filter(undone_at=None, client=files[first]).first()
            if undo and standing:
                unmerge_clients(by=None, merge=standing, reason="撤销")
                edges.remove((standing.client_id, standing.kept_id))
                continue
            try:
                merge_clients(by=None, client=files[first], kept=files[second], reason="重复")
            except ValidationError:
                continue
            edges.add((files[first].pk, files[second].pk))
        keys = [file.pk for file in files]
        assert people(dict(zip(keys, roots(*files), strict=True))) == connected(keys, edges)
        rows = ServiceClient.objects.order_by("pk")
        assert [row.client_id for row in rows] == keys
        assert [row.person_id for row in rows] == roots(*files)
        for file in Client.objects.all():  # open exactly where the file stands for a person
            assert (file.merged_into_id is None) == (file.closed_on is None)
            assert (file.closed_on is None) == file.spells.filter(ends_on=None).exists()
            assert file.merged_into_id is None or file.merged_into.merged_into_id is None


def people(root_of: dict[int, int]) -> set[frozenset[int]]:
    return {frozenset(key for key, root in root_of.items() if root == one) for one in root_of.values()}


def connected(keys: list[int], edges: set[tuple[int, int]]) -> set[frozenset[int]]:
    """The components of the graph, grown edge by edge."""
    sets = {key: {key} for key in keys}
    for one, other in edges:
        joined = sets[one] | sets[other]
        for key in joined:
            sets[key] = joined
    return {frozenset(found) for found in sets.values()}


# ---- two at once ----------------------------------------------------------------------------------------------------

at_once = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL")


@at_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_of_two_merges_in_both_directions_at_once_one_wins(world, files, attempt):
    first, second, _ = files
    results = together(lambda: merge(world, first, second), lambda: merge(world, second, first))
    assert sorted(type(result).__name__ for result in results) == ["ClientMerge", "ValidationError"]
    assert len({*roots(first, second)}) == 1


@at_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_merges_in_a_circle_at_once_leave_no_circle(world, files, attempt):
    first, second, third = files
    together(
        lambda: merge(world, first, second), lambda: merge(world, second, third), lambda: merge(world, third, first)
    )
    standing = ClientMerge.objects.filter(undone_at=None)
    assert 1 <= standing.count() <= 2
    for client in Client.objects.exclude(merged_into=None):
        assert client.merged_into.merged_into_id is None


@at_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_of_two_that_undo_a_merge_at_once_one_wins(world, files, attempt):
    one = merge(world, *files[:2])
    acts = [lambda: unmerge_clients(by=world.worker, merge=one, reason="实为两人")] * 2
    assert sorted(type(result).__name__ for result in together(*acts)) == ["ClientMerge", "ValidationError"]

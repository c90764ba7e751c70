"""A station has one open file for an identity number, whichever way a file becomes open there."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from clients.actions import change_file, open_file
from clients.actions.closing import close_file, reopen_file
from clients.actions.merging import merge_clients, unmerge_clients
from clients.actions.transfers import accept_transfer, offer_transfer
from clients.models import Client, Transfer
from clients.vocabulary import Ending
from common.encrypted import blind_index
from tests.clients.conftest import NUMBER
from tests.clients.make import make_client
from tests.together import together

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def known(station) -> Client:
    return make_client(station, "演示林大山", id_number=NUMBER)


@pytest.fixture
def there(world):
    return world.station("明星镇社工站")


def told(act) -> str:
    with pytest.raises(ValidationError) as error:
        act()
    return str(error.value.messages)


def closed(station) -> Client:
    """A closed file with the same number, of before the known one was opened."""
    client = make_client(station, "演示林大山")
    close_file(by=None, client=client, on=date(2024, 5, 1), ending=Ending.LOST)
    Client.objects.filter(pk=client.pk).update(id_number=NUMBER, id_number_index=blind_index(NUMBER))
    client.refresh_from_db()
    return client


def test_the_page_refuses_a_known_number_at_once_and_leads_to_the_file(world, known, sign_in):
    page = sign_in(world.worker)
    typed = {"station": known.station_id, "name": "演示别名", "id_number": NUMBER, "opened_on": "2026-09-01"}
    for extra in ({}, {"another": "on"}):
        html = page.post(reverse("client_create"), typed | extra).content.decode()
        assert "本站已有这个身份证号的在档档案" in html
        assert f'href="{reverse("client_detail", args=[known.pk])}"' in html
        assert "不是同一人，仍要新建档案" not in html  # there is nothing to insist on
        assert NUMBER not in html.split("<form")[0]
    assert Client.objects.get() == known


def test_a_number_of_another_station_only_proposes(world, known, there, sign_in):
    Client.objects.filter(pk=known.pk).update(station=there)
    typed = {"station": world.station().pk, "name": "演示林大山", "id_number": NUMBER, "opened_on": "2026-09-01"}
    html = sign_in(world.worker).post(reverse("client_create"), typed).content.decode()
    assert "本站已有这个身份证号" not in html
    assert "其他站点有身份证号相同的档案" in html
    assert reverse("client_detail", args=[known.pk]) not in html


def test_a_file_given_a_known_number_is_refused(world, known, station):
    other = make_client(station, "演示乙")
    assert f"档案 {known.pk}" in told(lambda: change_file(by=world.worker, client=other, id_number=NUMBER))


def test_a_closed_file_is_not_reopened_beside_an_open_one(world, known, station):
    old = closed(station)
    words = told(lambda: reopen_file(by=world.worker, client=old, on=date(2026, 9, 1), reason="回来了"))
    assert f"档案 {known.pk}" in words
    assert "林大山" not in words
    close_file(by=world.worker, client=known, on=date(2026, 8, 1), ending=Ending.LOST)
    assert reopen_file(by=world.worker, client=old, on=date(2026, 9, 1), reason="回来了").closed_on is None


def test_a_file_does_not_move_to_where_one_with_its_number_is_open(world, known, there):
    coming = make_client(there, "演示林大山", id_number=NUMBER)
    words = told(lambda: offer_transfer(by=None, client=coming, to_station=known.station, reason="迁居"))
    assert f"档案 {known.pk}" in words
    assert not Transfer.objects.exists()


def test_a_file_that_was_opened_while_a_transfer_waited_holds_it_up(world, station, there):
    coming = make_client(there, "演示林大山", id_number=NUMBER)
    transfer = offer_transfer(by=None, client=coming, to_station=station, reason="迁居")
    known = open_file(by=world.worker, station=station, name="演示林大山", id_number=NUMBER)
    assert f"档案 {known.pk}" in told(lambda: accept_transfer(by=world.worker, transfer=transfer))
    coming.refresh_from_db()
    assert (coming.station, coming.closed_on) == (there, None)


def test_two_files_with_the_number_can_be_merged_and_then_moved(world, known, there):
    coming = make_client(there, "演示林大山", id_number=NUMBER)
    merge_clients(by=None, client=known, kept=coming, reason="同一人")
    transfer = offer_transfer(by=None, client=coming, to_station=world.station(), reason="迁居")
    accept_transfer(by=None, transfer=transfer)
    coming.refresh_from_db()
    assert coming.station == world.station()


def test_a_merge_is_not_undone_beside_a_file_that_was_given_the_number_until_that_is_mended(world, known, station):
    kept = make_client(station, "演示林大山")
    merge = merge_clients(by=None, client=known, kept=kept, reason="同一人")
    change_file(by=None, client=kept, id_number=NUMBER)  # which the merged file holds: it does not count
    words = told(lambda: unmerge_clients(by=None, merge=merge, reason="实为两人"))
    assert f"档案 {kept.pk}" in words
    known.refresh_from_db()
    assert known.merged_into == kept
    change_file(by=None, client=kept, id_number="")
    unmerge_clients(by=None, merge=merge, reason="实为两人")
    known.refresh_from_db()
    assert (known.merged_into, known.closed_on, known.id_number) == (None, None, NUMBER)


def test_the_database_refuses_a_second_open_file_with_the_number(known, station, there):
    make_client(there, "演示林大山", id_number=NUMBER)
    make_client(station, "演示乙")
    make_client(station, "演示丙")  # without numbers, as many as there are
    with pytest.raises(IntegrityError), transaction.atomic():
        make_client(station, "演示林大山", id_number=NUMBER)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_of_two_that_write_the_number_at_once_one_is_refused(world, station, attempt):
    one, two = make_client(station, "演示甲"), make_client(station, "演示乙")
    results = together(
        *(lambda client=client: change_file(by=None, client=client, id_number=NUMBER) for client in (one, two)),
        lambda: open_file(by=None, station=station, name="演示丙", id_number=NUMBER),
    )
    assert sorted(type(result).__name__ for result in results) == ["Client", "ValidationError", "ValidationError"]

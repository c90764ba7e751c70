"""A file moves to another station: one side asks, the other one agrees."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import Permission, Role
from clients import signals
from clients.actions.closing import close_file
from clients.actions.transfers import (
    accept_transfer,
    ask_for_transfer,
    offer_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from clients.models import Client, ClientRelation, Consent, Transfer, TransferState
from clients.vocabulary import Ending
from services.models import ServiceClient
from stations.models import StaleMonth, Station
from tests.clients.conftest import NUMBER, number_of
from tests.clients.make import make_client
from tests.clients.served import serve
from tests.together import together
from tests.world import make_station, make_user

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def client_file(world) -> Client:
    return make_client(world.station(), "演示甲", id_number=NUMBER)


@pytest.fixture
def there(world) -> Station:
    return world.station("明星镇社工站")


@pytest.fixture
def receiver(world, there):
    return make_user("receiver", "何（演示）", (Role.STATION_WORKER, there.unit))


def offer(world, client: Client, to: Station) -> Transfer:
    return offer_transfer(by=world.worker, client=client, to_station=to, reason="迁居")


def ask(receiver, there: Station, name: str = "演示甲", number: str = NUMBER) -> Transfer:
    return ask_for_transfer(by=receiver, to_station=there, name=name, id_number=number, reason="已迁来本镇")


def test_nothing_moves_before_the_other_side_agrees(world, client_file, there):
    transfer = offer(world, client_file, there)
    client_file.refresh_from_db()
    assert transfer.state == TransferState.ASKED
    assert client_file.station == world.station()


def test_the_file_moves_with_everything_in_it_and_services_stay(world, client_file, there, receiver):
    kin = make_client(world.station(), "演示乙")
    ClientRelation.objects.create(client=client_file, other=kin, relation="SPOUSE")
    Consent.objects.create(client=client_file, kind="SERVICE", given_on=date(2024, 1, 1))
    record = serve(world.station(), client_file)
    accept_transfer(by=receiver, transfer=offer(world, client_file, there), answer="同意")
    client_file.refresh_from_db()
    today = timezone.localdate()
    assert (client_file.station, client_file.opened_on) == (there, today)
    assert [(row.station, row.ends_on, row.ending) for row in client_file.spells.all()] == [
        (world.station(), today, Ending.MOVED),
        (there, None, ""),
    ]
    assert client_file.relations.exists() and client_file.consents.exists()
    assert ServiceClient.objects.get().station == record.station == world.station()


def test_the_new_station_reads_the_file_and_the_old_one_does_not(world, client_file, there, receiver):
    accept_transfer(by=receiver, transfer=offer(world, client_file, there))
    rows = Client.objects.filter(pk=client_file.pk)
    assert rows.visible_to(receiver, Permission.VIEW_CLIENTS).exists()
    assert not rows.visible_to(world.worker, Permission.VIEW_CLIENTS).exists()


def test_both_stations_count_again(world, client_file, there, receiver):
    transfer = offer(world, client_file, there)
    StaleMonth.objects.all().delete()
    accept_transfer(by=receiver, transfer=transfer)
    assert set(StaleMonth.objects.values_list("unit", flat=True)) == {world.station().pk, there.pk}


def test_the_receiver_asks_with_name_and_number_and_the_sender_agrees(world, client_file, there, receiver):
    transfer = ask(receiver, there)
    assert (transfer.client, transfer.from_station, transfer.asked_by_receiver) == (client_file, world.station(), True)
    accept_transfer(by=world.worker, transfer=transfer)
    client_file.refresh_from_db()
    assert client_file.station == there


OTHER = number_of(date(1950, 1, 1), 103)


@pytest.mark.parametrize(("name", "number"), [("演示乙", NUMBER), ("演示甲", OTHER), ("演示", NUMBER)])
def test_one_message_whether_name_or_number_is_wrong(client_file, there, receiver, name, number):
    with pytest.raises(ValidationError) as error:
        ask(receiver, there, name, number)
    assert "姓名和身份证号都相符" in error.value.message_dict["id_number"][0]


def test_the_receiver_asks_for_a_closed_file_and_it_opens_there(world, client_file, there, receiver):
    close_file(by=world.worker, client=client_file, on=date(2026, 1, 5), ending=Ending.LEFT)
    accept_transfer(by=world.worker, transfer=ask(receiver, there))
    client_file.refresh_from_db()
    assert (client_file.station, client_file.closed_on) == (there, None)
    assert client_file.spells.get(station=world.station()).ending == Ending.LEFT


def test_the_receiver_who_has_the_file_is_told(world, client_file):
    with pytest.raises(ValidationError, match="在本站已有"):
        ask(world.worker, world.station())


def test_who_may_write_at_both_stations_moves_the_file_at_once(world, client_file):
    second = make_station(world.units["北关街道"], date(2024, 1, 1), name="北关第二社工站")
    transfer = offer_transfer(by=world.township, client=client_file, to_station=second, reason="就近服务")
    client_file.refresh_from_db()
    assert (transfer.state, client_file.station) == (TransferState.ACCEPTED, second)


def test_a_refusal_says_why_and_leaves_the_file(world, client_file, there, receiver):
    transfer = offer(world, client_file, there)
    with pytest.raises(ValidationError):
        refuse_transfer(by=receiver, transfer=transfer, answer=" ")
    transfer = refuse_transfer(by=receiver, transfer=transfer, answer="不在本镇居住")
    client_file.refresh_from_db()
    assert (transfer.state, client_file.station) == (TransferState.REFUSED, world.station())


def test_what_is_decided_is_not_decided_again(world, client_file, there, receiver):
    transfer = withdraw_transfer(by=world.worker, transfer=offer(world, client_file, there), reason="写错站点")
    for act in (accept_transfer, refuse_transfer):
        with pytest.raises(ValidationError, match="已撤回"):
            act(by=receiver, transfer=transfer, answer="同意")


def test_an_offer_sent_twice_is_one(world, client_file, there):
    assert offer(world, client_file, there) == offer(world, client_file, there)
    with pytest.raises(ValidationError, match="另有转移申请"):
        offer(world, client_file, world.station("锦纶街道社工站"))


def test_the_file_does_not_move_to_where_it_is(world, client_file):
    with pytest.raises(ValidationError, match="已在该站点"):
        offer(world, client_file, world.station())


def test_the_file_does_not_move_to_a_station_that_is_not_built(world, client_file):
    planned = make_station(world.units["太谷区"], None, name="筹建社工站")
    with pytest.raises(ValidationError, match="尚未建成"):
        offer(world, client_file, planned)


def test_a_room_above_may_refuse_the_move(world, client_file, there, receiver):
    def busy(sender, client, to, **kwargs):
        assert to == there
        raise ValidationError("个案尚未结案")

    transfer = offer(world, client_file, there)
    signals.leaving.connect(busy)
    try:
        with pytest.raises(ValidationError, match="个案尚未结案"):
            accept_transfer(by=receiver, transfer=transfer)
    finally:
        signals.leaving.disconnect(busy)
    assert Transfer.objects.get().state == TransferState.ASKED


def test_the_trail_names_stations_and_nobody(world, client_file, there, receiver):
    accept_transfer(by=receiver, transfer=offer(world, client_file, there), answer="演示甲已到")
    events = AuditEvent.objects.order_by("pk")
    assert [event.verb for event in events] == ["申请转移档案", "转出档案", "转入档案"]
    assert events[2].path == there.unit.path
    assert "演示甲" not in str([(event.target_label, event.changes, event.reason) for event in events])


def test_the_database_refuses_a_second_open_transfer(world, client_file, there):
    offer(world, client_file, there)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            client=client_file, from_station=client_file.station, to_station=world.station("锦纶街道社工站"), reason="x"
        )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_accepting_and_withdrawing_at_once_one_wins(world, client_file, there, receiver, attempt):
    transfer = offer(world, client_file, there)
    results = together(
        lambda: accept_transfer(by=receiver, transfer=transfer),
        lambda: withdraw_transfer(by=world.worker, transfer=transfer, reason="写错站点"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Transfer", "ValidationError"]
    client_file.refresh_from_db()
    moved = Transfer.objects.get().state == TransferState.ACCEPTED
    assert client_file.station == (there if moved else world.station())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_offers_at_once_one_wins(world, client_file, there, attempt):
    jinlun = world.station("锦纶街道社工站")
    results = together(lambda: offer(world, client_file, there), lambda: offer(world, client_file, jinlun))
    assert sorted(type(result).__name__ for result in results) == ["Transfer", "ValidationError"]

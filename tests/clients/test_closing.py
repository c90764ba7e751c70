"""Closing a file and opening it again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent
from clients import signals
from clients.actions.closing import close_file, reopen_file
from clients.actions.merging import merge_clients
from clients.actions.transfers import offer_transfer
from clients.models import Client
from clients.vocabulary import Ending
from stations.models import StaleMonth
from tests.clients.make import make_client
from tests.clients.served import serve
from tests.together import together

pytestmark = [pytest.mark.django_db]
DAY = date(2026, 3, 1)


@pytest.fixture
def client_file(world) -> Client:
    return make_client(world.station(), "演示甲")


def close(world, client: Client, on: date = DAY, ending: str = Ending.LOST, note: str = "") -> Client:
    return close_file(by=world.worker, client=client, on=on, ending=ending, note=note)


def test_a_closed_file_is_kept_no_longer_and_says_why(world, client_file):
    client = close(world, client_file, note="多次联系无人应答")
    assert client.closed_on == DAY
    spell = client.spells.get()
    assert (spell.ends_on, spell.ending, spell.reason) == (DAY, Ending.LOST, "多次联系无人应答")
    assert not Client.objects.open_at(DAY).exists()
    assert Client.objects.open_at(DAY - timedelta(days=1)).exists()


def test_the_trail_tells_the_kind_of_reason_and_not_the_note(world, client_file):
    close(world, client_file, note="演示甲搬家")
    event = AuditEvent.objects.get()
    assert event.changes == {"结案归档日期": [None, str(DAY)], "结束原因": [None, "失联"]}
    assert (event.reason, event.target_label) == ("", f"档案 {client_file.pk}")


def test_the_months_since_closing_count_again(world, client_file):
    close(world, client_file)
    assert StaleMonth.objects.order_by("month").first().month.first == DAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": date(2023, 1, 1)}, "on"),
        ({"on": timezone.localdate() + timedelta(days=2)}, "on"),
        ({"ending": Ending.MERGED}, "ending"),
        ({"ending": "X"}, "ending"),
        ({"ending": Ending.OTHER}, "note"),
    ],
)
def test_a_wrong_closing_is_told_by_field(world, client_file, changes, field):
    with pytest.raises(ValidationError) as error:
        close(world, client_file, **changes)
    assert field in error.value.message_dict


def test_a_file_is_closed_once(world, client_file):
    close(world, client_file)
    with pytest.raises(ValidationError, match="归档"):
        close(world, client_file)


def test_no_file_is_closed_before_a_service_that_names_it(world, client_file):
    serve(world.station(), client_file, on=date(2026, 3, 5))
    with pytest.raises(ValidationError, match="2026-03-05"):
        close(world, client_file)
    close(world, client_file, on=date(2026, 3, 5))


def test_a_room_above_may_refuse(world, client_file):
    def busy(sender, client, station, on, by, to, **kwargs):
        assert (client, station, on, by, to) == (client_file, world.station(), DAY, world.worker, None)
        raise ValidationError("个案尚未结案")

    signals.leaving.connect(busy)
    try:
        with pytest.raises(ValidationError, match="个案尚未结案"):
            close(world, client_file)
    finally:
        signals.leaving.disconnect(busy)
    client_file.refresh_from_db()
    assert client_file.closed_on is None


def test_a_file_that_another_station_asks_for_is_not_closed(world, client_file):
    offer_transfer(by=world.worker, client=client_file, to_station=world.station("明星镇社工站"), reason="迁居")
    with pytest.raises(ValidationError, match="转移申请"):
        close(world, client_file)


def test_a_closed_file_opens_again_with_a_spell_of_its_own(world, client_file):
    close(world, client_file)
    client = reopen_file(by=world.worker, client=client_file, on=date(2026, 5, 1), reason="重新联系上")
    assert (client.opened_on, client.closed_on) == (date(2026, 5, 1), None)
    assert [(row.starts_on, row.ends_on) for row in client.spells.all()] == [
        (date(2024, 1, 1), DAY),
        (date(2026, 5, 1), None),
    ]


@pytest.mark.parametrize(("on", "field"), [(date(2026, 2, 1), "on"), (date(2099, 1, 1), "on")])
def test_a_file_opens_again_between_its_closing_and_today(world, client_file, on, field):
    close(world, client_file)
    with pytest.raises(ValidationError) as error:
        reopen_file(by=world.worker, client=client_file, on=on, reason="误操作")
    assert field in error.value.message_dict


def test_an_open_file_is_not_opened_again(world, client_file):
    with pytest.raises(ValidationError, match="在档"):
        reopen_file(by=world.worker, client=client_file, on=DAY, reason="误操作")


def test_a_merged_file_is_not_opened_again(world, client_file):
    kept = make_client(world.station(), "演示乙")
    merge_clients(by=world.worker, client=client_file, kept=kept, reason="重复")
    with pytest.raises(ValidationError, match="并入"):
        reopen_file(by=world.worker, client=client_file, on=timezone.localdate(), reason="误操作")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_that_close_a_file_at_once_one_wins(world, client_file, attempt):
    results = together(*[lambda: close(world, client_file)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Client", "ValidationError"]

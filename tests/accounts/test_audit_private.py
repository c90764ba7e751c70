"""What the trail tells of a model that keeps some of its fields private."""

from __future__ import annotations

from datetime import date

import pytest

from accounts import audit
from accounts.models import AuditEvent
from accounts.queries.audit import lines
from clients.models import ClientContact, Consent, ConsentKind, ContactKind
from files.actions import attach, remove
from tests.clients.make import make_client
from tests.files.samples import photo

NAME, PHONE = "演示林大山", "0354-0000777"


@pytest.fixture
def client_file(world):
    return make_client(world.station(), NAME, phone=PHONE)


def trail() -> str:
    """Every value of every event, decoded: in the database Chinese stands escaped."""
    return str(list(AuditEvent.objects.values()))


def record(world, target, changes):
    return audit.record(
        by=world.worker, verb="修改", target=target, unit=world.units["北关街道社工站"], changes=changes
    )


def test_a_private_field_is_told_as_filled_and_then_as_changed(client_file):
    before = audit.state(client_file)
    client_file.phone = "0354-0000778"
    client_file.household = "演示路 1 号"
    changed = audit.changes(before, audit.state(client_file))
    assert changed == {"phone": ["已填写", "已更改"], "household": ["", "已填写"]}


def test_a_private_field_that_is_emptied_says_so(client_file):
    before = audit.state(client_file)
    client_file.phone = ""
    assert audit.changes(before, audit.state(client_file)) == {"phone": ["已填写", ""]}


def test_an_unchanged_private_field_is_no_change(client_file):
    assert audit.changes(audit.state(client_file), audit.state(client_file)) == {}


def test_an_event_names_the_file_and_not_the_person(world, client_file):
    event = record(world, client_file, {})
    assert event.target_label == f"档案 {client_file.pk}"


def test_neither_names_nor_phones_get_into_the_trail(world, client_file):
    contact = ClientContact.objects.create(
        client=client_file, kind=ContactKind.GUARDIAN, name="演示林小海", phone="0354-0000779"
    )
    record(world, client_file, audit.first(client_file) | {"人": [None, client_file], "全部": audit.state(client_file)})
    record(world, contact, audit.first(contact) | {"联系人": [None, [contact]]})
    kept = trail()
    assert "已填写" in kept
    for secret in (NAME, PHONE, "演示林小海", "0354-0000779"):
        assert secret not in kept


def test_a_file_of_a_person_is_told_without_its_name_in_the_trail(world, client_file):
    consent = Consent.objects.create(client=client_file, kind=ConsentKind.SERVICE, given_on=date(2026, 1, 1))
    scan = photo(name=f"{NAME}的同意书.jpg")
    attached = attach(by=world.worker, target=consent, unit=client_file.station.unit, files=[scan], slot="scan")
    remove(by=world.worker, attachment=attached[0], reason="扫描不清")
    assert attached[0].name.startswith(NAME)
    assert NAME not in trail()


def test_a_reader_is_shown_the_file_where_a_change_points_to_a_person(world, client_file):
    contact = ClientContact.objects.create(client=client_file, kind=ContactKind.GUARDIAN, name="演示林小海")
    record(world, contact, {"client": [None, client_file.pk]})
    shown = lines(list(AuditEvent.objects.all()), world.worker)
    assert shown[0].changes[0].new == f"档案 {client_file.pk}"

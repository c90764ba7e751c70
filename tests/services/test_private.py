"""Place and result of a service that names people are the person's: in searches, in the trail, at the end."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from clients.signals import anonymised
from files.actions import attach
from files.models import Attachment
from services.actions import correct_service, review_service, void_service
from services.models import ReviewState, ServiceRecord
from tests.clients.make import make_client
from tests.files.samples import photo
from tests.services.conftest import NOW
from tests.services.test_list_page import LIST, titles

pytestmark = pytest.mark.django_db
HOME, SAID = "演示路 2 号", "老人说起儿子的事"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def jia(world):
    return make_client(world.station(), "演示甲")


@pytest.fixture
def visited(log, jia):
    return lambda *others, **changes: log(
        clients=[jia, *others], elderly=0, title="入户", place=HOME, result=SAID, **changes
    )


def test_a_home_is_found_by_who_reads_it_alone(sign_in, world, log, visited):
    visited()
    log(title="在广场", place="演示路广场")
    address = f"{LIST}?month=2026-10&q=演示路"
    assert sorted(titles(sign_in(world.worker).get(address))) == ["入户", "在广场"]
    assert titles(sign_in(world.county).get(address)) == ["在广场"]
    assert titles(sign_in(world.county).get(f"{LIST}?month=2026-10&q=入户")) == ["入户"]


def test_the_api_does_not_find_it_either(sign_in, world, visited):
    visited()
    found = sign_in(world.county).get("/api/v1/services/", {"month": "2026-10", "q": HOME}).json()
    assert found["results"] == []


@pytest.mark.parametrize("named_before", [True, False])
def test_the_trail_never_tells_the_home_of_somebody_who_is_named_or_was(world, log, jia, visited, named_before):
    record = visited() if named_before else log(elderly=0)
    changes = {"place": "演示路 9 号", "clients": [] if named_before else [jia]}
    correct_service(by=world.worker, record=record, reason="对象选错", **changes)
    told = AuditEvent.objects.get(verb="更正服务").changes
    assert "演示路" not in str(told) and "place" in told


def texts(record: ServiceRecord) -> tuple[str, str]:
    return ServiceRecord.objects.values_list("place", "result").get(pk=record.pk)


def anonymise(world, client) -> None:
    client.name, client.anonymised_at = "", NOW
    client.save()
    anonymised.send(sender=type(client), client=client, by=None)


def test_anonymising_empties_the_texts_of_a_persons_services(world, jia, visited):
    record = visited()
    attach(by=world.worker, target=record, unit=record.station.unit, files=[photo()], slot="photo")
    review_service(by=world.township, record=record, state=ReviewState.ASKED, comment="老甲的胃病好些吗")
    void_service(by=world.worker, record=record, reason="老甲住院了")
    anonymise(world, jia)
    record.refresh_from_db()
    assert texts(record) == ("", "")
    assert "老甲" not in f"{record.void_reason}{list(record.reviews.values())}"
    assert not Attachment.objects.exists()
    assert (record.contacts, record.starts_on) == (3, date(2026, 10, 20))


def test_a_service_that_names_somebody_else_keeps_its_texts_until_they_go_too(world, jia, visited):
    yi = make_client(world.station(), "演示乙")
    record = visited(yi)
    anonymise(world, jia)
    assert texts(record) == (HOME, SAID)
    anonymise(world, yi)
    assert texts(record) == ("", "")


def test_photos_of_a_named_service_open_for_who_reads_the_files_alone(sign_in, world, log, visited):
    named, open_ = visited(), log(title="在广场")
    for record in (named, open_):
        attach(by=world.worker, target=record, unit=record.station.unit, files=[photo()], slot="photo")
    of_named, of_open = (Attachment.objects.on(ServiceRecord).get(target_id=record.pk) for record in (named, open_))
    for who, status in (("worker", 200), ("township", 200), ("county", 404), ("city", 404), ("agency", 404)):
        client = sign_in(getattr(world, who))
        assert client.get(reverse("file_open", args=[of_named.pk])).status_code == status, who
        assert client.get(reverse("file_open", args=[of_open.pk])).status_code == 200, who
    assert "照片仅本站可见" in sign_in(world.county).get(reverse("service_detail", args=[named.pk])).content.decode()

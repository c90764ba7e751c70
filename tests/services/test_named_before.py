"""Correcting a record that names people: whom it named stays named, whatever became of the file since."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from clients.models import Consent
from services.actions import correct_service, log_service
from stations.models import StationPosting, Worker
from tests.clients.make import make_client

pytestmark = pytest.mark.django_db


class TestCorrectingWhoWasNamed:
    """Whom a record named stays named, whatever became of the file since."""

    def make(self, world, rules):
        station = world.station()
        worker = Worker.objects.create(unit=station.unit, name="演示社工")
        StationPosting.objects.create(worker=worker, station=station, starts_on=date(2023, 10, 1))
        client = make_client(station, "演示甲")
        record, _ = log_service(
            by=world.worker, station=station, client_id=uuid.uuid4(), workers=[worker], clients=[client],
            starts_on=date(2026, 9, 10), title="演示", domain="RELIEF", method="VISIT", contacts=1, hours=1,
        )  # fmt: skip
        return record, client

    def test_a_merged_file_does_not_hold_up_a_new_date(self, world, rules):
        record, client = self.make(world, rules)
        kept = make_client(world.station(), "演示甲二")
        client.merged_into = kept
        client.save()
        client.spells.update(ends_on=date(2026, 9, 12))
        corrected = correct_service(
            by=world.worker, record=record, reason="日期填错", starts_on=date(2026, 9, 11), ends_on=date(2026, 9, 11)
        )
        row = corrected.service_clients.get()
        assert (row.client_id, row.person_id) == (client.pk, kept.pk)

    def test_a_consent_withdrawn_later_does_not_hold_up_a_new_date(self, world, rules):
        record, client = self.make(world, rules)
        Consent.objects.create(client=client, kind="SERVICE", given_on=date(2026, 1, 1), withdrawn_on=date(2026, 9, 20))
        correct_service(
            by=world.worker, record=record, reason="日期", starts_on=date(2026, 9, 9), ends_on=date(2026, 9, 9)
        )
        assert record.service_clients.count() == 1

    def test_a_day_without_a_file_here_is_still_refused(self, world, rules):
        record, _ = self.make(world, rules)
        with pytest.raises(ValidationError, match="没有本站在档"):
            correct_service(
                by=world.worker, record=record, reason="日期", starts_on=date(2023, 12, 1), ends_on=date(2023, 12, 1),
            )  # fmt: skip

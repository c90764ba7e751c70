"""Services of the tests that name people: `serve(station, client)` writes the rows as log_service would."""

from __future__ import annotations

from datetime import UTC, date, datetime

from clients.models import Client
from common.months import Month
from services.models import ServiceClient, ServiceRecord
from stations.models import Station

DAY = date(2026, 9, 1)


def serve(station: Station, *clients: Client, on: date = DAY) -> ServiceRecord:
    """A visit on that day, with the people's files as they stand."""
    record = ServiceRecord.objects.create(
        station=station, month=Month.of(on), starts_on=on, ends_on=on, title="入户探访", domain="ELDERLY_CARE",
        method="VISIT", administrative=False, contacts=max(len(clients), 1), hours="1.0",
        entered_at=datetime(2026, 9, 1, 8, tzinfo=UTC), on_time=True,
    )  # fmt: skip
    for client in clients:
        ServiceClient.objects.create(
            service=record, client=client, person_id=client.person_id, station=station, month=record.month, elderly=True
        )
    return record

"""People served of the tests: `make_client(station, "演示甲")` has a file open since 2024."""

from __future__ import annotations

from datetime import date
from typing import Any

from clients.models import Client, ClientCategory, FileSpell, LevelSpell
from common.encrypted import blind_index
from stations.models import Station

OPENED = date(2024, 1, 1)


def make_client(
    station: Station, name: str = "演示甲", *, categories: tuple[str, ...] = (), opened_on: date = OPENED, **fields: Any
) -> Client:
    """A file that is open at the station since `opened_on`, registered as `categories` since then."""
    number = fields.get("id_number")
    client = Client.objects.create(
        station=station,
        name=name,
        opened_on=opened_on,
        id_number_index=blind_index(number) if number else None,
        is_demo=True,
        **fields,
    )
    FileSpell.objects.create(client=client, station=station, starts_on=opened_on)
    if client.level:
        LevelSpell.objects.create(client=client, level=client.level, starts_on=opened_on)
    ClientCategory.objects.bulk_create(
        ClientCategory(client=client, category=category, starts_on=opened_on) for category in categories
    )
    return client

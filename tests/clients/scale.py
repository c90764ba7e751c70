"""Many people and services, for tests of plans and query counts on PostgreSQL: `crowd(world)` makes 50,000 files and
200,000 services at 100 stations in about half a minute. `seq_scans(queries, tables)` tells which plans read a table
from end to end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from accounts.actions import add_unit
from accounts.initials import initials_of
from clients.models import Client, ClientCategory, Consent, FileSpell
from common.encrypted import blind_index
from common.months import Month
from services.models import ServiceClient, ServiceRecord
from stations.models import Station
from tests.clients.conftest import number_of
from tests.world import World, make_station

STATIONS, FILES, SERVICES = 100, 50_000, 200_000
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", ("大山", "小海", "秀英", "志强", "玉兰", "建国", "文静")
OPENED, FIRST = date(2024, 1, 1), date(2026, 3, 1)
BIG = ("clients_client", "services_servicerecord", "services_serviceclient")


def crowd(world: World) -> Client:
    """Everything evenly over the stations; the files of the world's station are a hundredth. Returns a file of that
    station which bears a number."""
    stations = [world.station(), *_more_stations(world)]
    born = [date(1935, 1, 1) + timedelta(days=389 * number) for number in range(80)]
    clients = [
        Client(
            station=stations[number % STATIONS],
            name=(name := f"{SURNAMES[number % 10]}{GIVEN[number % 7]}"),
            initials=initials_of(name),
            born_on=born[number % 80],
            level=number % 6 + 1,
            opened_on=OPENED,
        )
        for number in range(FILES)
    ]
    found = clients[0]
    found.id_number = number_of(born[0])
    found.id_number_index = blind_index(found.id_number)
    for number, client in enumerate(clients[1:], 1):  # digests of nobody: an index needs many values
        client.id_number_index = f"{number:064x}"
    Client.objects.bulk_create(clients, batch_size=2000)
    FileSpell.objects.bulk_create(
        [FileSpell(client=one, station=one.station, starts_on=OPENED) for one in clients], batch_size=5000
    )
    ClientCategory.objects.bulk_create(
        [ClientCategory(client=one, category="LIVING_ALONE", starts_on=OPENED) for one in clients], batch_size=5000
    )
    Consent.objects.bulk_create(
        [Consent(client=one, kind="SERVICE", given_on=OPENED) for one in clients], batch_size=5000
    )
    days = [FIRST + timedelta(days=number) for number in range(180)]
    for start in range(0, SERVICES, 20_000):
        records = [_service(stations[number % STATIONS], days[number % 180]) for number in range(start, start + 20_000)]
        ServiceRecord.objects.bulk_create(records, batch_size=1000)
        ServiceClient.objects.bulk_create(
            [
                ServiceClient(
                    service=record, client_id=one.pk, person_id=one.pk, station_id=record.station_id,
                    month=record.month, elderly=True,
                )
                for number, record in enumerate(records, start)
                if (one := clients[number % FILES])
            ],
            batch_size=5000,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return found


def _more_stations(world: World) -> list[Station]:
    """Other townships of the world's city, each with its station."""
    county = world.units["太谷区"]
    return [
        make_station(add_unit(parent=county, name=f"第{number}镇", code=f"140703{200 + number}000"), date(2023, 1, 1))
        for number in range(1, STATIONS)
    ]


def _service(station: Station, day: date) -> ServiceRecord:
    return ServiceRecord(
        client_id=uuid.uuid4(), station=station, month=Month.of(day), starts_on=day, ends_on=day, title="入户探访",
        domain="ELDERLY_CARE", method="VISIT", administrative=False, contacts=1, hours=Decimal(1),
        entered_at=datetime(day.year, day.month, day.day, 8, tzinfo=UTC), on_time=True,
    )  # fmt: skip


def seq_scans(statements: Iterable[str], tables: Iterable[str] = BIG) -> list[str]:
    """The statements (as run, with their values) whose plan reads one of the tables from end to end."""
    tables = tuple(tables)
    found = []
    with connection.cursor() as cursor:
        for statement in statements:
            if not statement.lstrip("( ").upper().startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            read = re.findall(r"Seq Scan on (\w+)", plan)
            found += [f"{table}: {statement[:900]}" for table in tables if table in read]
    return found

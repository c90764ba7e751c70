"""Distinct people: counted once at each level, by brute force and by the snapshots."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import OrgUnit
from clients.models import Category, Client, FileSpell
from common.months import Month
from reporting.compute import compute_month, compute_station_month
from reporting.compute.distinct import meetings
from reporting.figures import figures_of
from services.actions import log_service, void_service
from services.models import Domain, Method, ServiceClient, ServiceRecord
from stations.models import Station, StationPosting, Worker
from tests.clients.make import make_client
from tests.world import build_world

pytestmark = pytest.mark.django_db
MONTH = Month(2026, 9)
DAY = date(2026, 9, 10)
HERE, THERE, FAR = "北关街道社工站", "锦纶街道社工站", "明星镇社工站"


def serve(station: Station, *clients: Client, contacts: int = 5) -> ServiceRecord:
    """A service at the station that names these people."""
    worker, _ = Worker.objects.get_or_create(unit=station.unit, name="演示社工")
    StationPosting.objects.get_or_create(worker=worker, station=station, defaults={"starts_on": date(2024, 1, 1)})
    record, _ = log_service(
        by=None, station=station, client_id=uuid.uuid4(), workers=[worker], clients=clients, starts_on=DAY,
        title="演示服务", domain=Domain.ELDERLY_CARE, method=Method.VISIT, contacts=contacts, hours=1,
    )  # fmt: skip
    return record


def people(world, unit: str, key: str = "people") -> int:
    return figures_of(world.units[unit], MONTH)[key].value


def also_at(client: Client, station: Station) -> Client:
    """A second file of the same person, at another station."""
    other = make_client(station, client.name)
    other.merged_into = client
    other.save()
    return other


def test_somebody_served_twice_counts_once_and_their_contacts_twice(world, rules):
    client = make_client(world.station(HERE), categories=(Category.DIBAO,))
    serve(world.station(HERE), client)
    serve(world.station(HERE), client)
    compute_month(MONTH)
    assert people(world, HERE) == 1
    assert people(world, HERE, "people_DIBAO") == 1
    assert people(world, HERE, "people_contacts_DIBAO") == 2
    assert people(world, HERE, "people_hardship") == 1
    assert people(world, HERE, "contacts") == 10


def test_somebody_whom_two_stations_served_counts_once_where_they_meet(world, rules):
    client = make_client(world.station(HERE))
    client.spells.update(ends_on=date(2026, 9, 5))
    FileSpell.objects.filter(client=client).update(ends_on=date(2026, 9, 11))
    FileSpell.objects.create(client=client, station=world.station(THERE), starts_on=date(2026, 9, 10))
    serve(world.station(HERE), client)
    serve(world.station(THERE), client, make_client(world.station(THERE), "演示乙"))
    compute_month(MONTH)
    assert (people(world, HERE), people(world, THERE)) == (1, 2)
    assert (people(world, "北关街道"), people(world, "锦纶街道")) == (1, 2)
    assert people(world, "榆次区") == 2
    assert people(world, "晋中市") == 2
    assert people(world, "全国") == 2


def test_two_files_of_one_person_in_two_counties_count_once_in_the_city(world, rules):
    client = make_client(world.station(HERE), categories=(Category.LIVING_ALONE,))
    other = also_at(client, world.station(FAR))
    serve(world.station(HERE), client)
    with pytest.raises(Exception, match="没有本站在档"):  # a merged file takes no more services
        serve(world.station(FAR), other)
    record = serve(world.station(FAR))
    ServiceClient.objects.create(
        service=record, client=other, person=client, station=record.station, month=record.month, elderly=True
    )
    compute_month(MONTH)
    assert (people(world, "榆次区"), people(world, "太谷区"), people(world, "晋中市")) == (1, 1, 1)
    assert people(world, "晋中市", "people_elderly") == 1
    assert people(world, "晋中市", "people_LIVING_ALONE") == 1


def test_a_voided_service_served_nobody(world, rules):
    record = serve(world.station(HERE), make_client(world.station(HERE)))
    compute_month(MONTH)
    assert people(world, HERE) == 1
    void_service(by=None, record=record, reason="演示作废")
    compute_station_month(world.units[HERE].pk, MONTH)
    assert people(world, HERE) == people(world, "全国") == 0


def test_files_open_and_newly_opened(world, rules):
    make_client(world.station(HERE))
    make_client(world.station(HERE), "演示乙", opened_on=date(2026, 9, 3))
    moved = make_client(world.station(HERE), "演示丙")
    FileSpell.objects.filter(client=moved).update(ends_on=date(2026, 9, 8))
    FileSpell.objects.create(client=moved, station=world.station(THERE), starts_on=date(2026, 9, 8))
    compute_month(MONTH)
    assert (people(world, HERE, "client_files"), people(world, THERE, "client_files")) == (2, 1)
    assert people(world, "榆次区", "client_files") == 3
    assert people(world, "榆次区", "client_files_opened") == 1


def test_meetings_takes_off_only_where_stations_meet():
    rows = [("000100010001", 7, (1, 0)), ("000100010002", 7, (1, 1)), ("000100020001", 7, (0, 1))]
    assert meetings(rows) == {"00010001": (-1, 0), "0001": (0, -1)}


class DistinctProperty(TestCase):
    """Whatever is served where, each unit counts the people below it, and a recount gives what a whole count gives."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 5), st.booleans(), st.sampled_from(["", "elderly", "orphans"])),
            max_size=14,
        )
    )
    def test_every_unit_counts_the_people_below_it(self, servings):
        build_world()
        stations = list(Station.objects.select_related("unit").order_by("pk"))
        home = stations[0]
        people_served = [make_client(home, f"演示{number}") for number in range(6)]
        compute_month(MONTH)
        expected: dict[str, set[int]] = {}
        focused: dict[str, set[int]] = {}
        for where, who, counted, focus in servings:
            station, person = stations[where], people_served[who]
            record = ServiceRecord.objects.create(
                station=station, month=MONTH, starts_on=DAY, ends_on=DAY, title="演示", domain=Domain.RELIEF,
                method=Method.VISIT, administrative=False, contacts=1, hours=1, entered_at="2026-09-11T00:00:00+08:00",
                on_time=True, due_on=DAY,
            )  # fmt: skip
            ServiceClient.objects.create(
                service=record, client=person, person=person, station=station, month=MONTH, counted=counted,
                elderly=focus == "elderly", orphans=focus == "orphans",
            )  # fmt: skip
            compute_station_month(station.pk, MONTH)
            for end in range(4, len(station.unit.path) + 1, 4) if counted else ():
                expected.setdefault(station.unit.path[:end], set()).add(person.pk)
                if focus == "elderly":
                    focused.setdefault(station.unit.path[:end], set()).add(person.pk)
        by_recounts = self._read()
        compute_month(MONTH)
        assert self._read() == by_recounts
        for path, (total, elderly) in by_recounts.items():
            assert total == len(expected.get(path, ())), path
            assert elderly == len(focused.get(path, ())), path

    def _read(self) -> dict[str, tuple[int, int]]:
        found = {}
        for unit in OrgUnit.objects.all():
            figures = figures_of(unit, MONTH)
            found[unit.path] = (figures["people"].value or 0, figures["people_elderly"].value or 0)
        return found

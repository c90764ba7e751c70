"""Rows that tell of nobody by themselves are seen by who reads records, and by supervisors: one union of stations."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.roles import Permission, Role
from casework.models import Activity, Case, Group
from linkage.models import Referral
from stations.models import SupervisorAssignment, Worker
from tests.clients.make import make_client
from tests.world import make_user
from visits.models import Source, Visit
from visits.queries.listing import seen

pytestmark = [pytest.mark.django_db]
BOTH = (Permission.VIEW_RECORDS, Permission.VIEW_CLIENTS)


@pytest.fixture
def supervisor(world, station):
    user = make_user("du", "督导（演示）", (Role.STATION_WORKER, world.units["明星镇社工站"]))
    worker = Worker.objects.create(unit=world.units["太谷区"], name="某督导", user=user)
    SupervisorAssignment.objects.create(station=station, worker=worker, lead=True, starts_on=date(2024, 1, 1))
    return user


@pytest.mark.parametrize(
    "rows",
    [
        seen,
        lambda user: Referral.objects.visible_to(user, *BOTH),
        *(lambda user, model=model: model.objects.visible_to(user, BOTH[0]) for model in (Case, Group, Activity)),
    ],
    ids=["visits", "referrals", "cases", "groups", "activities"],
)
def test_the_stations_are_a_union(supervisor, rows):
    """An OR of both reaches would have PostgreSQL read every row."""
    sql = str(rows(supervisor).query)
    assert sql.count("UNION ALL") == 1
    assert sql.count(" IN (") == 1, sql


def test_who_reads_records_and_who_supervises_see_a_visit_and_nobody_else(world, station, supervisor):
    client = make_client(station)
    visit = Visit.objects.create(
        client=client, station=station, source=Source.HAND, planned_on=date(2026, 9, 1), counts_from=date(2026, 9, 1),
        due_on=date(2026, 9, 8),
    )  # fmt: skip
    for user in (world.worker, world.township, world.county, supervisor):
        assert list(seen(user)) == [visit], user
    for user in (world.outsider, make_user("far", "远（演示）", (Role.STATION_WORKER, world.units["锦纶街道社工站"]))):
        assert not seen(user).exists(), user
    assert not Visit.objects.visible_to(world.county, Permission.VIEW_CLIENTS).exists()
    assert Visit.objects.visible_to(supervisor, Permission.VIEW_CLIENTS).exists()

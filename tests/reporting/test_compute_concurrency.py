"""Two workers at once, on a database that lets them: PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import connection

from reporting import lease
from reporting.compute import compute_month, compute_station_month
from reporting.models import UnitMonth
from stations import stale
from stations.models import StaleMonth
from tests.reporting.facts import OCTOBER, service
from tests.together import together

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"),
]


def test_two_recounts_of_siblings_lose_nothing_in_their_county(world):
    compute_month(OCTOBER)
    stations = [world.station(), world.station("锦纶街道社工站")]
    for number in range(1, 13):
        for station in stations:
            service(station)
        results = together(*(lambda pk=station.pk: compute_station_month(pk, OCTOBER) for station in stations))
        assert results == [None, None]
        assert UnitMonth.objects.get(unit=world.units["榆次区"], month=OCTOBER).measures["services"] == 2 * number


def test_a_recount_and_a_whole_count_at_once_agree(world):
    compute_month(OCTOBER)
    for number in range(1, 9):
        service(world.station())
        results = together(lambda: compute_month(OCTOBER), lambda: compute_station_month(world.station().pk, OCTOBER))
        assert not any(isinstance(result, Exception) for result in results)
        for name in ("北关街道社工站", "榆次区", "全国"):
            assert UnitMonth.objects.get(unit=world.units[name], month=OCTOBER).measures["services"] == number


def test_two_workers_claim_no_row_twice(world, monkeypatch):
    names = iter(["elsewhere:1", "elsewhere:2"])
    monkeypatch.setattr(lease, "worker_name", lambda: next(names))
    for unit in world.units.values():
        stale.mark(unit.pk, [OCTOBER])
    claims = [claim for claim in together(lease.claim, lease.claim) if claim]
    claimed = [row.id for claim in claims for row in claim.rows]
    assert len(claimed) == len(set(claimed)) <= StaleMonth.objects.count()
    assert claimed

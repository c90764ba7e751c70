"""The lease on stale months: nothing is lost, nothing is counted for nothing, and one bad row stops no other."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.months import Month
from policies.models import ProvisionKind
from policies.signals import rules_changed
from reporting import lease, recount, signals, tasks
from reporting.compute import compute_month
from reporting.models import UnitMonth
from stations import stale
from stations.models import StaleMonth, Station
from tests.reporting.facts import OCTOBER, service

BEIGUAN, JINLUN = "北关街道社工站", "锦纶街道社工站"
NOVEMBER = OCTOBER + 1


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2023-12-15T10:00:00+08:00", tick=False)


@pytest.fixture
def counted(world):
    """The world with October counted, and a service in it that is not counted yet."""
    compute_month(OCTOBER)
    service(world.station())
    return world


def services_of(unit, month: Month = OCTOBER) -> int:
    return UnitMonth.objects.get(unit=unit, month=month).measures.get("services", 0)


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def held_by(worker: str, station: Station, **fields) -> None:
    stale.mark(station.pk, [OCTOBER])
    now = timezone.now()
    StaleMonth.objects.update(claimed_by=worker, **{"claimed_at": now, "heartbeat_at": now, **fields})


def test_draining_counts_and_leaves_nothing(counted):
    stale.mark(counted.station().pk, [OCTOBER])
    assert recount.drain() == 1
    assert services_of(counted.units["全国"]) == 1
    assert not StaleMonth.objects.exists()
    assert recount.drain() == 0


def test_draining_with_nothing_to_do_takes_no_lock(world, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert recount.drain() == 0


def test_a_message_delivered_twice_counts_once(counted):
    stale.mark(counted.station().pk, [OCTOBER])
    tasks.drain()
    before = list(UnitMonth.objects.order_by("pk").values_list("pk", "measures", "computed_at"))
    tasks.drain()
    assert list(UnitMonth.objects.order_by("pk").values_list("pk", "measures", "computed_at")) == before


def test_a_higher_unit_is_counted_with_those_above_it_and_nothing_below(counted, monkeypatch):
    service(counted.station("明星镇社工站"))
    before = services_of(counted.units["太谷区"])
    UnitMonth.objects.filter(unit=counted.units["北关街道"], month=OCTOBER).update(measures={"services": 5})
    stale.mark(counted.units["晋中市"].pk, [OCTOBER])
    monkeypatch.setattr(recount, "compute_month", None)
    recount.drain()
    assert services_of(counted.units["太谷区"]) == before
    assert services_of(counted.units["榆次区"]) == 0
    stale.mark(counted.units["榆次区"].pk, [OCTOBER])
    recount.drain()
    assert services_of(counted.units["全国"]) == services_of(counted.units["榆次区"]) == 5
    assert not StaleMonth.objects.exists()


def test_a_stale_city_among_many_stale_stations_is_counted_too(counted, monkeypatch):
    monkeypatch.setattr(recount, "FEW", 2)
    for unit in (counted.units["兰州市"], counted.station(BEIGUAN).unit, counted.station(JINLUN).unit):
        stale.mark(unit.pk, [OCTOBER])
    recount.drain()
    assert not StaleMonth.objects.exists()
    assert services_of(counted.units["全国"]) == 1


def test_many_stale_stations_are_counted_as_one_subtree(counted, monkeypatch):
    monkeypatch.setattr(recount, "FEW", 2)
    tops = []
    whole = recount.compute_month
    monkeypatch.setattr(recount, "compute_month", lambda month, *, top: (tops.append(top), whole(month, top=top)))
    for station in (BEIGUAN, JINLUN):
        stale.mark(counted.station(station).pk, [OCTOBER])
    recount.drain()
    assert tops == [counted.units["榆次区"]]
    assert services_of(counted.units["全国"]) == 1
    assert not StaleMonth.objects.exists()


def test_a_few_stale_stations_of_many_are_counted_by_themselves(counted, monkeypatch):
    monkeypatch.setattr(recount, "FEW", 2)
    monkeypatch.setattr(recount, "WHOLE_SHARE", 1)
    for station in (BEIGUAN, "北坛街道社工站"):
        stale.mark(counted.station(station).pk, [OCTOBER])
    monkeypatch.setattr(recount, "compute_month", None)
    recount.drain()
    assert services_of(counted.units["全国"]) == 1


def test_a_claim_takes_the_rows_of_one_month_the_latest_first(world):
    stale.mark(world.station().pk, [OCTOBER, NOVEMBER])
    claimed = lease.claim()
    assert (claimed.month, len(claimed.rows)) == (NOVEMBER, 1)
    lease.finish(claimed)
    assert lease.claim().month == OCTOBER


def test_months_that_are_shown_come_before_those_never_counted(counted):
    stale.mark(counted.station().pk, [NOVEMBER])
    stale.mark(counted.station().pk, [OCTOBER])
    assert lease.claim().month == OCTOBER


def test_what_another_worker_holds_is_not_claimed(world):
    held_by("elsewhere:1", world.station())
    assert lease.claim() is None


def test_a_row_that_changed_while_it_was_counted_is_counted_again(counted, monkeypatch):
    station = counted.station()
    stale.mark(station.pk, [OCTOBER])
    count = recount.compute_unit_months
    calls = []

    def count_and_change(unit_ids, month):
        count(unit_ids, month)
        calls.append(unit_ids)
        if len(calls) == 1:
            service(station)
            stale.mark(station.pk, [OCTOBER])

    monkeypatch.setattr(recount, "compute_unit_months", count_and_change)
    recount.drain()
    assert len(calls) == 2
    assert services_of(counted.units["全国"]) == 2
    assert not StaleMonth.objects.exists()


def test_one_row_that_fails_lets_the_others_through(counted, monkeypatch, caplog):
    bad = counted.station(JINLUN).pk
    count = recount.compute_unit_months

    def fail_for_one(unit_ids, month):
        count(unit_ids, month)
        if bad in unit_ids:
            raise RuntimeError("poison")

    monkeypatch.setattr(recount, "compute_unit_months", fail_for_one)
    stale.mark(bad, [OCTOBER])
    stale.mark(counted.station().pk, [OCTOBER])
    with caplog.at_level(logging.CRITICAL):
        recount.drain()
    assert services_of(counted.units["全国"]) == 1
    row = StaleMonth.objects.get()
    assert (row.unit_id, row.claimed_by, row.attempts) == (bad, "", lease.ALONE_AFTER)


def test_a_row_that_keeps_failing_rests_and_is_tried_alone(counted, time_machine):
    stale.mark(counted.station().pk, [OCTOBER])
    stale.mark(counted.station(JINLUN).pk, [OCTOBER])
    StaleMonth.objects.update(attempts=lease.ALONE_AFTER, claimed_at=timezone.now())
    assert lease.claim() is None
    time_machine.shift(lease.REST + timedelta(seconds=1))
    claimed = lease.claim()
    assert len(claimed.rows) == 1


def test_a_worker_of_this_host_that_is_gone_loses_its_rows_at_once(counted):
    held_by(f"{socket.gethostname()[:60]}:{dead_pid()}", counted.station())
    assert recount.drain() == 1
    assert services_of(counted.units["全国"]) == 1


def test_a_worker_of_this_host_that_runs_keeps_its_rows(world):
    held_by(f"{socket.gethostname()[:60]}:{os.getppid()}", world.station())
    assert lease.sweep() == 0


def test_a_worker_that_gave_no_sign_loses_its_rows(world, time_machine):
    held_by("elsewhere:1", world.station())
    assert lease.sweep() == 0
    time_machine.shift(lease.LEASE + timedelta(seconds=1))
    assert lease.sweep() == 1
    row = StaleMonth.objects.get()
    assert (row.claimed_by, row.attempts) == ("", 1)


def test_whole_months_cover_the_running_and_the_last_month_and_fill_gaps(world):
    service(world.station(), date(2023, 12, 3))
    compute_month(Month(2023, 9))
    recount.count_whole_months()
    assert services_of(world.units["全国"], Month(2023, 12)) == 1
    recount.drain()
    months = set(UnitMonth.objects.filter(unit=world.units["全国"]).values_list("month", flat=True))
    assert months == set(Month(2023, 9).until(Month(2023, 12)))


def test_whole_months_of_an_empty_system_are_no_error(db):
    recount.count_whole_months()


@pytest.fixture
def nudges(monkeypatch):
    sent = []
    monkeypatch.setattr(signals, "wake", sent.append)
    return sent


def test_a_transaction_nudges_once_and_only_after_its_commit(world, nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            stale.mark(world.station().pk, [OCTOBER])
            stale.mark(world.station(JINLUN).pk, [OCTOBER, NOVEMBER])
        assert nudges == []
    assert len(nudges) == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_nudges_nobody_and_hinders_no_later_nudge(world, nudges):
    with pytest.raises(RuntimeError), transaction.atomic():
        stale.mark(world.station().pk, [OCTOBER])
        raise RuntimeError
    assert nudges == []
    stale.mark(world.station().pk, [OCTOBER])
    assert len(nudges) == 1


def test_a_new_target_recounts_what_was_counted_since(world):
    for month in (Month(2023, 9), OCTOBER):
        compute_month(month)
    city = world.units["晋中市"]
    rules_changed.send(sender=None, path=city.path, kind=ProvisionKind.COVERAGE_TARGET, since=date(2023, 10, 5))
    assert list(StaleMonth.objects.values_list("unit", "month")) == [(city.pk, OCTOBER)]


def test_a_rule_that_is_no_target_recounts_nothing(world):
    compute_month(OCTOBER)
    path = world.units["晋中市"].path
    rules_changed.send(sender=None, path=path, kind=ProvisionKind.MONTHLY_REPORT, since=None)
    assert not StaleMonth.objects.exists()

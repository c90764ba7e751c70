"""The worker's part: drain what is stale, keep the running months fresh, take over from workers that are gone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from time import monotonic

from django.db import transaction
from django.utils import timezone

from accounts.models import Level, OrgUnit
from common.months import Month
from common.paths import STEP
from reporting import lease
from reporting.compute import compute_month, compute_unit_months
from reporting.models import UnitMonth
from stations import stale

log = logging.getLogger(__name__)

BATCH = 200  # units in one transaction
FEW = 20  # stations that are always counted one by one
WHOLE_SHARE = 10  # a subtree is counted whole once a tenth of its stations is stale: that is faster than one by one
LONGEST_DRAIN = 45.0  # seconds, after which a task ends and leaves the rest to the next


def drain(*, seconds: float = LONGEST_DRAIN) -> int:
    """Count stale months until none is free or the time is over; returns how many rows were worked on."""
    sweep()
    end, worked = monotonic() + seconds, 0
    while monotonic() < end:
        claimed = lease.claim()
        if claimed is None:
            break
        _work(claimed)
        worked += len(claimed.rows)
    return worked


def sweep() -> int:
    """Release the rows of workers that are gone."""
    released = lease.sweep()
    if released:
        log.warning("released %d stale months whose worker is gone", released)
    return released


def count_whole_months() -> None:
    """Count the running and the last month whole, since days pass without a change; gaps before them are marked."""
    now = Month.of(timezone.localdate())
    for month in (now - 1, now):
        compute_month(month)
    counted = set(UnitMonth.objects.filter(unit__level=Level.NATION).values_list("month", flat=True))
    nation = OrgUnit.objects.filter(level=Level.NATION).first()
    missing = [month for month in min(counted, default=now).until(now) if month not in counted]
    if nation and missing:
        stale.mark(nation.pk, missing)


def _work(claimed: lease.Claim) -> None:
    for part, top in _parts(claimed):
        lease.beat(claimed)
        if _counted(part, top):
            continue
        if len(part.rows) == 1:
            lease.give_up(part)
            continue
        for row in part.rows:  # find those that fail, and let the others through
            alone = part.only([row])
            lease.beat(claimed)
            if not _counted(alone, None):
                lease.give_up(alone)
    lease.release(claimed)


def _parts(claimed: lease.Claim) -> Iterator[tuple[lease.Claim, OrgUnit | None]]:
    """The claim in pieces of one transaction each: a subtree of which many stations are stale, or some units."""
    stations = OrgUnit.objects.filter(level=Level.STATION).only("path").in_bulk([row.unit_id for row in claimed.rows])
    rows: Iterable[lease.Row] = claimed.rows
    if top := _worth_counting_whole([unit.path for unit in stations.values()]):
        yield claimed.only(row for row in claimed.rows if row.unit_id in stations), top
        rows = [row for row in claimed.rows if row.unit_id not in stations]
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield claimed.only(batch), None


def _worth_counting_whole(paths: list[str]) -> OrgUnit | None:
    """The lowest unit above all these stations, where they are so many of its stations that all are counted faster."""
    if len(paths) < FEW:
        return None
    low, high = min(paths), max(paths)
    shared = [low[:end] for end in range(STEP, len(low) + 1, STEP) if low[:end] == high[:end]]
    top = OrgUnit.objects.get(path=shared[-1])
    below = OrgUnit.objects.under(top).filter(level=Level.STATION).count()
    return top if len(paths) * WHOLE_SHARE >= below else None


def _counted(part: lease.Claim, top: OrgUnit | None) -> bool:
    """Count and remove the rows in one transaction: after a crash both happened or neither. False: it failed."""
    try:
        with transaction.atomic():
            if top is None:
                compute_unit_months([row.unit_id for row in part.rows], part.month)
            else:
                compute_month(part.month, top=top)
            lease.finish(part)
    except Exception:
        log.exception("counting %s of %d stale units failed: %s", part.month, len(part.rows), part.rows[:5])
        return False
    return True

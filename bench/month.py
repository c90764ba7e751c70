"""Counting: a whole month against the yardstick, and one station's month with its ancestors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from accounts.models import Level, OrgUnit
from bench import by_hand
from bench.nation import MONTH
from reporting.compute import compute_month, compute_station_month
from reporting.models import UnitMonth

ROUNDS = 3
STATIONS = 40


def seconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


def whole_month() -> dict[str, Any]:
    """Seconds, medians of alternating runs, after one of each that is not counted. Both write the same rows."""
    by_hand.count_month(MONTH)
    expected = _snapshots()
    compute_month(MONTH)
    same = _snapshots() == expected
    taken: dict[str, list[float]] = {"compute": [], "by_hand": []}
    for _ in range(ROUNDS):
        taken["by_hand"].append(seconds(partial(by_hand.count_month, MONTH)))
        taken["compute"].append(seconds(partial(compute_month, MONTH)))
    compute, hand = median(taken["compute"]), median(taken["by_hand"])
    return {"compute": compute, "by_hand": hand, "ratio": compute / hand, "same_rows": same, "units": len(expected)}


def one_station_month() -> float:
    """Milliseconds, the median over stations spread over the country."""
    leaves = list(OrgUnit.objects.filter(level=Level.STATION).values_list("pk", flat=True))
    some = leaves[:: max(len(leaves) // STATIONS, 1)][:STATIONS]
    compute_station_month(some[0], MONTH)
    return 1000 * median(seconds(partial(compute_station_month, pk, MONTH)) for pk in some)


def _snapshots() -> dict[int, int]:
    """Unit → a digest of what both count: the registry may have more by now."""
    rows = UnitMonth.objects.filter(month=MONTH).values_list("unit_id", "measures")
    return {
        unit_id: hash(frozenset((key, number) for key, number in measures.items() if key in by_hand.AT))
        for unit_id, measures in rows.iterator(chunk_size=2000)
    }

"""The order of the list of procurements."""

from __future__ import annotations

from typing import Any

SORTS = ("announced_on", "budget", "first_year")


def sorted_procurements(rows: Any, sort: str) -> Any:
    """In the order of `?sort=`; the latest first for an unknown key."""
    return rows.order_by(sort, "pk") if sort.removeprefix("-") in SORTS else rows.order_by("-announced_on", "-pk")

"""A nation of invented stations with one month of services, of any size; the same rows for the same size."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from accounts.models import Level, OrgUnit
from bench.bulk import load, tidy
from common.months import Month
from common.paths import child
from reporting.models import MonthlyReport
from services.models import Domain, Method, ServiceRecord
from stations.models import (
    Certificate,
    Dimension,
    DimensionState,
    Employment,
    Station,
    StationPosting,
    StationStatus,
    StatusSpell,
    Worker,
)

MONTH = Month(2026, 3)
MIDNIGHT = "2023-01-01 00:00:00+08:00"
FAN_OUT = {Level.NATION: 32, Level.PROVINCE: 11, Level.CITY: 9, Level.COUNTY: 13}  # as China has on average
DOMAINS, METHODS, DIMENSIONS = Domain.values, Method.values, Dimension.values


def units(stations: int) -> list[tuple[int, int | None, str, int]]:
    """(id, parent id, path, level) in the order of paths, with one station below each township."""
    rows: list[tuple[int, int | None, str, int]] = []
    left = stations

    def grow(parent: int | None, path: str, level: int) -> None:
        nonlocal left
        number = len(rows) + 1
        rows.append((number, parent, path, level))
        if level == Level.TOWNSHIP:
            left -= 1
            rows.append((len(rows) + 1, number, child(path, 1), Level.STATION))
            return
        for step in range(1, FAN_OUT[Level(level)] + 1):
            if left <= 0:
                return
            grow(number, child(path, step), level + 1)

    grow(None, child("", 1), Level.NATION)
    return rows


def build(*, stations: int, services: int, month: Month = MONTH) -> None:
    """Fill an empty database."""
    tree = units(stations)
    leaves = [number for number, _, _, level in tree if level == Level.STATION]
    load(
        OrgUnit,
        ["id", "parent_id", "path", "level", "name", "code", "stats_code", "initials", "is_virtual", "source"],
        ((n, parent, path, level, f"单位{n}", None, "", "dw", 0, "") for n, parent, path, level in tree),
    )
    _stations(leaves)
    _workers(leaves)
    _services(leaves, services, month)
    load(
        MonthlyReport,
        ["station_id", "month", "state", "summary", "problems", "plan", "zero_confirmed", "figures", "submitted_at",
         "on_time", "due_reason", "due_provisional", "is_demo"],
        (
            (unit, int(month), "SUBMITTED", "", "", "", 0, "{}", MIDNIGHT, int(unit % 10 > 1), "", 0, 0)
            for unit in leaves
            if unit % 12
        ),
    )  # fmt: skip
    tidy()


def _completed(unit: int) -> date:
    return date(2022, 1, 1) + timedelta(days=unit * 7 % 1400)


def _stations(leaves: list[int]) -> None:
    load(
        Station,
        ["unit_id", "kind", "address", "contact_name", "contact_phone", "hosting", "host_name", "completed_on",
         "basics_entered_on", "due_on", "due_reason", "due_provisional", "is_demo", "created_at"],
        (
            (u, "STATION", "某路 1 号", "某人", "0351-1", "AGENCY", "某机构", _completed(u), _completed(u),
             _completed(u) + timedelta(days=7), "", 0, 0, MIDNIGHT)
            for u in leaves
        ),
    )  # fmt: skip
    load(StatusSpell, ["station_id", "status", "starts_on", "ends_on", "note"], _spells(leaves))
    load(
        DimensionState,
        ["station_id", "dimension", "met", "starts_on", "ends_on", "note"],
        ((u, d, int((u + n) % 5 > 0), _completed(u), None, "") for u in leaves for n, d in enumerate(DIMENSIONS)),
    )


def _spells(leaves: list[int]) -> Iterator[tuple[Any, ...]]:
    order = [StationStatus.BUILDING, StationStatus.COMPLETED, StationStatus.SIGN_HUNG, StationStatus.OPERATING]
    for unit in leaves:
        days = [_completed(unit) + timedelta(days=offset) for offset in (-90, 0, 10, 20)]
        for number, status in enumerate(order):
            yield unit, status.value, days[number], days[number + 1] if number < 3 else None, ""


def _workers(leaves: list[int]) -> None:
    pairs = [(2 * n + k + 1, unit) for n, unit in enumerate(leaves) for k in range(2)]
    load(Worker, ["id", "unit_id", "name", "id_number", "phone", "is_demo", "created_at"],
         ((w, u, f"社工{w}", "", "", 0, MIDNIGHT) for w, u in pairs))  # fmt: skip
    load(Certificate, ["worker_id", "level", "number", "issued_on"],
         ((w, "ASSISTANT", f"N{w:09d}", "2021-10-01") for w, _ in pairs if w % 3))  # fmt: skip
    load(Employment, ["worker_id", "employer_kind", "employer_name", "full_time", "starts_on", "ends_on"],
         ((w, "AGENCY", "某机构", int(w % 4 > 0), "2022-01-01", None) for w, _ in pairs))  # fmt: skip
    load(StationPosting, ["worker_id", "station_id", "starts_on", "ends_on", "note"],
         ((w, u, _completed(u), None, "") for w, u in pairs))  # fmt: skip


def _services(leaves: list[int], services: int, month: Month) -> None:
    """Spread over stations and days as they are entered in life: not station by station."""
    dice = random.Random(20260301)
    per_day = services // month.last.day + 1

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(services):
            day = month.first + timedelta(days=number // per_day)
            method, contacts = METHODS[int(dice.random() ** 2 * len(METHODS))], int(dice.random() * 40) + 1
            voided = number % 100 == 99
            yield (
                uuid.UUID(int=dice.getrandbits(128), version=4).hex, leaves[int(dice.random() * len(leaves))],
                int(month), day, day, "入户探访独居老人", DOMAINS[int(dice.random() * len(DOMAINS))], method,
                int(method == Method.CLERICAL), "社区活动室", contacts, contacts // 2, contacts // 4, contacts // 9,
                contacts // 5, f"{0.5 + int(dice.random() * 30) / 10:.1f}", number % 4, f"{number % 4 * 1.5:.1f}", "",
                f"{day} 20:00:00+08:00", int(number % 8 > 0), f"{day} 21:00:00+08:00" if voided else None,
                "重复" if voided else "", 0, day, "", 0,
            )  # fmt: skip

    load(
        ServiceRecord,
        ["client_id", "station_id", "month", "starts_on", "ends_on", "title", "domain", "method", "administrative",
         "place", "contacts", "elderly", "children", "orphans", "hardship", "hours", "volunteers", "volunteer_hours",
         "result", "entered_at", "on_time", "voided_at", "void_reason", "is_demo", "due_on", "due_reason",
         "due_provisional"],
        rows(),
    )  # fmt: skip

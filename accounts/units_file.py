"""Reading the compact list of the nation's units (accounts/data; origin, date and licence: docs/data.md)."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from accounts.models import CLOSED_LONG_AGO

DATA = Path(__file__).resolve().parent / "data"
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Row:
    """A line of units.csv.gz. `number` is its place among its siblings, from 1, by which the path is given."""

    code: str
    stats_code: str
    parent: str
    level: int
    name: str
    is_virtual: bool
    closed_on: date | None
    source: str
    number: int


@dataclass(frozen=True)
class FormerRow:
    """A line of former_codes.csv.gz: former code and name, today's code. `same`: the unit itself, not its heir."""

    code: str
    name: str
    current: str
    changed_on: str
    same: bool


def _closed_on(mark: str, when: str) -> date | None:
    if not mark:
        return None
    if not when:
        return CLOSED_LONG_AGO
    # Of a year the source tells no day: at its end the unit was gone.
    return date(int(when), 12, 31) if _YEAR.fullmatch(when) else date.fromisoformat(when)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_units(folder: Path = DATA) -> list[Row]:
    """Every unit, parents before children."""
    rows: list[Row] = []
    siblings: dict[str, int] = {}
    for line in _lines(folder / "units.csv.gz"):
        parent = line["parent"]
        siblings[parent] = siblings.get(parent, 0) + 1
        rows.append(
            Row(
                code=line["code"],
                stats_code=line["stats_code"],
                parent=parent,
                level=int(line["level"]),
                name=line["name"],
                is_virtual=bool(line["virtual"]),
                closed_on=_closed_on(line["closed"], line["closed_on"]),
                source=line["source"],
                number=siblings[parent],
            )
        )
    return rows


def read_former_codes(folder: Path = DATA) -> list[FormerRow]:
    return [
        FormerRow(
            code=line["former_code"],
            name=line["former_name"],
            current=line["current_code"],
            changed_on=line["changed_on"],
            same=line["relation"] == "same",
        )
        for line in _lines(folder / "former_codes.csv.gz")
    ]

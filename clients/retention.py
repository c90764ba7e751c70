"""What is kept of a person for a time only. Rooms declare it; `manage.py anonymise` goes over all of it.

    keep(Kept("volunteers", "志愿者", "人", "退出", ended=left_before, anonymise=anonymise_volunteer))

The period is one for all (policies.kinds.retention): that of the place, in force on the day of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

Ended = tuple[int, int, date]  # key of the row, key of its unit, the day on which its time began to run


class Anonymise(Protocol):
    def __call__(self, key: int, *, ended_on: date, source: str) -> object:
        """In one transaction, as the system. Raises ValidationError when the row is no more as `ended` found it."""


@dataclass(frozen=True)
class Kept:
    """`ended(on)`: the rows not yet anonymised whose time began before `on`; one query."""

    key: str
    label: str
    measure: str
    event: str
    ended: Callable[[date], Iterable[Ended]]
    anonymise: Anonymise


KEPT: dict[str, Kept] = {}


def keep(kept: Kept) -> None:
    if kept.key in KEPT:
        raise ValueError(f"{kept.key} is declared twice")
    KEPT[kept.key] = kept

"""Sums over dated changes of money, in whole fen. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


def spendable(changes: Iterable[tuple[date, int]], on: date) -> int:
    """How much may leave on `on` without the balance falling below nothing at the end of that day or of a later one.

    `changes` are (day, fen) in any order. An entry dated back must not spend what was spent since.
    """
    by_day: dict[date, int] = {}
    for day, fen in changes:
        by_day[day] = by_day.get(day, 0) + fen
    balance = sum(fen for day, fen in by_day.items() if day <= on)
    least = balance
    for day in sorted(day for day in by_day if day > on):
        balance += by_day[day]
        least = min(least, balance)
    return least


@dataclass(frozen=True)
class Layer:
    """What is left of one arrival of money."""

    key: int
    on: date
    fen: int


def layers(arrivals: Iterable[tuple[int, date, int]], held: int) -> list[Layer]:
    """What lies there, by the day it arrived: first in, first out. The oldest first.

    `arrivals` are (key, day, fen). What went out came from the oldest, so what lies there is the latest to arrive.
    Money that came back (reversals, allocations taken back) is no arrival: it is as old as it was.
    """
    left = held
    found = []
    for key, day, fen in sorted(arrivals, key=lambda row: (row[1], row[0]), reverse=True):
        if left <= 0:
            break
        found.append(Layer(key, day, min(fen, left)))
        left -= fen
    return found[::-1]

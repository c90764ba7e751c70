"""A unit's measures as a list of whole numbers, a place for each measure of the registry: adding is then one `map`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import add

from accounts.models import Level
from reporting.measures import Measure, Place
from reporting.registry import MEASURES, SOURCES

# What is counted for stations comes first, source by source; then what is derived; what does not add up comes last.
_DERIVED = [m for m in MEASURES.values() if m.derive is not None]
ORDER: list[Measure] = [
    *(measure for measures in SOURCES.values() for measure in measures),
    *(m for m in _DERIVED if m.additive),
    *(m for m in _DERIVED if not m.additive),
]
INDEX: dict[str, int] = {measure.key: position for position, measure in enumerate(ORDER)}
ADDITIVE = sum(measure.additive for measure in ORDER)
ARISING: dict[Level, list[tuple[int, Measure]]] = {
    level: [(INDEX[m.key], m) for m in _DERIVED if m.level in (level, None)] for level in Level
}
_PIECES = [f'"{measure.key}":%d' for measure in ORDER]

Vector = list[int]


class Named(Mapping[str, int]):
    """A vector read by measure keys, for the functions that derive."""

    def __init__(self, vector: Sequence[int]) -> None:
        self.vector = vector

    def __getitem__(self, key: str) -> int:
        return self.vector[INDEX[key]]

    def __iter__(self) -> Iterable[str]:  # type: ignore[override]
        return iter(INDEX)

    def __len__(self) -> int:
        return len(INDEX)


def empty() -> Vector:
    return [0] * len(ORDER)


def added(total: Vector, child: Vector) -> Vector:
    """The sum of what adds up; what does not is 0."""
    return [*map(add, total[:ADDITIVE], child), *[0] * (len(ORDER) - ADDITIVE)]


def derive(vector: Vector, place: Place) -> None:
    """Add, in place, what arises at the unit itself, in the registry's order."""
    named = Named(vector)
    for position, measure in ARISING[place.level]:
        vector[position] += measure.derive(named, place)  # type: ignore[misc]


def encode(vector: Vector) -> str:
    """JSON for UnitMonth.measures; zeros are left out. Keys and numbers need no escaping."""
    return ("{" + ",".join(compress(_PIECES, vector)) + "}") % tuple(filter(None, vector))


def decode(measures: Mapping[str, int]) -> Vector:
    """The vector that `encode` wrote; keys that the registry no longer knows are dropped."""
    vector = empty()
    for key, number in measures.items():
        position = INDEX.get(key)
        if position is not None:
            vector[position] = number
    return vector

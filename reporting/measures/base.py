"""What a measure is: a count or sum over dated facts for a station and month, or derived from such higher up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Expression

from accounts.models import Level

EVERY_LIVE_TOWNSHIP = -1  # a target that asks for all townships, whatever their number

Values = Mapping[str, int]


class Source(models.TextChoices):
    """Where a measure comes from. All but the last two are one grouped query each (reporting.measures.sources)."""

    STATIONS = "stations", "站点"
    SPELLS = "spells", "站点状态"
    DIMENSIONS = "dimensions", "建设标准检查"
    POSTINGS = "postings", "驻站社工"
    SERVICES = "services", "服务记录"
    REPORTS = "reports", "月报"
    DERIVED = "derived", "由已有计量得出"
    POLICY = "policy", "制度文件"

    @property
    def counted(self) -> bool:
        """Is it a grouped query over facts?"""
        return self not in (Source.DERIVED, Source.POLICY)


@dataclass(frozen=True)
class Place:
    """What a derived measure may ask of its unit, as of the day that the month is counted on."""

    level: Level
    virtual: bool = False
    live: bool = True
    township_target: int = 0  # 0: none of its own; EVERY_LIVE_TOWNSHIP
    room_target: int = 0

    @property
    def real(self) -> bool:
        return self.live and not self.virtual


@dataclass(frozen=True)
class Measure:
    """A whole number for a unit and month; with `decimals`, in units of 10**-decimals (hours in tenths).

    `aggregate` is summed for each station by its source; `derive` is computed at `level` (None: at every level) from
    what the unit has so far. An additive measure of a unit is the sum over its children, plus what arises at it.
    """

    key: str
    label: str
    source: Source
    aggregate: Expression | None = None
    derive: Callable[[Values, Place], int] | None = None
    level: Level | None = Level.STATION
    additive: bool = True
    decimals: int = 0

    def decode(self, stored: int) -> int | Decimal:
        """The stored whole number as people read it."""
        return Decimal(stored).scaleb(-self.decimals) if self.decimals else stored

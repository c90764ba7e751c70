"""Figures as pages show them: the number in words, its fraction, and the way to its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import OrgUnit
from common.months import Month
from common.templatetags.shezhan import number, percent, rounded
from reporting.figures import Figure, decimals_of
from reporting.indicators import PERCENT
from reporting.registry import INDICATORS

NOT_COUNTED = "尚未计算"


@dataclass(frozen=True)
class Shown:
    """One figure on a page. `text` is "—" where there is nothing to divide, and `missing` where nothing was counted."""

    key: str
    label: str
    text: str
    unit: str  # "" for a share, whose text carries the percent sign
    fraction: str  # of a share
    href: str
    ratio: Decimal | None  # of a share
    missing: bool


def shown(figure: Figure, unit: OrgUnit, month: Month, *, label: str = "") -> Shown:
    """A figure as a page shows it; `label` replaces the registry's where the place makes part of it plain."""
    return _shown(
        figure.indicator.key,
        label or figure.indicator.label,
        figure.indicator.unit,
        figure.numerator,
        figure.denominator,
        figure.value,
        href=figure.url(unit, month) if figure.numerator is not None else "",
    )


def shown_frozen(key: str, frozen: Mapping[str, Any], unit: OrgUnit, month: Month, *, label: str = "") -> Shown | None:
    """The figure `key` out of a report's frozen indicators; None when the report was frozen without it."""
    entry = frozen.get(key)
    if entry is None:
        return None
    indicator = INDICATORS.get(key)
    records = indicator.records if indicator else None
    decimals = decimals_of(indicator) if indicator and not indicator.is_share else None
    return _shown(
        key,
        label or entry["label"],
        entry["unit"],
        _exact(entry["numerator"]),
        _exact(entry["denominator"]),
        _exact(entry["value"], decimals),
        href=records.url(unit.pk, month) if records else "",
    )


def _exact(value: int | float | None, decimals: int | None = None) -> int | Decimal | None:
    """As it was before it went into JSON: 56.0 hours stay 56.0, 12.50 yuan stay 12.50."""
    if not isinstance(value, float):
        return value
    exact = Decimal(str(value))
    return rounded(exact, decimals) if decimals else exact


def _shown(key: str, label: str, unit: str, numerator: Any, denominator: Any, value: Any, *, href: str) -> Shown:
    is_share = unit == PERCENT
    write: Callable[[Any], str] = percent if is_share else number
    fraction = f"{number(numerator)}/{number(denominator)}" if is_share and denominator is not None else ""
    return Shown(
        key=key,
        label=label,
        text=write(value),
        unit="" if is_share else unit,
        fraction=fraction,
        href=href,
        ratio=Decimal(str(value)) if is_share and value is not None else None,
        missing=numerator is None,
    )

"""Figures as pages show them: the number in words, its fraction, and the way to its records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import OrgUnit
from common.months import Month
from common.templatetags.shezhan import number, percent
from reporting.figures import Figure
from reporting.registry import INDICATORS

NOT_COUNTED = "尚未计算"


@dataclass(frozen=True)
class Shown:
    """One figure on a page. `text` is "—" where there is nothing to divide, and `missing` where nothing was counted."""

    key: str
    label: str
    text: str
    unit: str  # "" for a ratio, whose text carries the percent sign
    fraction: str
    href: str
    ratio: Decimal | None
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
        is_ratio=figure.is_ratio,
        href=figure.url(unit, month) if figure.numerator is not None else "",
    )


def shown_frozen(key: str, frozen: Mapping[str, Any], unit: OrgUnit, month: Month, *, label: str = "") -> Shown | None:
    """The figure `key` out of a report's frozen indicators; None when the report was frozen without it."""
    entry = frozen.get(key)
    if entry is None:
        return None
    records = INDICATORS[key].records if key in INDICATORS else None
    return _shown(
        key,
        label or entry["label"],
        entry["unit"],
        _exact(entry["numerator"]),
        _exact(entry["denominator"]),
        _exact(entry["value"]),
        is_ratio=entry["unit"] == "%",
        href=records.url(unit.pk, month) if records else "",
    )


def _exact(value: int | float | None) -> int | Decimal | None:
    """As it was before it went into JSON: 56.0 hours stay 56.0."""
    return Decimal(str(value)) if isinstance(value, float) else value


def _shown(
    key: str, label: str, unit: str, numerator: Any, denominator: Any, value: Any, *, is_ratio: bool, href: str
) -> Shown:
    write: Callable[[Any], str] = percent if is_ratio else number
    fraction = f"{number(numerator)}/{number(denominator)}" if is_ratio and denominator is not None else ""
    return Shown(
        key=key,
        label=label,
        text=write(value),
        unit="" if is_ratio else unit,
        fraction=fraction,
        href=href,
        ratio=Decimal(str(value)) if is_ratio and value is not None else None,
        missing=numerator is None,
    )

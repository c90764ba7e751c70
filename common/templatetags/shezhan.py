"""Tags and filters that every page shares. Ratios are 0…1 everywhere; a missing value shows as a dash, zero as zero."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.widgets import DateTimeBaseInput
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

MISSING = "—"
MINUS = "\N{MINUS SIGN}"

Numeric = Decimal | int | float | str | None


# ---- icons ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def icon_paths(name: str) -> SafeString:
    """Return the drawing inside one outline icon of @tabler/icons."""
    folder = Path(settings.NODE_MODULES) / "@tabler/icons/icons/outline"
    # A machine without node_modules can still run the tests; a misspelt name must not get past them.
    if not folder.is_dir():
        return mark_safe("")
    if not re.fullmatch(r"[a-z0-9-]+", name) or not (folder / f"{name}.svg").is_file():
        raise ValueError(f"No such icon in @tabler/icons: {name!r}")
    svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
    paths = re.findall(r"<(?:path|circle|line|rect|polyline)\b[^>]*/>", svg)
    return mark_safe("".join(path for path in paths if "M0 0h24v24H0z" not in path))


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """Inline an outline icon; it is decoration, so screen readers skip it."""
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        "{}</svg>",
        css_class,
        icon_paths(name),
    )


# ---- numbers --------------------------------------------------------------------------------------------------------


def to_decimal(value: Numeric) -> Decimal | None:
    """Read a number from what a context may hold; None for a missing value."""
    if value is None or value == "":
        return None
    try:
        parsed = Decimal(str(value))
    except InvalidOperation:
        return None
    return parsed if parsed.is_finite() else None


def rounded(amount: Decimal, digits: int) -> Decimal:
    """Round half up, as officials do by hand."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


@register.filter
def percent(ratio: Numeric, digits: int = 1) -> str:
    """Show a ratio of 0…1 as a percentage: 0.911 → 91.1%.

    Only everything is 100% and only nothing is 0%: 0.9999 is 99.9% and 0.0001 is <0.1%.
    """
    share = to_decimal(ratio)
    if share is None:
        return MISSING
    step = Decimal(1).scaleb(-digits)
    shown = rounded(share * 100, digits)
    if share < 1 and shown >= 100:
        shown = Decimal(100) - step
    if share > 0 and shown == 0:
        return f"<{step}%"
    return f"{shown}%".replace("-", MINUS)


@register.filter
def number(value: Numeric, digits: int | None = None) -> str:
    """Show a count or an amount with thousands separators; text passes unchanged."""
    if value is None or value == "":
        return MISSING
    amount = to_decimal(value)
    if amount is None:
        return str(value)
    if digits is not None:
        amount = rounded(amount, digits)
    elif isinstance(value, float):
        amount = rounded(amount, 2).normalize()
    return f"{amount:,f}".replace("-", MINUS)


@register.filter
def delta(value: Numeric, digits: int | None = None) -> str:
    """Show a change with its sign: +2.3, −4.2, 0."""
    change = to_decimal(value)
    if change is None:
        return MISSING
    if digits is not None:
        change = rounded(change, digits)
    if change == 0:
        return number(abs(change), digits)
    return ("+" if change > 0 else MINUS) + number(abs(change), digits)


@register.filter
def points(difference: Numeric, digits: int = 1) -> str:
    """Show the difference of two ratios in percentage points."""
    change = to_decimal(difference)
    return MISSING if change is None else f"{delta(change * 100, digits)} 个百分点"


@register.filter
def bar_width(ratio: Numeric) -> str:
    """Return the width of a bar for a ratio, between 0 and 100, for a style attribute."""
    share = to_decimal(ratio) or Decimal(0)
    return str(rounded(min(max(share, Decimal(0)), Decimal(1)) * 100, 1))


# ---- tables and charts ----------------------------------------------------------------------------------------------


@register.filter
def pair(first: Iterable[Any], second: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Walk columns and cells together."""
    return zip(first, second, strict=False)


@register.filter
def next_sort(current: str | None, field: str) -> str:
    """Return the sort key that a click on a column asks for: first falling, then rising."""
    return field if current == f"-{field}" else f"-{field}"


@register.filter
def chart_rows(chart: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Turn a chart's series into table rows, so that print and screen readers get the same figures."""
    if chart.get("kind") == "map":
        show = percent if chart.get("percent") else number
        return [
            {"label": i["name"], "href": i.get("href"), "cells": [show(i.get("value"))]} for i in chart.get("items", [])
        ]
    rows = []
    for index, category in enumerate(chart.get("categories", [])):
        label, href = (category, None) if isinstance(category, str) else (category["label"], category.get("href"))
        cells = []
        for series in chart.get("series", []):
            value = series["data"][index] if index < len(series["data"]) else None
            cells.append(percent(value) if series.get("percent", chart.get("percent")) else number(value))
        rows.append({"label": label, "href": href, "cells": cells})
    return rows


# ---- forms ----------------------------------------------------------------------------------------------------------

NATIVE_INPUTS: dict[type[DateTimeBaseInput], tuple[str, str]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}


@register.filter
def control_kind(field: BoundField) -> str:
    """Tell field.html how to lay a field out: check, choices, or control."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "choices" if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else "control"


@register.filter
def control(field: BoundField, blank: str = "请选择") -> SafeString:
    """Render a bound field's widget with the kit's classes and the phone's own date and time pickers."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        css_class = "form-check-input"
    elif isinstance(widget, forms.Select):
        css_class = "form-select"
    else:
        css_class = "form-control"
    # A form copies its widgets for each instance, so this changes nobody else's.
    for kind, (input_type, date_format) in NATIVE_INPUTS.items():
        if isinstance(widget, kind) and widget.input_type == "text":
            widget.input_type, widget.format = input_type, date_format
    own = widget.attrs.get("class", "")
    invalid = "is-invalid" if field.errors else ""
    html = field.as_widget(attrs={"class": " ".join(filter(None, [css_class, own, invalid]))})
    return mark_safe(html.replace(">---------<", f">{blank}<"))


@register.filter
def active_filters(form: forms.BaseForm) -> int:
    """Count the filters that are in use, for the folded filter bar on a phone."""
    return sum(1 for field in form.visible_fields() if field.data not in (None, "", [], ()))


@register.filter
def field_error_count(form: forms.BaseForm) -> int:
    """Count the visible fields that must be corrected."""
    return sum(1 for field in form.visible_fields() if field.errors)


@register.filter
def duration_words(span: timedelta) -> str:
    """Say a waiting time in whole minutes or hours."""
    minutes = max(1, -(-int(span.total_seconds()) // 60))
    return f"{minutes // 60} 小时" if minutes % 60 == 0 else f"{minutes} 分钟"

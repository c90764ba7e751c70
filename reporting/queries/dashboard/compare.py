"""The children of a unit side by side: table and chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import OrgUnit
from common.templatetags.shezhan import delta, number, percent
from reporting.figures import Figure, Number
from reporting.indicators import Direction
from reporting.layout import Column, Style
from reporting.queries.dashboard.data import DashboardData
from reporting.queries.dashboard.headline import change, is_bad
from reporting.queries.faults import worsened
from reporting.registry import INDICATORS

NAME, CHANGE = "name", "change"


@dataclass(frozen=True)
class Cell:
    """`text` as shown; `width` 0…100 in a column of bars, "" where there is none to draw; None in any other column."""

    text: str
    href: str = ""
    width: str | None = None
    bad: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    href: str
    cells: list[Cell]


@dataclass(frozen=True)
class Heading:
    """`sort` is what a click asks for, `order` how the column is sorted now ("", "ascending", "descending")."""

    label: str
    sort: str
    order: str
    style: str
    hint: str = ""


@dataclass(frozen=True)
class Comparison:
    headings: list[Heading]
    rows: list[Row]
    total: Row


def sort_of(data: DashboardData, asked: str) -> str:
    """The sort that was asked for, if there is such a column, else worst first."""
    known = {NAME, CHANGE, *(column.key for column in data.layout.columns)}
    return asked if asked.removeprefix("-") in known else _worst_first(data)


def _worst_first(data: DashboardData) -> str:
    """By the layout's column; before there is anything in it (no service yet), by the first column."""
    key = data.layout.worst
    if all(_sort_value(data, child, key) is None for child in data.children):
        key = data.layout.columns[0].key
    return f"-{key}" if INDICATORS[key].direction == Direction.LOWER else key


def comparison(data: DashboardData, sort: str, dashboard_url: Any) -> Comparison:
    """`dashboard_url(unit id, month)` is the address of a child's own page."""
    ordered = sorted(data.children, key=lambda child: child.path)
    key, falling = sort.removeprefix("-"), sort.startswith("-")
    if key == NAME:
        ordered = ordered[::-1] if falling else ordered
    else:
        ordered.sort(key=lambda child: _place(_sort_value(data, child, key), falling=falling))
    return Comparison(
        headings=_headings(data, sort),
        rows=[_row(data, child, dashboard_url(child.pk, data.month)) for child in ordered],
        total=_row(data, data.unit, ""),
    )


def _place(value: Number | None, *, falling: bool) -> tuple[bool, Number]:
    """What is missing comes last, whichever way."""
    return (True, 0) if value is None else (False, -value if falling else value)


def _figure(data: DashboardData, unit: OrgUnit, column: Column, *, back: int = 0) -> Figure:
    month = data.month_of(INDICATORS[column.key]) - back
    figures = data.own[month] if unit == data.unit else data.theirs[unit.pk, month]
    return figures[column.key]


def _sort_value(data: DashboardData, unit: OrgUnit, key: str) -> Number | None:
    if key == CHANGE:
        return _worst_change(data, unit)[1]
    column = next(column for column in data.layout.columns if column.key == key)
    figure = _figure(data, unit, column)
    return figure.numerator if column.style == Style.COUNT else figure.value


def _worst_change(data: DashboardData, unit: OrgUnit) -> tuple[Figure, Number | None]:
    column = next(column for column in data.layout.columns if column.key == data.layout.worst)
    figure = _figure(data, unit, column)
    return figure, change(figure, _figure(data, unit, column, back=1))


def _row(data: DashboardData, unit: OrgUnit, href: str) -> Row:
    cells = [_cell(data, unit, column) for column in data.layout.columns]
    figure, difference = _worst_change(data, unit)
    share = figure.indicator.is_share
    moved = None if difference is None else difference * 100 if share else difference
    cells.append(Cell(delta(moved, 1 if share else None), bad=worsened(figure, difference)))
    return Row(unit.name, href, cells)


def _cell(data: DashboardData, unit: OrgUnit, column: Column) -> Cell:
    figure = _figure(data, unit, column)
    href = figure.url(unit, data.month_of(figure.indicator)) if figure.numerator is not None else ""
    bad = is_bad(data, figure, unit.path)
    match column.style:
        case Style.BAR:
            width = "" if figure.value is None else f"{min(float(figure.value), 1) * 100:.1f}"
            return Cell(percent(figure.value), href, width, bad)
        case Style.FRACTION:
            if figure.value is None:
                return Cell("—")
            return Cell(f"{number(figure.numerator)}/{number(figure.denominator)}", href, bad=bad)
        case Style.COUNT:
            if figure.indicator.denominator and figure.value is None:  # nothing was there to be counted among
                return Cell("—")
            bad = column.bad_above_zero and bool(figure.numerator)
            return Cell(number(figure.numerator), href, bad=bad)
        case Style.NUMBER:
            return Cell(number(figure.value), href)


def _headings(data: DashboardData, sort: str) -> list[Heading]:
    month = f"{data.settled.month}月" if data.running else ""
    headings = [_heading(data.layout.children, NAME, "text", sort, first_falling=False)]
    for column in data.layout.columns:
        indicator = INDICATORS[column.key]
        label = month + column.label if indicator.settled else column.label
        style = "bar" if column.style == Style.BAR else "num"
        falling = indicator.direction == Direction.LOWER
        headings.append(_heading(label, column.key, style, sort, first_falling=falling, hint=indicator.label))
    worst = INDICATORS[data.layout.worst]
    hint = f"{worst.label}较上月，{'百分点' if worst.is_share else worst.unit}"
    return [*headings, _heading("较上月", CHANGE, "num", sort, first_falling=False, hint=hint)]


def _heading(label: str, key: str, style: str, sort: str, *, first_falling: bool, hint: str = "") -> Heading:
    """A first click sorts the worst to the top, a second turns it round."""
    order = "ascending" if sort == key else "descending" if sort == f"-{key}" else ""
    first, second = (f"-{key}", key) if first_falling else (key, f"-{key}")
    return Heading(label, second if sort == first else first, order, style, hint)

"""Charts of a dashboard, as docs/frontend.md describes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.models import Level, OrgUnit
from common.months import Month
from common.templatetags.shezhan import number
from policies.models import ProvisionKind
from reporting.display import shown
from reporting.facets import FACETS, Parts
from reporting.figures import Figures, Number, measured
from reporting.indicators import Direction
from reporting.layout import (
    BUILDING,
    COUNTIES,
    STANDARDS,
    TOWNSHIPS,
    TREND,
    parts,
)
from reporting.queries.dashboard.data import TREND_MONTHS, DashboardData
from reporting.queries.dashboard.headline import governing, source_of
from reporting.registry import INDICATORS

Url = Callable[[int, Month | None], str]
BAR_HEIGHT = 26


def chart_choice(data: DashboardData, asked: str) -> str:
    """The indicator of the comparison chart: the one asked for, if it is on offer, else the first with a number."""
    if asked in data.layout.charts:
        return asked
    numbered = (
        key for key in data.layout.charts if any(_value(data, child, key) is not None for child in data.children)
    )
    return next(numbered, data.layout.charts[0])


def choices(data: DashboardData, chosen: str) -> list[dict[str, Any]]:
    """The indicators that the comparison chart can show, for its select."""
    return [{"key": key, "label": INDICATORS[key].label, "chosen": key == chosen} for key in data.layout.charts]


def compared_chart(data: DashboardData, key: str, dashboard_url: Url) -> dict[str, Any]:
    """Children by one indicator, worst on top; a bar opens the child's page."""
    indicator = INDICATORS[key]
    month = _month(data, key)
    rows = [(child, value) for child in data.children if (value := _value(data, child, key)) is not None]
    falling = indicator.direction == Direction.LOWER
    rows.sort(key=lambda row: -row[1] if falling else row[1])
    without = len(data.children) - len(rows)
    name = indicator.label if month == data.month else f"{month.month}月{indicator.label}"
    return {
        "id": "compared",
        "title": f"{data.layout.children}：{name}",
        "kind": "hbar",
        "height": max(180, 36 + BAR_HEIGHT * len(rows)),
        "category_label": data.layout.children,
        "percent": indicator.is_share,
        "empty": not rows,
        "note": f"另有 {without} 个没有这项数字" if without and rows else "",
        "categories": [{"label": child.name, "href": dashboard_url(child.pk, data.month)} for child, _ in rows],
        "series": [{"name": name, "data": [_plain(value) for _, value in rows]}],
    }


def _month(data: DashboardData, key: str) -> Month:
    """The month whose figure the cards and columns show for this indicator."""
    return data.month_of(INDICATORS[key])


def _value(data: DashboardData, child: OrgUnit, key: str) -> Number | None:
    return data.theirs[child.pk, _month(data, key)][key].value


def trend_chart(data: DashboardData, dashboard_url: Url) -> dict[str, Any] | None:
    """Two years of bars and a line, from the first month with anything to show; None while there is none."""
    months = _from_first(data.months[-TREND_MONTHS:], lambda month: data.own[month][TREND[0]].value)
    if not months:
        return None
    series = []
    for key, kind, axis in zip(TREND, ("bar", "line"), (0, 1), strict=True):
        indicator = INDICATORS[key]
        series.append(
            {
                "name": indicator.label,
                "kind": kind,
                "axis": axis,
                "percent": indicator.is_share,
                "unit": "" if indicator.is_share else indicator.unit,
                "data": [_plain(data.own[month][key].value) for month in months],
            }
        )
    names = "与".join(INDICATORS[key].label for key in TREND)
    return {
        "id": "trend",
        "title": f"近 {len(months)} 个月：{names}",
        "kind": "combo",
        "height": 260,
        "category_label": "月份",
        "categories": _categories(data, months, dashboard_url),
        "series": series,
    }


def building_chart(data: DashboardData, dashboard_url: Url) -> dict[str, Any] | None:
    """Townships with a station against the document's target and the tree's own count, month by month (R1)."""
    months = _from_first(data.months, lambda month: data.own[month].measures is not None)
    if not months:
        return None
    labels = ("已建站", "文件目标", "现有乡镇（街道）")
    lines = [[_measured(data.own[month], key) for month in months] for key in BUILDING]
    series = [
        {"name": label, "kind": kind, "data": line, "unit": "个"}
        for label, kind, line in zip(labels, ("bar", "line", "line"), lines, strict=True)
        if any(value is not None for value in line)
    ]
    return {
        "id": "building",
        "title": "建站进度与目标",
        "kind": "combo",
        "height": 260,
        "category_label": "月份",
        "categories": _categories(data, months, dashboard_url),
        "series": series,
    }


@dataclass(frozen=True)
class Fact:
    """A number above a chart, and the list or document behind it."""

    label: str
    text: str
    href: str


def building_facts(data: DashboardData) -> list[Fact]:
    """The shown month's numbers of that chart, and the counties that are complete."""
    if data.figures.measures is None:
        return []
    built, target, due = (measured(key, data.figures.measures) for key in BUILDING)
    townships = data.figures[TOWNSHIPS].url(data.unit, data.month)
    everything = f"{reverse('coverage_list')}?unit={data.unit.pk}&month={data.month}"
    facts = [Fact("已建站", f"{number(built)} 个", townships)]
    if target is not None:
        source = source_of(data, governing(data, ProvisionKind.COVERAGE_TARGET, data.month))
        facts.append(Fact("文件目标", f"{number(target)} 个", source["url"] if source else ""))
    facts.append(Fact("现有乡镇（街道）", f"{number(due)} 个", everything))
    whole = data.figures[COUNTIES]
    if whole.denominator and data.unit.level < Level.COUNTY:
        facts.append(
            Fact("全覆盖县（市、区）", shown(whole, data.unit, data.month).fraction, f"{everything}&level=county")
        )
    return facts


def facet_charts(data: DashboardData) -> list[dict[str, Any]]:
    """Contacts by the parts of each facet, the shown month beside the one before."""
    return [_facet_chart(data, facet) for facet in FACETS.values()]


def _facet_chart(data: DashboardData, said: Parts) -> dict[str, Any]:
    named = list(parts(said.facet, "contacts"))
    months = [(data.month, data.month.label), (data.month - 1, (data.month - 1).label)]
    if said.ranked:
        named.sort(key=lambda row: -(data.figures[row[1].key].value or 0))
    return {
        "id": f"facet-{said.facet.value}",
        "title": f"{said.title}构成（人次）",
        "empty": not any(data.own[month][indicator.key].value for month, _ in months for _, indicator in named),
        "kind": "hbar",
        "height": 60 + 34 * len(named),
        "category_label": said.title,
        "categories": [
            {"label": name, "href": data.figures[indicator.key].url(data.unit, data.month)} for name, indicator in named
        ],
        "series": [
            {
                "name": label,
                "data": [_plain(data.own[month][indicator.key].value) for _, indicator in named],
            }
            for month, label in months
        ],
    }


def standards(data: DashboardData) -> list[dict[str, Any]]:
    """Stations that meet each of the four dimensions (R3)."""
    rows = []
    for indicator in STANDARDS:
        figure = data.figures[indicator.key]
        rows.append(
            {
                "label": indicator.label,
                "ratio": figure.value,
                "fraction": shown(figure, data.unit, data.month).fraction,
                "href": figure.url(data.unit, data.month) if figure.numerator is not None else "",
            }
        )
    return rows


def _from_first(months: list[Month], found: Callable[[Month], Any]) -> list[Month]:
    """From the first month that has it; gaps after it stay gaps."""
    first = next((n for n, month in enumerate(months) if found(month)), None)
    return [] if first is None else months[first:]


def _categories(data: DashboardData, months: list[Month], dashboard_url: Url) -> list[dict[str, str]]:
    return [
        {"label": f"{month.year % 100:02d}-{month.month:02d}", "href": dashboard_url(data.unit.pk, month)}
        for month in months
    ]


def _measured(figures: Figures, key: str) -> int | float | None:
    return None if figures.measures is None else _plain(measured(key, figures.measures))


def _plain(value: Number | None) -> int | float | None:
    return round(float(value), 4) if isinstance(value, Decimal) else value

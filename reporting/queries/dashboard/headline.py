"""Headline cards and the strip of further figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse

from common.months import Month
from common.templatetags.shezhan import number
from policies.kinds import FAULTS, sentence
from policies.models import Provision, ProvisionKind
from reporting.display import NOT_COUNTED, Shown, shown
from reporting.figures import Figure, Number
from reporting.layout import Card
from reporting.queries.dashboard.data import DashboardData
from reporting.queries.faults import beyond, worsened
from reporting.registry import INDICATORS

LOCAL = "各地按当地现行文件判定"


def cards(data: DashboardData) -> list[dict[str, Any]]:
    """For components/kpi_card.html."""
    return [_card(data, card) for card in data.layout.cards]


def _card(data: DashboardData, card: Card) -> dict[str, Any]:
    month = data.month_of(INDICATORS[card.key])
    figure = data.own[month][card.key]
    share = figure.indicator.is_share
    provision = governing(data, figure.indicator.rule, month)
    label = figure.indicator.label
    return {
        "label": f"{month.month}月{label}" if month != data.month else label,
        "ratio": figure.value if share else None,
        "value": None if share else figure.value,
        "unit": "" if share else figure.indicator.unit,
        "numerator": figure.numerator,
        "denominator": figure.denominator if share else None,
        "href": figure.url(data.unit, month) if figure.numerator is not None else "",
        "bad": is_bad(data, figure, data.unit.path) or _missed_target(data, figure),
        "note": _note(data, card, month, figure),
        "source": source_of(data, provision),
        **_change(data, figure, month),
    }


def governing(data: DashboardData, kind: ProvisionKind | None, month: Month) -> Provision | None:
    """The provision in force for the unit at the month's end; for its target, the one that the target rests on."""
    if kind is None:
        return None
    if kind == ProvisionKind.COVERAGE_TARGET:
        rows = data.rules.all_provisions(kind, data.unit.path, data.day)
        return next((row for row in rows if data.target and row.pk == data.target.provision_id), None)
    return data.rules.provision(kind, data.unit.path, min(month.last, data.day))


def rule_words(data: DashboardData, kind: ProvisionKind | None, month: Month) -> str:
    """The governing provision in a sentence. Says whose number it is where the paper sets none."""
    provision = governing(data, kind, month)
    if kind is None or provision is None:
        return ""
    if kind in FAULTS and (threshold := data.rules.threshold(kind, data.unit.path, data.day)):
        return sentence(kind, threshold.provision.parameters) + threshold.borrowed
    return sentence(kind, provision.parameters)


def cited(data: DashboardData, provision: Provision) -> str:
    """Document and clause; above cities, where the default stands in for different papers below, that they differ."""
    return LOCAL if _is_local(data, provision) else provision.citation


def _is_local(data: DashboardData, provision: Provision) -> bool:
    return provision.kind in data.local and provision.document.is_default


def source_of(data: DashboardData, provision: Provision | None) -> dict[str, str] | None:
    """Document and clause, for components/source.html."""
    if provision is None:
        return None
    if _is_local(data, provision):
        return {"label": LOCAL}
    return {"label": provision.citation, "url": reverse("document_detail", args=[provision.document_id])}


def _note(data: DashboardData, card: Card, month: Month, figure: Figure) -> str:
    if figure.numerator is None:
        return NOT_COUNTED
    if figure.indicator.rule == ProvisionKind.COVERAGE_TARGET:
        return target_words(data)
    if not card.beside:
        return rule_words(data, figure.indicator.rule, month)
    beside = shown(data.own[month][card.beside], data.unit, month)
    return f"{beside.label} {beside.fraction or beside.text + beside.unit}"


def target_words(data: DashboardData) -> str:
    """文件目标 110 · 2023年12月31日前; the tree's own count stands beside it as the denominator."""
    if data.target is None:
        return "没有文件目标，按现有乡镇（街道）计"
    asked = data.figures["coverage_target"].denominator
    count = f"文件目标 {number(asked)}" if asked is not None else "文件目标"
    return f"{count} · {data.target.due_in_words}"


def _missed_target(data: DashboardData, figure: Figure) -> bool:
    if (
        figure.indicator.rule != ProvisionKind.COVERAGE_TARGET
        or data.target is None
        or not data.target.is_past(data.day)
    ):
        return False
    reached = data.figures["coverage_target"].value
    return reached is not None and reached < 1


def is_bad(data: DashboardData, figure: Figure, path: str) -> bool:
    """Does the value pass the number by which its fault is told there (R10)?"""
    return beyond(figure, path, data.day, data.rules)


def change(figure: Figure, before: Figure) -> Number | None:
    """Since the month before; None when either is missing."""
    return None if figure.value is None or before.value is None else figure.value - before.value


def _change(data: DashboardData, figure: Figure, month: Month) -> dict[str, Any]:
    """A running month is not held against a full one, unless the figure is divided."""
    before = data.own.get(month - 1)
    divided = figure.indicator.denominator is not None
    if before is None or (month == data.month and data.running and not divided):
        return {}
    difference = change(figure, before[figure.indicator.key])
    name = "change_points" if figure.indicator.is_share else "change"
    return {name: difference, "change_bad": worsened(figure, difference)}


def strip(data: DashboardData) -> list[Shown]:
    """Further figures in one row."""
    return [shown(data.figures[key], data.unit, data.month) for key in data.layout.strip]


def blocks(data: DashboardData) -> list[tuple[str, list[Shown]]]:
    """What else is known of the unit: title and figures of each block. Fractions of amounts are too long for one."""

    def told(key: str) -> Shown:
        figure = data.figures[key]
        said = shown(figure, data.unit, data.month)
        short = isinstance(figure.denominator, int) and figure.denominator
        return said if short else replace(said, fraction="")

    return [(title, [told(key) for key in keys]) for title, keys in data.layout.blocks]

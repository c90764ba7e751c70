"""What stations answer of their figures, out of the month snapshots: see standards.stage_answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from common.months import Month
from common.templatetags.shezhan import number, percent
from reporting.facets import FACETS, Facet
from reporting.figures import figure
from reporting.models import UnitMonth
from reporting.registry import INDICATORS
from reporting.stage_questions import DOMAINS, FIGURE, FOCUS_GROUPS
from standards.stage_answers import Answers, Found, Question, answers, full_months, span
from stations.models import Station

HUNDRED = Decimal(100)
PARTS = {
    DOMAINS: (FACETS[Facet.DOMAIN], "开展服务的领域", "个"),
    FOCUS_GROUPS: (FACETS[Facet.FOCUS], "服务到的重点人群", "类"),
}


@dataclass(frozen=True)
class Counted:
    """The measures of some months together, and how many of them were counted."""

    months: Sequence[Month]
    asked: int  # over how many months; 0: what stands at the end of the last one
    counted: int
    measures: Mapping[str, int]

    @property
    def span(self) -> str:
        """“近3个月”, and how many of them have figures where some have none; of what stands, “2026年10月末”."""
        if not self.asked:
            return f"{self.months[-1].label}末"
        few = f"（其中 {self.counted} 个月有统计）" if self.counted < len(self.months) else ""
        return f"{span(self.asked)}{few}"


Answer = Callable[[Station, Question, Counted], Found]


@answers(FIGURE)
def figures(stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
    """Any indicator over the last full months: numerators and denominators added up, then divided. One query."""
    return _answered(_figure, stations, questions, on)


@answers(DOMAINS, FOCUS_GROUPS)
def breadth(stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
    """In how many domains, for how many focus groups, there was a service. One query."""
    return _answered(_breadth, stations, questions, on)


def _answered(answer: Answer, stations: Sequence[Station], questions: Sequence[Question], on: date) -> Answers:
    months = full_months(on, max(question.months or 1 for question in questions))
    kept: dict[int, dict[Month, Mapping[str, int]]] = {station.pk: {} for station in stations}
    rows = UnitMonth.objects.filter(unit_id__in=list(kept), month__in=months)
    for unit, month, measures in rows.values_list("unit_id", "month", "measures"):
        kept[unit][month] = measures
    found = {}
    for station in stations:
        sums: dict[int, Counted] = {}
        for question in questions:
            if question.months not in sums:
                sums[question.months] = _sum(kept[station.pk], months, question.months)
            here = sums[question.months]
            found[station.pk, question] = answer(station, question, here) if here.counted else _nothing(here)
    return found


def _sum(kept: Mapping[Month, Mapping[str, int]], months: Sequence[Month], asked: int) -> Counted:
    months = months[-(asked or 1) :]
    total: Counter[str] = Counter()
    counted = [kept[month] for month in months if month in kept]
    for measures in counted:
        total.update(measures)
    return Counted(months, asked, len(counted), total)


def _nothing(here: Counted) -> Found:
    return Found(None, f"{here.span if not here.asked else span(here.asked)}没有统计数据")


def _figure(station: Station, question: Question, here: Counted) -> Found:
    indicator = INDICATORS.get(question.subject)
    if indicator is None:
        return Found(None, "已不再统计")
    shown = figure(indicator, here.measures)
    url = indicator.records.url(station.pk, here.months[-1]) if indicator.records else ""
    if shown.value is None:
        return Found(None, f"{here.span}{indicator.label}没有数据", url)
    if indicator.is_share:
        fraction = f"{number(shown.numerator)}/{number(shown.denominator)}"
        share = Decimal(shown.value)
        return Found(share * HUNDRED, f"{here.span}{indicator.label} {percent(share)}（{fraction}）", url)
    fraction = f"（{number(shown.numerator)}/{number(shown.denominator)}）" if indicator.is_mean else ""
    words = f"{here.span}{indicator.label} {number(shown.value)} {indicator.unit}{fraction}"
    return Found(Decimal(shown.value), words, url)


def _breadth(station: Station, question: Question, here: Counted) -> Found:
    parts, label, unit = PARTS[question.key]
    served = [str(part.label) for part in parts.choices if here.measures.get(f"services_{part.value}")]
    names = f"：{'、'.join(served)}" if served else ""
    url = f"{reverse('service_list')}?unit={station.pk}&month={here.months[-1]}&state=valid"
    return Found(Decimal(len(served)), f"{here.span}{label} {len(served)} {unit}{names}", url)

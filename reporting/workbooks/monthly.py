"""The monthly statistics table 月度统计表 of a unit: a row a child, a column an indicator, itself as the total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.gate import require
from accounts.models import OrgUnit
from accounts.roles import Permission
from common.months import Month
from common.workbook import SIGNATURES, Column, FormBook, Kind, Sheet
from jobs.registry import JobRun, job_kind
from policies.queries import RuleBook
from reporting.display import NOT_COUNTED
from reporting.facets import FACETS
from reporting.figures import Figures, decimals_of, figures_of_many
from reporting.indicators import Group, Indicator
from reporting.registry import INDICATORS, MEASURES

KIND = "monthly_workbook"
NAME = Column("单位", Kind.TEXT, 20)


@dataclass(frozen=True)
class Part:
    """One sheet: its name, and which indicators stand on it."""

    name: str
    indicators: list[Indicator]


# Groups that share a sheet; any other has one of its own. The parts of services have theirs (reporting.facets).
SHEETS = {
    Group.STANDARD: "标准和阶段",
    Group.STAGE: "标准和阶段",
    Group.SERVICE: "服务和月报",
    Group.REPORT: "服务和月报",
}


def sheet_of(indicator: Indicator) -> str:
    """The name of the sheet on which an indicator stands."""
    if indicator.facet in FACETS:
        return FACETS[indicator.facet].sheet
    return SHEETS.get(indicator.group, str(indicator.group.label))


def parts() -> list[Part]:
    """The sheets in the order of the groups, the parts of services behind them."""
    names = [SHEETS.get(group, str(group.label)) for group in Group] + [said.sheet for said in FACETS.values()]
    return [
        Part(name, [indicator for indicator in INDICATORS.values() if sheet_of(indicator) == name])
        for name in dict.fromkeys(names)
    ]


PARTS = parts()


def title_of(unit: OrgUnit, month: Month) -> str:
    return f"{unit.name}乡镇（街道）社工站月度统计表（{month.label}）"


@job_kind(KIND)
def run(job: JobRun) -> None:
    """Parameters: {"month": "2023-09"}."""
    month = Month.parse(job.parameters["month"])
    unit = job.unit
    require(job.user, Permission.EXPORT, unit.path)  # the posting may have ended since the job was asked for
    children = list(OrgUnit.objects.visible_to(job.user).filter(parent=unit).live(month.last).order_by("path"))
    figures = figures_of_many([unit.pk, *(child.pk for child in children)], [month])
    path = job.file(f"{title_of(unit, month)}.xlsx")
    with FormBook(path) as book:
        for done, part in enumerate(PARTS):
            job.progress(done, len(PARTS) + 1, f"正在写“{part.name}”")
            rows = ((child.name, *_values(part.indicators, figures[child.pk, month])) for child in children)
            total = ("合计" if children else unit.name, *_values(part.indicators, figures[unit.pk, month]))
            book.add(_sheet(part, unit, month, rows, total, figures[unit.pk, month]))
        job.progress(len(PARTS), len(PARTS) + 1, "正在写“指标说明”")
        book.add_notes("指标说明", ("指标", "口径", "依据"), _notes(unit, month))


def _sheet(
    part: Part, unit: OrgUnit, month: Month, rows: Iterable[Any], total: tuple[Any, ...], figures: Figures
) -> Sheet:
    counted = timezone.localtime(figures.computed_at).strftime("%Y-%m-%d %H:%M") if figures.computed_at else NOT_COUNTED
    return Sheet(
        name=part.name,
        title=f"{title_of(unit, month)}：{part.name}",
        left=f"填报单位：{unit.name}",
        middle=f"统计月份：{month.label}",
        right="计量单位：见表头",
        columns=[NAME, *(column for indicator in part.indicators for column in columns_of(indicator))],
        rows=rows,
        total=total,
        footer=f"{SIGNATURES}数据截至 {counted}；“—”表示没有数据或没有目标。",
    )


def columns_of(indicator: Indicator) -> list[Column]:
    """What is divided prints as numerator, denominator and quotient, so that its fraction is always seen."""
    if indicator.denominator is None:
        kind = Kind.of_decimals(decimals_of(indicator))
        head = indicator.facet.label if indicator.facet else indicator.group.label
        return [Column(f"{indicator.label}（{indicator.unit}）", kind, group=head)]
    divided = [MEASURES[indicator.numerator], MEASURES[indicator.denominator]]
    if indicator.is_share:
        quotient = Column("占比（%）", Kind.PERCENT, group=indicator.label)
    else:
        quotient = Column(f"平均（{indicator.unit}）", Kind.of_decimals(decimals_of(indicator)), group=indicator.label)
    return [
        *(Column(measure.label, Kind.of_decimals(measure.decimals), group=indicator.label) for measure in divided),
        quotient,
    ]


def _values(indicators: list[Indicator], figures: Figures) -> list[Any]:
    values: list[Any] = []
    for indicator in indicators:
        figure = figures[indicator.key]
        values += [figure.numerator, figure.denominator, figure.value] if indicator.denominator else [figure.value]
    return values


def _notes(unit: OrgUnit, month: Month) -> list[tuple[str, str, str]]:
    """What each indicator divides, and the document and clause that it rests on there."""
    rules = RuleBook.load([unit.path])
    return [
        (
            indicator.label,
            MEASURES[indicator.numerator].label
            + (f" ÷ {MEASURES[indicator.denominator].label}" if indicator.denominator else ""),
            _citation(rules, indicator, unit, month),
        )
        for indicator in INDICATORS.values()
    ]


def _citation(rules: RuleBook, indicator: Indicator, unit: OrgUnit, month: Month) -> str:
    provision = rules.provision(indicator.rule, unit.path, month.last) if indicator.rule else None
    return provision.citation if provision else ""

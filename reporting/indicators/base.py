"""What an indicator 指标 is: a label, a unit, a numerator, perhaps a denominator, and a direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import lru_cache
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse

from common.months import Month
from policies.models import ProvisionKind
from reporting.facets import Facet
from reporting.measures import Measure

PERCENT = "%"


class Group(models.TextChoices):
    """The sections of a dashboard or table."""

    BUILDING = "building", "建设"
    STANDARD = "standard", "标准"
    STAGE = "stage", "阶段"
    TEAM = "team", "队伍"
    AGENCY = "agency", "机构"
    FUND = "fund", "资金"
    FEATURE = "feature", "特色"
    SERVICE = "service", "服务"
    PEOPLE = "people", "服务对象"
    CASEWORK = "casework", "专业服务"
    VISIT = "visit", "探访"
    LINKAGE = "linkage", "五社联动"
    REPORT = "report", "月报"


class Direction(models.TextChoices):
    HIGHER = "higher", "越高越好"
    LOWER = "lower", "越低越好"
    NONE = "none", "不作评价"


@lru_cache(maxsize=256)
def _address(url_name: str) -> str:
    return reverse(url_name)


@dataclass(frozen=True)
class Records:
    """The list page behind a figure: its URL name and filters; unit and month are added by `url`."""

    url_name: str
    params: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, url_name: str, **params: str) -> Records:
        return cls(url_name, params)

    def url(self, unit_id: int, month: Month) -> str:
        return f"{_address(self.url_name)}?{urlencode({'unit': unit_id, 'month': str(month), **self.params})}"


@dataclass(frozen=True)
class Indicator:
    """A measure, or one divided by another: "%" a share (0 to 1, or above against a target), else a mean in `unit`.

    `clause` names the rule that the indicator watches, as domain.md does; `rule` the kind of provision by which a
    document sets it, for citations; `fault` the one whose number makes it red. `headline` ones lead a dashboard.
    `settled`: it can only be judged once the month is over, so a running month shows the one before. `decimals` are
    those of a mean; a sum has those of its measure.
    """

    key: str
    label: str
    unit: str
    numerator: str
    denominator: str | None = None
    direction: Direction = Direction.NONE
    clause: str = ""
    records: Records | None = None
    _: KW_ONLY
    group: Group
    facet: Facet | None = None
    headline: bool = False
    rule: ProvisionKind | None = None
    fault: ProvisionKind | None = None
    settled: bool = False
    decimals: int = 1

    def __post_init__(self) -> None:
        if self.unit == PERCENT and self.denominator is None:
            raise RuntimeError(f"indicator {self.key} is a share of nothing")

    @property
    def is_share(self) -> bool:
        """Is it shown as a percentage?"""
        return self.unit == PERCENT

    @property
    def is_mean(self) -> bool:
        """Is it so much for each: points of a score, months of a tenure, people of a station?"""
        return self.denominator is not None and not self.is_share


@dataclass(frozen=True)
class Topic:
    """What one file of reporting/topics declares."""

    measures: Sequence[Measure]
    indicators: Sequence[Indicator]

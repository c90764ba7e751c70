"""What an indicator 指标 is: a label, a unit, a numerator, perhaps a denominator, and a direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse

from common.months import Month
from policies.models import ProvisionKind
from reporting.measures import MEASURES


class Group(models.TextChoices):
    """The sections of a dashboard or table."""

    BUILDING = "building", "建设"
    STANDARD = "standard", "标准"
    TEAM = "team", "队伍"
    SERVICE = "service", "服务"
    REPORT = "report", "月报"


class Facet(models.TextChoices):
    """Indicators that are the parts of one whole; for charts of composition."""

    DOMAIN = "domain", "按领域"
    METHOD = "method", "按方法"
    FOCUS = "focus", "按服务对象"
    DIMENSION = "dimension", "按维度"


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
    """`unit` is "%" when there is a denominator: the value is then a ratio from 0 to 1 (or above, against a target).

    `clause` names the rule that the indicator watches, as domain.md does; `rule` the kind of provision by which a
    document sets it, for citations. `headline` ones lead a dashboard.
    """

    key: str
    label: str
    unit: str
    numerator: str
    denominator: str | None = None
    direction: Direction = Direction.NONE
    group: Group = Group.SERVICE
    clause: str = ""
    records: Records | None = None
    facet: Facet | None = None
    headline: bool = False
    rule: ProvisionKind | None = None

    def __post_init__(self) -> None:
        unknown = {self.numerator, self.denominator or self.numerator} - MEASURES.keys()
        if unknown:
            raise RuntimeError(f"indicator {self.key} names unknown measures {sorted(unknown)}")

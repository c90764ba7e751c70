"""By what services are told apart (R13): one row here, and measures, indicators, charts, reports and sheets follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from services.models import Domain, FocusGroup, Method


class Facet(models.TextChoices):
    """Indicators that are the parts of one whole; for charts of composition."""

    DOMAIN = "domain", "按领域"
    METHOD = "method", "按方法"
    FOCUS = "focus", "按服务对象"
    DIMENSION = "dimension", "按维度"
    PEOPLE = "people", "按重点人群"
    CATEGORY = "category", "按对象类别"


@dataclass(frozen=True)
class Parts:
    """The parts of the services by one facet, whose value is the filter of the list of services.

    `columns`: each part has a column of its own, the people of it that were served; else one column names the part.
    `ranked`: so many parts that a chart shows the largest first. `sheet`: where the workbook has them.
    """

    facet: Facet
    choices: type[models.TextChoices]
    title: str
    clause: str
    sheet: str
    column: str = ""
    ranked: bool = False

    def served(self, part: models.TextChoices) -> Q:
        """Services of this part."""
        return Q(**{self.column: part.value}) if self.column else Q(**{f"{part.value}__gt": 0})

    def words(self, part: models.TextChoices) -> tuple[str, str]:
        """What a count of services and one of contacts of this part are called.

        Of 养老服务 only 养老 stands before 服务次数, since the word would be read twice.
        """
        name = str(part.label).removesuffix("服务")
        return f"{name}服务次数", f"{name}服务人次"


FACETS: dict[Facet, Parts] = {
    parts.facet: parts
    for parts in (
        Parts(Facet.DOMAIN, Domain, "服务领域", "R13 服务领域", "领域和对象", column="domain"),
        Parts(Facet.METHOD, Method, "服务方法", "R13 服务方法", "方法", column="method", ranked=True),
        Parts(Facet.FOCUS, FocusGroup, "重点人群", "R13 一老一小一孤一困", "领域和对象"),
    )
}


def every_part() -> Iterator[tuple[Parts, models.TextChoices]]:
    """Each part of each facet."""
    for parts in FACETS.values():
        for part in parts.choices:
            yield parts, part

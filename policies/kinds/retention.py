"""How long files of people served are kept after they were closed, volunteers after they left, and names of persons who
gave after the last of it was handed out.

No public document that we know sets years for a station's files: the shipped 5 is practice of the field, marked as a
default, and an authority's own provision takes its place.
"""

from __future__ import annotations

from datetime import date

from policies.kinds.base import Kind
from policies.kinds.parameters import Parameters, number
from policies.models import ProvisionKind


def kept_until(ended_on: date, years: int) -> date:
    """The last day on which what ended on `ended_on` is kept: so many years later, on the same date."""
    try:
        return ended_on.replace(year=ended_on.year + years)
    except ValueError:  # 29 February
        return date(ended_on.year + years, 3, 1)


def _sentence(p: Parameters) -> str:
    return f"服务对象档案自归档、志愿者自退出、个人捐赠自发放完之日起保存{p['years']}年，期满后匿名化"


RETENTION_KINDS = (
    Kind(
        ProvisionKind.CLIENT_RETENTION,
        "R19",
        (number("years", "保存几年", 1, 100, 5),),
        _sentence,
        arises="保存期限按清理之日",
    ),
)

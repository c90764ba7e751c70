"""What the criteria of stages (R9) may ask about a station's figures: any indicator of it.

What happens month by month is added up over some months; what stands (workers, certificates) is asked as of the end of
the last full month.
"""

from __future__ import annotations

from policies.kinds.stages import Asked, offer
from reporting.registry import INDICATORS, MEASURES

FIGURE, DOMAINS, FOCUS_GROUPS = "figure", "domains", "focus_groups"


def figure_key(indicator: str) -> str:
    """“figure:certified”."""
    return f"{FIGURE}:{indicator}"


offer(
    *(
        Asked(
            figure_key(indicator.key),
            indicator.label,
            indicator.unit,
            monthly=MEASURES[indicator.numerator].source.flow,
        )
        for indicator in INDICATORS.values()
    ),
    Asked(DOMAINS, "开展服务的领域", "个", monthly=True),
    Asked(FOCUS_GROUPS, "服务到的重点人群", "类", monthly=True),
)

"""What the criteria of stages (R9) may ask about a station's standard and its feature project."""

from __future__ import annotations

from policies.kinds.stages import Asked, offer
from policies.models import Dimension

DIMENSION, SCORE, FEATURE = "dimension", "score", "feature"


def dimension_key(dimension: Dimension) -> str:
    """“dimension:HARDWARE”."""
    return f"{DIMENSION}:{dimension.value}"


offer(
    *(Asked(dimension_key(dimension), f"{dimension.label}达标") for dimension in Dimension),
    Asked(SCORE, "建设标准得分", "分"),
    Asked(FEATURE, "本年或上年有已认定的特色项目"),
)

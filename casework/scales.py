"""Scales 量表 that tell before from after: simple ones of our own, 0–10, more is better. No published instrument.

A scale is added here; a case chooses which of them it uses at the assessment.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """`low` and `high` say what the two ends mean."""

    key: str
    label: str
    low: str
    high: str

    least = 0
    most = 10

    @property
    def words(self) -> str:
        return f"{self.least}＝{self.low}，{self.most}＝{self.high}"


SCALES = {
    scale.key: scale
    for scale in (
        Scale("goal", "目标达成", "完全没有达成", "完全达成"),
        Scale("self_care", "生活自理", "完全依靠他人", "完全自理"),
        Scale("mood", "情绪状态", "非常低落或紧张", "平稳愉快"),
        Scale("support", "社会支持", "无人可以求助", "家人、邻里和机构都能求助"),
    )
}
SCALE_CHOICES = [(scale.key, scale.label) for scale in SCALES.values()]

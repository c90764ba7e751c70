"""Indicators 指标: measures divided and explained (design.md idea 4).

They are declared in reporting/topics and collected in reporting.registry.
"""

from reporting.indicators.base import PERCENT, Direction, Group, Indicator, Records, Topic

__all__ = ["PERCENT", "Direction", "Group", "Indicator", "Records", "Topic"]

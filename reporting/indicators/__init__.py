"""Indicators 指标: measures divided and explained (design.md idea 4).

They are declared in reporting/topics and collected in reporting.registry.
"""

from reporting.indicators.base import Direction, Group, Indicator, Records, Topic

__all__ = ["Direction", "Group", "Indicator", "Records", "Topic"]

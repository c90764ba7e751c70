"""Indicators 指标: measures divided and explained (design.md idea 4)."""

from reporting.indicators.base import Direction, Facet, Group, Indicator, Records
from reporting.indicators.registry import HEADLINES, INDICATORS

__all__ = ["HEADLINES", "INDICATORS", "Direction", "Facet", "Group", "Indicator", "Records"]

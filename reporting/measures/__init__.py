"""Measures 计量: counts and sums over dated facts for one station and month (design.md idea 4)."""

from reporting.measures.base import EVERY_LIVE_TOWNSHIP, Measure, Place, Source
from reporting.measures.registry import MEASURES

__all__ = ["EVERY_LIVE_TOWNSHIP", "MEASURES", "Measure", "Place", "Source"]

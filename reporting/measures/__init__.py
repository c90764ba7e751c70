"""Measures 计量: counts and sums over dated facts for one station and month (design.md idea 4).

They are declared in reporting/topics and collected in reporting.registry.
"""

from reporting.measures.base import DERIVED, EVERY_LIVE_TOWNSHIP, POLICY, Measure, Place, Source, Values

__all__ = ["DERIVED", "EVERY_LIVE_TOWNSHIP", "POLICY", "Measure", "Place", "Source", "Values"]

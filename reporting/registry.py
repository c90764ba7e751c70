"""Every source, measure and indicator of the topics. Dashboards, workbooks, the API and commands loop over these."""

from __future__ import annotations

from reporting.indicators import Indicator
from reporting.measures import Measure, Source
from reporting.topics import TOPICS

_measures = [measure for topic in TOPICS for measure in topic.measures]
_indicators = [indicator for topic in TOPICS for indicator in topic.indicators]

MEASURES: dict[str, Measure] = {measure.key: measure for measure in _measures}
INDICATORS: dict[str, Indicator] = {indicator.key: indicator for indicator in _indicators}
HEADLINES: list[Indicator] = [indicator for indicator in _indicators if indicator.headline]

# Each source that is queried, with what it counts.
SOURCES: dict[Source, list[Measure]] = {}
for _measure in _measures:
    if _measure.source.counted:
        SOURCES.setdefault(_measure.source, []).append(_measure)

if len(MEASURES) != len(_measures) or len(INDICATORS) != len(_indicators):
    raise RuntimeError("two measures, or two indicators, bear the same key")
_named = {key for indicator in _indicators for key in (indicator.numerator, indicator.denominator) if key}
if unknown := _named - MEASURES.keys():
    raise RuntimeError(f"indicators name unknown measures {sorted(unknown)}")

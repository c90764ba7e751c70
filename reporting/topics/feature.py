"""One station, one brand (R18): feature projects of the year that were recognised, recommended on, finished."""

from __future__ import annotations

from functools import partial

from django.db.models import Q, QuerySet

from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count, flag
from reporting.measures.parameters import DAY, YEAR
from stations.models import FeatureProject, Recommendation, StationKind
from stations.models.features import RECOMMENDED_ON
from stations.models.stations import completed


def _features() -> QuerySet:
    return FeatureProject.objects.recognised(DAY).of_year(YEAR).values("station_id")


FEATURES = Source("features", "特色项目", _features)

OF_STATION = Q(station__kind=StationKind.STATION) & completed(DAY, "station__")
TO = {kind: Q(**{f"{RECOMMENDED_ON[kind]}__lte": DAY}) for kind in Recommendation}

MEASURES = [
    *FEATURES.counts(
        ("features", "本年认定的特色项目", count()),
        ("stations_with_feature", "有特色项目的社工站", flag(OF_STATION)),
        ("features_to_city", "推荐到市的特色项目", count(TO[Recommendation.CITY])),
        ("features_to_province", "推荐到省的特色项目", count(TO[Recommendation.PROVINCE])),
        ("features_finished", "已结项的特色项目", count(Q(finished_on__lte=DAY))),
    )
]

HIGHER = Direction.HIGHER
indicator = partial(Indicator, group=Group.FEATURE)
feature_list = partial(Records.of, "feature_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("features", "本年特色项目", "个", "features", None, HIGHER,
              "R18 一站一品", feature_list()),
    indicator("with_feature", "一站一品覆盖率", "%", "stations_with_feature", "stations_completed", HIGHER,
              "R18 一站一品", feature_list()),
    indicator("features_to_city", "推荐到市的特色项目", "个", "features_to_city", None, HIGHER,
              "R18 一站一品", feature_list(recommended=Recommendation.CITY.value)),
    indicator("features_to_province", "推荐到省的特色项目", "个", "features_to_province", None, HIGHER,
              "R18 一站一品", feature_list(recommended=Recommendation.PROVINCE.value)),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

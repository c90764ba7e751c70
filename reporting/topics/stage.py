"""The stages of stations (R9): how many stand at each, and proposals that wait."""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q, QuerySet

from policies.models import ProvisionKind as Rule
from policies.stages import Stage
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import DERIVED, Measure, Place, Source, Values
from reporting.measures.aggregates import count, flag
from reporting.measures.parameters import DAY
from standards.models import ProposalState, StageProposal
from standards.models.stages import at_stage
from stations.models import Station
from stations.models.stations import standing


def _stations() -> QuerySet:
    return Station.objects.annotate(station_id=F("pk")).values("station_id")


def _proposals() -> QuerySet:
    return StageProposal.objects.filter(standing(DAY, "station__"), proposed_on__lte=DAY).values("station_id")


STAGES = Source("stages", "发展阶段", _stations, station="pk")
PROPOSALS = Source("stage_proposals", "阶段评定", _proposals)

UNDECIDED = Q(decided_on=None) | Q(decided_on__gt=DAY)
UNCONFIRMED = Q(confirmed_on=None) | Q(confirmed_on__gt=DAY)
AGREED = Q(decided_on__lte=DAY) & ~Q(state=ProposalState.COUNTY_RETURNED)


def staged(values: Values, place: Place) -> int:
    return sum(values.get(f"stage_{stage.value}", 0) for stage in Stage)


def improved(values: Values, place: Place) -> int:
    return staged(values, place) - values.get(f"stage_{Stage.STARTING.value}", 0)


MEASURES = [
    *STAGES.counts(*((f"stage_{s.value}", f"{s.label}的社工站", flag(at_stage(s, DAY))) for s in Stage)),
    *PROPOSALS.counts(
        ("stages_to_decide", "待县级认定的阶段评定", count(UNDECIDED)),
        ("stages_to_confirm", "待市级确认的阶段评定", count(AGREED & UNCONFIRMED)),
    ),
    Measure("stations_staged", "已开始运营的社工站", DERIVED, derive=staged),
    Measure("stations_improved", "提升阶段及以上的社工站", DERIVED, derive=improved),
]

indicator = partial(Indicator, group=Group.STAGE)
stage_list = partial(Records.of, "stage_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    *(
        indicator(f"stage_{s.value}", s.label, "个", f"stage_{s.value}", None, Direction.NONE,
                  "R9 发展阶段", stage_list(stage=s.value), rule=Rule.STAGE_TASK)
        for s in Stage
    ),
    indicator("improved", "提升阶段及以上", "%", "stations_improved", "stations_staged", Direction.HIGHER,
              "R9 发展阶段", stage_list(), rule=Rule.STAGE_TASK),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

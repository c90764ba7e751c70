"""The team (R4, R17): stationed workers, certified, full time."""

from __future__ import annotations

from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from policies.models import ProvisionKind as Rule
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count
from reporting.measures.parameters import DAY
from stations.models import Certificate, Employment, StationPosting
from stations.models.dated import at


def _postings() -> QuerySet:
    return StationPosting.objects.filter(at(DAY)).values("station_id")


POSTINGS = Source("postings", "驻站社工", _postings)

CERTIFIED = Exists(Certificate.objects.valid(DAY).filter(worker=OuterRef("worker")))
FULL_TIME = Exists(Employment.objects.filter(at(DAY), worker=OuterRef("worker"), full_time=True))

MEASURES = [
    *POSTINGS.counts(
        ("workers", "驻站社工", count()),
        ("workers_certified", "持证社工", count(Q(CERTIFIED))),
        ("workers_full_time", "专职社工", count(Q(FULL_TIME))),
    )
]

HIGHER = Direction.HIGHER
indicator = partial(Indicator, group=Group.TEAM)
worker_list = partial(Records.of, "worker_list")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("workers", "驻站社工", "人", "workers", None, HIGHER,
              "R17 驻站社工", worker_list(), headline=True),
    indicator("certified", "持证率", "%", "workers_certified", "workers", HIGHER,
              "R4 持证上岗", worker_list(certified="yes"), headline=True,
              rule=Rule.CERTIFICATE_REQUIRED, fault=Rule.FAULT_UNCERTIFIED),
    indicator("full_time", "专职率", "%", "workers_full_time", "workers", HIGHER,
              "R10 工作人员非专职", worker_list(full_time="yes"),
              rule=Rule.FAULT_PART_TIME, fault=Rule.FAULT_PART_TIME),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

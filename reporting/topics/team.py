"""The team (R4, R17): stationed workers, what they hold and how they are employed, coming and going, growth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, When

from policies.models import ProvisionKind as Rule
from policies.queries import RuleBook
from reporting.indicators import Direction, Group, Indicator, Records, Topic
from reporting.measures import Source
from reporting.measures.aggregates import count, flag, months_of, total_scaled
from reporting.measures.parameters import DAY, FIRST, LAST, YEAR_START, Moment
from stations.forms.worker_filter import EVALUATED, EXPIRED, EXPIRING, Moved, TrainingState
from stations.models import (
    Attendance,
    Certificate,
    Employment,
    Grade,
    Station,
    StationKind,
    StationPosting,
    SupervisorAssignment,
    Worker,
    WorkerEvaluation,
)
from stations.models.dated import DaysBetween, at
from stations.models.stations import completed
from stations.queries.people_rules import expiring_by_rule, ruled


def _postings() -> QuerySet:
    return StationPosting.objects.filter(at(DAY)).values("station_id")


def _service_time() -> QuerySet:
    """All postings, so far, of who is posted today: a transfer does not end a tenure."""
    here = F("worker__postings__station_id")
    begun = StationPosting.objects.filter(at(DAY, "worker__postings__"), starts_on__lte=DAY)
    return begun.annotate(here=here).values("here")


def _joined() -> QuerySet:
    return StationPosting.objects.joined(FIRST, LAST).values("station_id")


def _left() -> QuerySet:
    return StationPosting.objects.left(FIRST, LAST).values("station_id")


def _attendances() -> QuerySet:
    return Attendance.objects.within(FIRST, LAST).at_stations().values("station_id")


def _hours_of_posted() -> QuerySet:
    """Of the year so far, at the station where the worker is posted now."""
    taken = Attendance.objects.within(YEAR_START, DAY).filter(at(DAY, "worker__postings__"))
    return taken.annotate(here=F("worker__postings__station_id")).values("here")


def _led() -> QuerySet:
    rows = SupervisorAssignment.objects.filter(at(DAY), completed(DAY, "station__"), lead=True)
    return rows.filter(station__kind=StationKind.STATION).values("station_id")


def _by_rule(moment: Moment, scope: Sequence[int] | None) -> dict[int, tuple[int, ...]]:
    """Whether a completed station has fewer workers than its rule asks for; whose certificates run out within the days
    of its rule."""
    day = moment.day
    stations, postings = Station.objects.standing(day).order_by(), StationPosting.objects.at(day).order_by()
    if scope is not None:
        stations, postings = stations.filter(pk__in=scope), postings.filter(station__in=scope)
    rows = list(stations.values_list("pk", "unit__path", "kind", "completed_on"))
    book = RuleBook.load((path for _, path, *_ in rows), kinds=(Rule.STAFFING,))
    there = Counter(postings.values_list("station_id", flat=True))
    short = set()
    for key, path, kind, completed_on in rows:
        if kind == StationKind.STATION and completed_on and completed_on <= day:
            need = ruled(book, Rule.STAFFING, "workers", path, day).value
            if need is not None and there[key] < need:
                short.add(key)
    keys = {key for key, *_ in rows}
    people = expiring_by_rule(Worker.objects.all(), day).order_by().values("pk")
    found = postings.filter(worker__in=people).values_list("station_id", flat=True)
    ending = Counter(key for key in found if key in keys)
    return {key: (int(key in short), ending[key]) for key in {*short, *ending}}


POSTINGS = Source("postings", "驻站社工", _postings)
TENURE = Source("tenure", "驻站经历", _service_time, station="here")
JOINED = Source("joined", "入站", _joined, flow=True)
LEFT = Source("left", "离站", _left, flow=True)
ATTENDANCES = Source("attendances", "参训", _attendances, flow=True)
YEAR_HOURS = Source("year_hours", "本年参训", _hours_of_posted, station="here")
LED = Source("led", "主责督导", _led)
BY_RULE = Source("people_rules", "人员规定", judge=_by_rule)

UNTIL = Case(When(ends_on__lte=DAY, then=F("ends_on")), default=DAY, output_field=DateField())
SERVED = DaysBetween(UNTIL, F("starts_on"))
CERTIFIED = Exists(Certificate.objects.valid(DAY).filter(worker=OuterRef("worker")))
EVER_CERTIFIED = Exists(Certificate.objects.filter(worker=OuterRef("worker"), issued_on__lte=DAY))
FULL_TIME = Exists(Employment.objects.filter(at(DAY), worker=OuterRef("worker"), full_time=True))
TRAINED = Exists(Attendance.objects.within(YEAR_START, DAY).filter(worker=OuterRef("worker")))
EVALUATIONS: Any = WorkerEvaluation.objects.within(YEAR_START, DAY).filter(worker=OuterRef("worker"))

MEASURES = [
    *POSTINGS.counts(
        ("workers", "驻站社工", count()),
        ("workers_certified", "持证社工", count(Q(CERTIFIED))),
        ("workers_full_time", "专职社工", count(Q(FULL_TIME))),
        ("workers_expired", "证书已过期的社工", count(~Q(CERTIFIED) & Q(EVER_CERTIFIED))),
        ("workers_trained", "本年参训的社工", count(Q(TRAINED))),
        ("workers_evaluated", "本年考核的社工", count(Q(Exists(EVALUATIONS)))),
        ("workers_excellent", "考核优秀的社工", count(Q(Exists(EVALUATIONS.filter(grade=Grade.EXCELLENT))))),
    ),
    *TENURE.counts(("tenure_months", "驻站月数", months_of(SERVED)), decimals=1),
    *JOINED.counts(("workers_joined", "本月入站社工", count())),
    *LEFT.counts(("workers_left", "本月离站社工", count())),
    *ATTENDANCES.counts(("training_attendances", "本月参训人次", count())),
    *ATTENDANCES.counts(("training_hours", "本月培训学时", total_scaled("hours", 1)), decimals=1),
    *YEAR_HOURS.counts(("training_hours_year", "在站社工本年培训学时", total_scaled("hours", 1)), decimals=1),
    *LED.counts(("stations_led", "有主责督导的社工站", flag())),
    *BY_RULE.judged(("stations_short", "社工人数不足的站点"), ("workers_expiring", "证书即将到期的社工")),
]

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER
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
    indicator("certificates_expiring", "证书即将到期", "人", "workers_expiring", None, LOWER,
              "R4 持证上岗", worker_list(certified=EXPIRING), rule=Rule.CERTIFICATE_EXPIRY),
    indicator("certificates_expired", "证书已过期", "人", "workers_expired", None, LOWER,
              "R4 持证上岗", worker_list(certified=EXPIRED), rule=Rule.CERTIFICATE_REQUIRED),
    indicator("stations_short", "社工人数不足的站点", "%", "stations_short", "stations_completed", LOWER,
              "R3 人员配备", Records.of("staffing"), rule=Rule.STAFFING),
    indicator("supervised", "有主责督导的站点", "%", "stations_led", "stations_completed", HIGHER,
              "R17 培养使用", Records.of("supervisor_list")),
    indicator("training_hours", "本月培训学时", "学时", "training_hours", None, HIGHER,
              "R17 培养使用", Records.of("training_list")),
    indicator("training_attendances", "本月参训人次", "人次", "training_attendances", None, HIGHER,
              "R17 培养使用", Records.of("training_list")),
    indicator("trained", "本年参训率", "%", "workers_trained", "workers", HIGHER,
              "R17 培养使用", worker_list(training=TrainingState.SOME.value), rule=Rule.TRAINING_HOURS),
    indicator("training_mean", "本年人均培训学时", "学时", "training_hours_year", "workers", HIGHER,
              "R17 培养使用", worker_list(training=TrainingState.SOME.value), rule=Rule.TRAINING_HOURS),
    indicator("joined", "本月入站社工", "人", "workers_joined", None, Direction.NONE,
              "R17 培养使用", worker_list(moved=Moved.JOINED_MONTH.value)),
    indicator("left", "本月离站社工", "人", "workers_left", None, LOWER,
              "R17 培养使用", worker_list(moved=Moved.LEFT_MONTH.value)),
    indicator("turnover", "本月流失率", "%", "workers_left", "workers", LOWER,
              "R17 培养使用", worker_list(moved=Moved.LEFT_MONTH.value)),
    indicator("tenure", "平均驻站时间", "个月", "tenure_months", "workers", HIGHER,
              "R17 培养使用", worker_list(sort="-tenure")),
    indicator("excellent", "年度考核优秀率", "%", "workers_excellent", "workers_evaluated", HIGHER,
              "R17 考核激励", worker_list(evaluated=Grade.EXCELLENT.value)),
    indicator("evaluated", "本年考核率", "%", "workers_evaluated", "workers", HIGHER,
              "R17 考核激励", worker_list(evaluated=EVALUATED)),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)

"""How the demo's team grows and is led: trainings with attendance, evaluations, rewards, supervisors."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import OrgUnit
from reporting.demo.places import Place
from stations.models import (
    Attendance,
    Grade,
    Reward,
    RewardLevel,
    StationPosting,
    SupervisorAssignment,
    Training,
    TrainingKind,
    WorkerEvaluation,
)
from stations.models.dated import at

K = TrainingKind
TOPICS = [
    ("新入职驻站社工岗前培训", K.INDUCTION, 2),
    ("个案工作实务与记录撰写", K.SKILLS, 2),
    ("小组工作方案设计", K.SKILLS, 1),
    ("社会救助政策解读", K.POLICY, 1),
    ("儿童福利与未成年人保护政策", K.POLICY, 1),
    ("困境老年人探访关爱", K.SKILLS, 1),
    ("督导技术与团队支持", K.SUPERVISION, 1),
    ("社会工作者继续教育", K.CONTINUING, 2),
    ("五社联动项目设计", K.SKILLS, 1),
]  # and how many days
A_YEAR = 3  # trainings of a county in each of two years
REWARDS = [
    ("优秀社会工作者", RewardLevel.COUNTY),
    ("最美社工", RewardLevel.CITY),
    ("社会工作服务案例二等奖", RewardLevel.CITY),
    ("先进个人", RewardLevel.UNIT),
    ("优秀社会工作者", RewardLevel.PROVINCE),
]
PLACES = ["区县民政局会议室", "社会组织孵化基地", "线上"]
REWARDED = 30
UNSUPERVISED = 12  # stations without a supervisor


def build_team(rng: Random, places: list[Place], today: date) -> int:
    """The number of trainings."""
    by_county: dict[OrgUnit, list[Place]] = {}
    for place in places:
        by_county.setdefault(place.county, []).append(place)
    trainings = _trainings(rng, by_county, today)
    _evaluations(rng, today.year - 1)
    _rewards(rng, today)
    _supervisors(rng, by_county, today)
    return trainings


def _posted(on: date) -> dict[int, list[int]]:
    """County → workers posted in it on that day."""
    found: dict[int, list[int]] = {}
    rows = StationPosting.objects.filter(at(on)).order_by("worker")
    for county, worker in rows.values_list("station__unit__parent__parent", "worker"):
        found.setdefault(county or 0, []).append(worker)
    return found


def _trainings(rng: Random, by_county: dict[OrgUnit, list[Place]], today: date) -> int:
    trainings: list[Training] = []
    for county in by_county:
        for year in (today.year - 1, today.year):
            last = date(year, 12, 10) if year < today.year else today - timedelta(days=10)
            span = (last - date(year, 2, 10)).days
            for topic, kind, days in rng.sample(TOPICS, A_YEAR):
                first = date(year, 2, 10) + timedelta(days=rng.randint(0, max(span - days, 1)))
                trainings.append(
                    Training(
                        unit=county,
                        topic=topic,
                        kind=kind,
                        organiser=f"{county.name}民政局",
                        place=rng.choice(PLACES),
                        held_from=first,
                        held_to=first + timedelta(days=days - 1),
                        hours=Decimal(rng.choice([6, 8]) * days),
                        is_demo=True,
                    )
                )
    trainings = Training.objects.bulk_create(trainings)
    posted: dict[date, dict[int, list[int]]] = {}
    attendances = []
    for training in trainings:
        month = training.held_to.replace(day=1)  # asked once for a month; who came later in it did not take part
        if month not in posted:
            posted[month] = _posted(month)
        here = posted[month].get(training.unit.pk, [])
        attendances += [
            Attendance(training=training, worker_id=worker, hours=training.hours / (2 if rng.random() < 0.08 else 1))
            for worker in here
            if rng.random() < 0.75
        ]
    Attendance.objects.bulk_create(attendances, batch_size=1000)
    return len(trainings)


def _evaluations(rng: Random, year: int) -> None:
    """Who was posted through the autumn of the year."""
    rows = []
    for worker, county in (
        StationPosting.objects.filter(at(date(year, 9, 1)) & at(date(year, 12, 31)))
        .order_by("worker")
        .values_list("worker", "worker__unit__name")
    ):
        grade = rng.choices(Grade.values, [15, 78, 6, 1])[0]
        low, high = {Grade.EXCELLENT: (90, 98), Grade.GOOD: (76, 89), Grade.FAIR: (62, 74)}.get(Grade(grade), (48, 58))
        score = Decimal(rng.randint(low * 2, high * 2)) / 2
        rows.append(
            WorkerEvaluation(
                worker_id=worker, year=year, grade=grade, score=score, evaluator=f"{county}民政局",
                evaluated_on=date(year, 12, rng.randint(15, 28)),
            )
        )  # fmt: skip
    WorkerEvaluation.objects.bulk_create(rows, batch_size=1000)


def _rewards(rng: Random, today: date) -> None:
    posted = StationPosting.objects.filter(at(today)).order_by("worker").values_list("worker", "worker__unit__name")
    chosen = rng.sample(list(posted), REWARDED)
    Reward.objects.bulk_create(
        Reward(
            worker_id=worker,
            title=title,
            level=level,
            granted_by=f"{county}民政局" if level in (RewardLevel.COUNTY, RewardLevel.UNIT) else "民政部门",
            granted_on=today - timedelta(days=rng.randint(30, 600)),
        )
        for (worker, county), (title, level) in ((each, rng.choice(REWARDS)) for each in chosen)
    )


def _supervisors(rng: Random, by_county: dict[OrgUnit, list[Place]], today: date) -> None:
    """One or two of each county's workers lead its stations, each half of them."""
    without = {place.station.pk for place in rng.sample([p for each in by_county.values() for p in each], UNSUPERVISED)}
    here = _posted(today)
    rows = []
    for county, places in by_county.items():
        leads = rng.sample(here[county.pk], 2 if len(places) > 9 else 1)
        for number, place in enumerate(places):
            if place.station.pk not in without:
                since = max(place.completed_on, today - timedelta(days=rng.randint(200, 500)))
                rows.append(
                    SupervisorAssignment(
                        station=place.station, worker_id=leads[number % len(leads)], lead=True, starts_on=since
                    )
                )
    SupervisorAssignment.objects.bulk_create(rows)

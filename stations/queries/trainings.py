"""Rows of the list of trainings, and who took part in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from common.sums import decimal_sum
from stations.models import Attendance, StationPosting, Training
from stations.queries.where import Scope

VIEW = Permission.VIEW_WORKERS


@dataclass(frozen=True)
class TrainingRow:
    """`people` and `hours` of those whom the user sees; `hidden`: others took part too."""

    pk: int
    topic: str
    url: str
    kind: str
    organiser: str
    place: str
    unit: str
    held_from: date
    held_to: date
    each: Decimal
    people: int
    hours: Decimal
    hidden: int
    is_demo: bool


@dataclass(frozen=True)
class AttendanceRow:
    name: str
    url: str
    station: str
    hours: Decimal


@dataclass(frozen=True)
class TrainingSums:
    trainings: int
    people: int  # distinct
    hours: Decimal


def sorted_trainings(trainings: Any, sort: str) -> Any:
    """In the order of `?sort=`: date (the latest first by default), hours (of the training), people (all of them)."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "people":
        everyone = Attendance.objects.filter(training=OuterRef("pk")).order_by().values("training")
        trainings = trainings.annotate(everyone=Coalesce(Subquery(everyone.annotate(n=Count("pk")).values("n")), 0))
        field = "everyone"
    elif key == "hours":
        field = "hours"
    else:
        field, down = "held_to", sort != "date"
    return trainings.select_related("unit").order_by(F(field).desc() if down else F(field).asc(), "-pk")


def training_rows(trainings: Iterable[Training], user: User) -> list[TrainingRow]:
    """`trainings` with their unit joined: two queries."""
    trainings = list(trainings)
    keys = [training.pk for training in trainings]
    scope = Scope(user)
    everyone = dict(
        Attendance.objects.filter(training__in=keys).order_by().values("training").annotate(n=Count("pk"))
        .values_list("training", "n")
    )  # fmt: skip
    sums = Attendance.objects.visible_to(user, VIEW).filter(training__in=keys).order_by().values("training")
    seen = {
        training: (people, total)
        for training, people, total in sums.annotate(people=Count("pk"), total=decimal_sum("hours", 1)).values_list(
            "training", "people", "total"
        )
    }
    rows = []
    for training in trainings:
        people, hours = seen.get(training.pk, (0, Decimal(0)))
        rows.append(
            TrainingRow(
                pk=training.pk,
                topic=training.topic,
                url=reverse("training_detail", args=[training.pk]),
                kind=training.get_kind_display(),
                organiser=training.organiser,
                place=training.place,
                unit=scope.name(training.unit),
                held_from=training.held_from,
                held_to=training.held_to,
                each=training.hours,
                people=people,
                hours=hours,
                hidden=everyone.get(training.pk, 0) - people,
                is_demo=training.is_demo,
            )
        )
    return rows


def training_sums(trainings: Any, user: User) -> TrainingSums:
    """Of these trainings and the workers whom the user sees. Two queries."""
    rows = Attendance.objects.visible_to(user, VIEW).filter(training__in=trainings.order_by().values("pk")).order_by()
    found = rows.aggregate(people=Count("worker", distinct=True), total=decimal_sum("hours", 1))
    return TrainingSums(trainings.count(), found["people"], found["total"] or Decimal(0))


def attendance_rows(training: Training, user: User) -> list[AttendanceRow]:
    """Those whom the user sees, by station of the last day and name. Two queries."""
    rows = list(
        Attendance.objects.visible_to(user, VIEW).filter(training=training).select_related("worker")
        .order_by("worker__name", "pk")
    )  # fmt: skip
    scope = Scope(user)
    there = {
        posting.worker_id: posting.station.unit
        for posting in StationPosting.objects.at(training.held_to)
        .filter(worker__in=[row.worker_id for row in rows])
        .select_related("station__unit")
    }
    rows.sort(key=lambda row: there[row.worker_id].path if row.worker_id in there else "~")
    return [
        AttendanceRow(
            name=row.worker.name,
            url=reverse("worker_detail", args=[row.worker_id]),
            station=scope.name(there[row.worker_id]) if row.worker_id in there else "",
            hours=row.hours,
        )
        for row in rows
    ]

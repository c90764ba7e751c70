"""The filter of the worker list. Its parameters are fixed: figures open their records by them."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.db import models

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from common.forms import YES_NO, choices_of
from common.months import Month
from stations.forms.filters import ListFilter, choice
from stations.models import CertificateLevel, Education, EmployerKind, Grade, Language, SupervisorAssignment
from stations.models.workers import NATION, WorkerQuerySet
from stations.queries.people_rules import PeopleRules, expiring_by_rule, trained_by_rule

EXPIRING, EXPIRED = "expiring", "expired"
EVALUATED = "yes"
CERTIFIED = [*YES_NO, *CertificateLevel.choices, (EXPIRING, "即将到期"), (EXPIRED, "已过期")]


class Moved(models.TextChoices):
    """Coming and going in the month (of the filter, or the running one) or in its year until then."""

    JOINED_MONTH = "joined_month", "当月入站"
    JOINED_YEAR = "joined_year", "本年入站"
    LEFT_MONTH = "left_month", "当月离站"
    LEFT_YEAR = "left_year", "本年离站"


class TrainingState(models.TextChoices):
    """Hours in the year against what is required."""

    NONE = "none", "本年未参训"
    SOME = "some", "本年已参训"
    SHORT = "short", "学时不足"
    MET = "met", "学时达标"


def supervisors_of(user: User, permission: Permission) -> list[tuple[str, str]]:
    """Those who supervise stations in the user's scope now: “w<worker id>” or “u<user id>” and the name. One query."""
    rows = SupervisorAssignment.objects.visible_to(user, permission).current().order_by()
    found = rows.values_list("worker", "worker__name", "user", "user__name").distinct()
    people = [(f"w{worker}", name) if worker else (f"u{key}", user_name) for worker, name, key, user_name in found]
    return sorted(people, key=lambda pair: pair[1])


class WorkerFilter(ListFilter):
    posted = choice("在站", YES_NO)
    certified = choice("持证", CERTIFIED)
    full_time = choice("专职", YES_NO)
    employer = choice("用人单位", choices_of(EmployerKind.choices))
    education = choice("学历", choices_of(Education.choices))
    language = choice("服务语言", choices_of(Language.choices))
    supervisor = choice("督导", [])
    training = choice("培训学时", choices_of(TrainingState.choices))
    evaluated = choice("本年考核", choices_of([(EVALUATED, "已考核"), *Grade.choices]))
    moved = choice("变动", choices_of(Moved.choices))

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None, permission: Permission) -> None:
        super().__init__(data, user=user, unit=unit, permission=permission)
        fields: dict[str, Any] = self.fields
        fields["q"].label = "姓名、用人单位"
        fields["supervisor"].choices = choices_of(supervisors_of(user, permission))
        self._place = unit.path if unit else next(iter(user.paths(permission)), NATION)

    @cached_property
    def rules(self) -> PeopleRules:
        """Those of the chosen unit, or of the user's own; on the day of the list. One query."""
        return PeopleRules.at(self._place, self.on)

    def apply(self, workers: WorkerQuerySet, stations: Any) -> WorkerQuerySet:
        """The workers that pass; with a month, those posted at its end to one of `stations` (the user's)."""
        if not self.is_valid():
            return workers.none()
        values, on = self.cleaned_data, self.on
        if self.chosen_unit:
            workers, stations = workers.under(self.chosen_unit), stations.under(self.chosen_unit)
        if values["moved"]:
            workers = self._moved(workers, stations)
        elif values["month"] or values["posted"] == "yes":
            workers = workers.posted_at(on, stations)
        if values["posted"] == "no":
            workers = workers.not_posted_at(on)
        workers = self._qualified(workers, on)
        if values["education"]:
            workers = workers.filter(education=values["education"])
        if values["language"]:
            workers = workers.speaking(Language(values["language"]))
        if values["supervisor"]:
            kind, key = values["supervisor"][0], int(values["supervisor"][1:])
            workers = workers.supervised_by(on, **{"worker" if kind == "w" else "user": key})
        if values["evaluated"]:
            grade = values["evaluated"]
            workers = workers.evaluated(on, "" if grade == EVALUATED else grade)
        if values["training"]:
            workers = self._trained(workers, on)
        if values["q"]:
            workers = workers.found(values["q"].strip(), on)
        return workers

    def _qualified(self, workers: WorkerQuerySet, on: date) -> WorkerQuerySet:
        values = self.cleaned_data
        certified = values["certified"]
        if certified in CertificateLevel.values:
            workers = workers.holding(CertificateLevel(certified), on)
        elif certified == EXPIRING:
            workers = expiring_by_rule(workers, on)
        elif certified == EXPIRED:
            workers = workers.expired(on)
        elif certified:
            workers = workers.certified(on, yes=certified == "yes")
        if values["full_time"]:
            workers = workers.full_time(on, yes=values["full_time"] == "yes")
        if values["employer"]:
            workers = workers.employed_by(EmployerKind(values["employer"]), on)
        return workers

    def _trained(self, workers: WorkerQuerySet, on: date) -> Any:
        match TrainingState(self.cleaned_data["training"]):
            case TrainingState.NONE:
                return workers.with_training_hours(on).filter(training_hours=0)
            case TrainingState.SOME:
                return workers.with_training_hours(on).filter(training_hours__gt=0)
            case TrainingState.SHORT:
                return trained_by_rule(workers, on, enough=False)
            case TrainingState.MET:
                return trained_by_rule(workers, on, enough=True)

    def _moved(self, workers: WorkerQuerySet, stations: Any) -> WorkerQuerySet:
        """Coming or going until the end of the month asked about."""
        moved = Moved(self.cleaned_data["moved"])
        month = self.until or Month.of(self.on)
        yearly = moved in (Moved.JOINED_YEAR, Moved.LEFT_YEAR)
        first = month.first.replace(month=1) if yearly else month.first
        word = workers.joined if moved in (Moved.JOINED_MONTH, Moved.JOINED_YEAR) else workers.left
        return word(first, month.last, stations)

"""The rules about people that hold at a place on a day (R3, R4, R17), each with its document and clause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DateField, DecimalField, F, Field, OuterRef, Value, When

from common.paths import ancestors, below
from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook
from stations.models.workers import WorkerQuerySet
from stations.queries.citations import source

KINDS = (
    ProvisionKind.CERTIFICATE_EXPIRY,
    ProvisionKind.STAFFING,
    ProvisionKind.TRAINING_HOURS,
    ProvisionKind.CERTIFICATE_REQUIRED,
    ProvisionKind.FAULT_PART_TIME,
)


@dataclass(frozen=True)
class Ruled:
    """A number (None: nothing is set) and the provision that sets it."""

    value: int | None
    provision: Provision | None

    @property
    def source(self) -> dict[str, str] | None:
        return source(self.provision)


def ruled(book: RuleBook, kind: ProvisionKind, name: str, path: str, on: date) -> Ruled:
    """The parameter `name` of the provision that governs `path` on `on`."""
    provision = book.provision(kind, path, on)
    return Ruled(provision.parameters.get(name) if provision else None, provision)


def last_of_year(on: date) -> date:
    """The day whose rule on training hours holds for the year."""
    return date(on.year, 12, 31)


@dataclass(frozen=True)
class PeopleRules:
    """The numbers that hold at one place on one day."""

    expiry_days: Ruled
    staffing: Ruled
    training_hours: Ruled
    certificate: Ruled  # 1 where a certificate is required, else None
    part_time: Ruled  # the share full time below which it is a fault; cited for part-time workers (R10)

    @classmethod
    def read(cls, book: RuleBook, path: str, on: date) -> PeopleRules:
        required = ruled(book, ProvisionKind.CERTIFICATE_REQUIRED, "required", path, on)
        fault = book.threshold(ProvisionKind.FAULT_PART_TIME, path, on)
        return cls(
            expiry_days=ruled(book, ProvisionKind.CERTIFICATE_EXPIRY, "days", path, on),
            staffing=ruled(book, ProvisionKind.STAFFING, "workers", path, on),
            training_hours=ruled(book, ProvisionKind.TRAINING_HOURS, "hours", path, last_of_year(on)),
            certificate=Ruled(1 if required.value else None, required.provision),
            part_time=Ruled(fault.value, fault.named_by) if fault else Ruled(None, None),
        )

    @classmethod
    def at(cls, path: str, on: date) -> PeopleRules:
        """One query."""
        return cls.read(RuleBook.load([path], kinds=KINDS), path, on)


# ---- many workers, each judged by the rule of the own station ------------------------------------------------------


def expiring_by_rule(workers: WorkerQuerySet, on: date) -> Any:
    """Whose certificate runs out within the days of the rule at their station (R4). One query now, for the rules."""
    days = _numbers(ProvisionKind.CERTIFICATE_EXPIRY, "days", on)
    ends = {path: None if number is None else on + timedelta(days=number) for path, number in days.items()}
    rows = workers.with_place(on).annotate(runs_out_by=_at_place(ends, DateField()))
    return rows.filter(runs_out_by__isnull=False).running_out(on, OuterRef("runs_out_by"))


def trained_by_rule(workers: WorkerQuerySet, on: date, *, enough: bool) -> Any:
    """Whose hours in the year are (not) as many as the rule at their station asks for (R17); where none does, nobody.
    One query now, for the rules."""
    hours = _numbers(ProvisionKind.TRAINING_HOURS, "hours", last_of_year(on))
    wanted = _at_place(hours, DecimalField(max_digits=7, decimal_places=1))
    rows = workers.with_training_hours(on).with_place(on).annotate(hours_wanted=wanted)
    return rows.filter(**{f"training_hours__{'gte' if enough else 'lt'}": F("hours_wanted")})


def _numbers(kind: ProvisionKind, name: str, on: date) -> dict[str, int | None]:
    """Path → the number that holds from there down; only where it differs from that of the place above."""
    book = RuleBook.load(kinds=(kind,))
    found: dict[str, int | None] = {}
    for path in sorted(book.places(kind)):
        number = ruled(book, kind, name, path, on).value
        above = next((found[step] for step in reversed(ancestors(path)[:-1]) if step in found), None)
        if number != above:
            found[path] = number
    return found


def _at_place(numbers: dict[str, Any], field: Field) -> Case:
    """The number of the nearest place, as an expression on `place`; null where nothing is set."""
    nearest = sorted(numbers, key=len, reverse=True)
    whens = [When(below("place", path), then=Value(numbers[path], output_field=field)) for path in nearest]
    return Case(*whens, default=Value(None), output_field=field)

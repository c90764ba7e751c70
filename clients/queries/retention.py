"""What is kept longer than the rule of its place says (policies.kinds.retention)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import Level, OrgUnit
from clients.models import Client, Transfer, TransferState
from clients.retention import KEPT, Ended, Kept
from policies.deadlines import is_past
from policies.kinds.retention import kept_until
from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook


@dataclass(frozen=True)
class Overdue:
    """What is kept too long at one unit on the day asked about, and the rule that says so."""

    kept: Kept
    unit: OrgUnit
    provision: Provision
    ended: dict[int, date]  # key → the day on which its time began to run

    @property
    def place(self) -> str:
        above = self.unit.parent if self.unit.level == Level.TOWNSHIP else self.unit.parent and self.unit.parent.parent
        return f"{above.name} {self.unit.name}" if above else self.unit.name

    @property
    def years(self) -> int:
        return self.provision.parameters["years"]

    @property
    def source(self) -> str:
        return f"{self.provision.document} {self.provision.clause}"


def overdue(on: date) -> Iterator[Overdue]:
    """By what is kept, and by unit in order of the tree. One query for each kind of it, and two."""
    found = {kept.key: _by_unit(kept.ended(on)) for kept in KEPT.values()}
    units = OrgUnit.objects.filter(pk__in={pk for by_unit in found.values() for pk in by_unit})
    ordered = list(units.select_related("parent__parent").order_by("path"))
    rules = RuleBook.load(kinds=[ProvisionKind.CLIENT_RETENTION])
    for key, by_unit in found.items():
        for unit in ordered:
            provision = rules.provision(ProvisionKind.CLIENT_RETENTION, unit.path, on) if unit.pk in by_unit else None
            if provision is None:  # or the shipped default was never loaded: nothing says that anything may go
                continue
            years = provision.parameters["years"]
            over = {pk: day for pk, day in by_unit[unit.pk].items() if is_past(kept_until(day, years), on)}
            if over:
                yield Overdue(KEPT[key], unit, provision, over)


def _by_unit(rows: Iterable[Ended]) -> dict[int, dict[int, date]]:
    by_unit: dict[int, dict[int, date]] = defaultdict(dict)
    for key, unit_id, day in rows:
        by_unit[unit_id][key] = day
    return by_unit


def closed_files(on: date) -> Iterator[Ended]:
    """Files closed before `on`. Those that another station asks for wait."""
    asked = Transfer.objects.filter(client=OuterRef("pk"), state=TransferState.ASKED)
    closed = Client.objects.standing().filter(~Exists(asked), closed_on__lt=on)
    yield from closed.order_by("pk").values_list("pk", "station_id", "closed_on")  # type: ignore[misc]

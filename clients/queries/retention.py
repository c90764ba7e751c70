"""Files whose time is over: closed for longer than the rule of their place says (policies.kinds.retention)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from clients.models import Client, Transfer, TransferState
from policies.deadlines import is_past
from policies.kinds.retention import kept_until
from policies.models import Provision, ProvisionKind
from policies.queries import RuleBook
from stations.models import Station


@dataclass(frozen=True)
class Overdue:
    """The files of a station whose time is over on the day asked about, and the rule that says so."""

    station: Station
    provision: Provision
    closed: dict[int, date]  # key of the file → the day on which it was closed

    @property
    def years(self) -> int:
        return self.provision.parameters["years"]

    @property
    def source(self) -> str:
        return f"{self.provision.document} {self.provision.clause}"


def overdue(on: date) -> Iterator[Overdue]:
    """By station, in order of the tree. Files that another station asks for wait. A fixed number of queries."""
    asked = Transfer.objects.filter(client=OuterRef("pk"), state=TransferState.ASKED)
    closed = Client.objects.standing().filter(~Exists(asked), closed_on__lt=on)
    by_station: dict[int, dict[int, date]] = defaultdict(dict)
    for key, station_id, day in closed.order_by("pk").values_list("pk", "station_id", "closed_on"):
        assert day is not None
        by_station[station_id][key] = day
    rules = RuleBook.load(kinds=[ProvisionKind.CLIENT_RETENTION])
    for station in (
        Station.objects.filter(pk__in=by_station).select_related("unit__parent__parent").order_by("unit__path")
    ):
        provision = rules.provision(ProvisionKind.CLIENT_RETENTION, station.unit.path, on)
        if provision is None:  # the shipped default was never loaded: nothing says that anything may go
            continue
        years = provision.parameters["years"]
        over = {key: day for key, day in by_station[station.pk].items() if is_past(kept_until(day, years), on)}
        if over:
            yield Overdue(station, provision, over)

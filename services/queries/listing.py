"""The list of service records: one selection for the page, its totals line and the API.

Two ways to find fifty rows. In a narrow reach (few stations) the stations are named, and the index (station, day, id)
answers. In a wide one the index (day, id) is walked until fifty rows fit, which they soon do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from clients.gate import stations_read
from common.months import Month
from files.models import Attachment
from services.models import (
    Domain,
    Doubt,
    EntryWarning,
    FocusGroup,
    Method,
    Nature,
    ReviewState,
    ServiceClient,
    ServiceRecord,
    ServiceWorker,
)
from stations.models import Station, Worker

PAGE = 50
ANY = "any"  # any warning at all
OPEN_REVIEW = "open"
# What the filter of reviews asks for → states of a record.
REVIEWS: dict[str, tuple[str, ...]] = {
    OPEN_REVIEW: (ReviewState.PENDING, ReviewState.ANSWERED),
    **{state.value: (state.value,) for state in ReviewState},
}
NARROW = 100  # stations; about where naming them and walking the days cost the same


@dataclass(frozen=True)
class Cursor:
    """A place between two rows of the list."""

    day: date
    pk: int

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """From "2026-10-20_17"; ValueError for anything else."""
        day, _, pk = text.partition("_")
        return cls(date.fromisoformat(day), int(pk[:18]))

    def __str__(self) -> str:
        return f"{self.day.isoformat()}_{self.pk}"


@dataclass
class Selection:
    """Which records: those that `user` may read, and of them those that every given field fits."""

    user: User
    unit: OrgUnit | None = None
    month: Month | None = None
    worker: Worker | None = None
    domain: str = ""
    method: str = ""
    nature: str = ""
    focus: str = ""
    on_time: str = ""
    volunteers: str = ""
    state: str = ""
    review: str = ""
    warned: str = ""
    q: str = ""
    permission: Permission = field(default=Permission.VIEW_RECORDS)

    @cached_property
    def station_ids(self) -> list[int] | None:
        """Keys of the stations in reach; None when there are too many to name."""
        stations = Station.objects.visible_to(self.user, self.permission)
        if self.unit:
            stations = stations.under(self.unit)
        keys = list(stations.order_by().values_list("pk", flat=True)[: NARROW + 1])
        return keys if len(keys) <= NARROW else None

    @property
    def wide(self) -> bool:
        return self.station_ids is None

    @property
    def narrowed(self) -> bool:
        """Is anything but unit and month asked for? In a wide reach such a search needs a month to end soon."""
        return bool(
            self.worker or self.q or self.domain or self.method or self.nature or self.focus or self.on_time
            or self.volunteers or self.state or self.review or self.warned
        )  # fmt: skip

    def records(self) -> QuerySet[ServiceRecord]:
        """The records, unordered, of whatever month."""
        records = ServiceRecord.objects.visible_to(self.user, self.permission)
        if self.station_ids is not None:
            records = records.filter(station__in=self.station_ids)
        elif self.unit:
            records = records.under(self.unit)
        named = {"domain": self.domain, "method": self.method}
        records = records.filter(**{name: value for name, value in named.items() if value})
        if self.nature:
            records = records.filter(administrative=self.nature == Nature.ADMINISTRATIVE)
        if self.focus:
            records = records.filter(**{f"{self.focus}__gt": 0})
        if self.on_time:
            records = records.filter(on_time=self.on_time == "yes")
        if self.volunteers:
            records = records.filter(volunteers__gt=0)
        if self.state:
            records = records.filter(voided_at__isnull=self.state == "valid")
        if self.review:
            records = records.filter(review_state__in=REVIEWS[self.review])
        if self.warned:
            standing = EntryWarning.objects.filter(service=OuterRef("pk"), cleared_at=None)
            records = records.filter(Exists(standing if self.warned == ANY else standing.filter(kind=self.warned)))
        if self.worker:
            served = ServiceWorker.objects.filter(service=OuterRef("pk"), worker=self.worker)
            records = records.filter(Exists(served))
        if self.q:
            records = records.filter(Q(title__icontains=self.q) | self._at_place())
        return records

    def _at_place(self) -> Q:
        """Places that the user reads (closed_texts): else the list would tell who lives there."""
        named = ServiceClient.objects.filter(service=OuterRef("pk"))
        readable = Q(station__in=stations_read(self.user, Permission.VIEW_CLIENTS))
        return Q(place__icontains=self.q) & (~Exists(named) | readable)


@dataclass(slots=True)
class Row:
    """One line of the list, ready to print."""

    pk: int
    station_id: int
    starts_on: date
    ends_on: date
    title: str
    domain: str
    method: str
    administrative: bool
    contacts: int
    hours: Decimal
    on_time: bool
    voided: bool
    review_state: str
    station: str = ""
    workers: str = ""
    warnings: list[str] = field(default_factory=list)
    photos: int = 0

    @property
    def when(self) -> str:
        """2026-10-20, or 2026-10-20 至 10-22."""
        if self.ends_on == self.starts_on:
            return self.starts_on.isoformat()
        same_year = self.ends_on.year == self.starts_on.year
        return f"{self.starts_on.isoformat()} 至 {self.ends_on.isoformat()[5 if same_year else 0 :]}"

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.starts_on, self.pk)

    @property
    def reviewed(self) -> str:
        """The review in words; "" while the record waits for the first one."""
        return "" if self.review_state == ReviewState.PENDING else str(ReviewState(self.review_state).label)


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next_cursor: str = ""
    previous_cursor: str = ""

    @property
    def shown(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Totals:
    """Of the records that count; `voided` says how many of the listed ones do not.

    The last four are there when their filter is set, so that a figure finds its own number on the list that it opens.
    """

    services: int
    contacts: int
    hours: Decimal
    voided: int
    focus: int | None = None
    focus_label: str = ""
    volunteers: int | None = None
    volunteer_hours: Decimal | None = None


COLUMNS = (
    "pk", "station_id", "starts_on", "ends_on", "title", "domain", "method", "administrative",
    "contacts", "hours", "on_time", "voided_at", "review_state",
)  # fmt: skip
_DOMAINS = dict(Domain.choices)
_METHODS = dict(Method.choices)


def list_rows(
    selection: Selection, *, after: Cursor | None = None, before: Cursor | None = None, oldest_first: bool = False
) -> Page:
    """Fifty rows from `after` on, or those that end at `before`; newest day first. Five queries and the reach's."""
    back = before is not None
    rows = ordered(selection, after or before, falling=oldest_first == back)
    found = told(rows[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    if back:
        found.reverse()
    if not found:
        return Page([])
    has_next = more or back
    has_previous = (more if back else False) or after is not None
    return Page(found, str(found[-1].cursor) if has_next else "", str(found[0].cursor) if has_previous else "")


def told(records: QuerySet[ServiceRecord]) -> list[Row]:
    """A few records as the list tells of them. Five queries, one for none."""
    found = [_row(values) for values in records.values(*COLUMNS)]
    _name_stations(found)
    _name_workers(found)
    _name_warnings(found)
    _count_photos(found)
    return found


def ordered(selection: Selection, beyond: Cursor | None, *, falling: bool) -> QuerySet[ServiceRecord]:
    """The selection in the order of its index, from beyond the cursor on."""
    records = selection.records()
    if selection.month:
        # The range of days says the same as the month, and is what the walked index holds.
        records = records.filter(starts_on__gte=selection.month.first, starts_on__lte=selection.month.last)
    if beyond and falling:
        records = records.filter(Q(starts_on__lt=beyond.day) | Q(pk__lt=beyond.pk), starts_on__lte=beyond.day)
    elif beyond:
        records = records.filter(Q(starts_on__gt=beyond.day) | Q(pk__gt=beyond.pk), starts_on__gte=beyond.day)
    return records.order_by("-starts_on", "-id") if falling else records.order_by("starts_on", "id")


def totals(selection: Selection) -> Totals:
    """Counts and sums over the whole selection, in one query; with a month it reads an index only."""
    records = selection.records().order_by()
    if selection.month:
        records = records.filter(month=selection.month)
    counted = Q(voided_at=None)
    sums: dict[str, Any] = {
        "services": Count("pk", filter=counted),
        "contacts": Sum("contacts", filter=counted, default=0),
        "hours": Sum("hours", filter=counted, default=Decimal(0)),
        "voided": Count("pk", filter=~counted),
    }
    if selection.focus:
        sums["focus"] = Sum(selection.focus, filter=counted, default=0)
    if selection.volunteers:
        sums["volunteers"] = Sum("volunteers", filter=counted, default=0)
        sums["volunteer_hours"] = Sum("volunteer_hours", filter=counted, default=Decimal(0))
    found = records.aggregate(**sums)
    label = FocusGroup(selection.focus).label if selection.focus else ""
    return Totals(**found, focus_label=label)


def _row(values: dict[str, Any]) -> Row:
    voided_at = values.pop("voided_at")
    values["domain"], values["method"] = _DOMAINS[values["domain"]], _METHODS[values["method"]]
    return Row(**values, voided=voided_at is not None)


def _name_stations(rows: Iterable[Row]) -> None:
    """Joined into the list's own query, the names would have SQLite walk the units first and sort every record."""
    keys = {row.station_id for row in rows}
    names = dict(OrgUnit.objects.filter(pk__in=keys).values_list("pk", "name"))
    for row in rows:
        row.station = names[row.station_id]


def _name_workers(rows: Iterable[Row]) -> None:
    by_pk = {row.pk: row for row in rows}
    names: dict[int, list[str]] = defaultdict(list)
    served = ServiceWorker.objects.filter(service__in=by_pk).order_by("worker_id")
    for service_id, name in served.values_list("service_id", "worker__name"):
        names[service_id].append(name)
    for pk, row in by_pk.items():
        row.workers = "、".join(names[pk])


def _name_warnings(rows: Iterable[Row]) -> None:
    by_pk = {row.pk: row for row in rows}
    standing = EntryWarning.objects.filter(service__in=by_pk, cleared_at=None).order_by("id")
    for service_id, kind in standing.values_list("service_id", "kind"):
        by_pk[service_id].warnings.append(str(Doubt(kind).label))


def _count_photos(rows: Iterable[Row]) -> None:
    by_pk = {row.pk: row for row in rows}
    photos = Attachment.objects.standing().on(ServiceRecord).filter(target_id__in=by_pk).order_by()
    for service_id, number in photos.values_list("target_id").annotate(Count("pk")):
        by_pk[service_id].photos = number


def unit_choices(user: User, unit: OrgUnit | None) -> list[OrgUnit]:
    """Units that the filter offers: the chosen one, its superior and what is below it; else what is below the user."""
    units = OrgUnit.objects.visible_to(user, Permission.VIEW_RECORDS).order_by("path")
    if unit:
        return list(units.filter(Q(pk=unit.parent_id) | Q(pk=unit.pk) | Q(parent=unit)))
    tops = [posting.unit_id for posting in user.current_postings()]
    return list(units.filter(parent=tops[0]) if len(tops) == 1 else units.filter(pk__in=tops))

"""What the document pages list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db.models import Count, Q, QuerySet

from accounts.models import OrgUnit, User
from common.paths import below
from policies.kinds import KINDS
from policies.models import PolicyDocument, Provision, ProvisionKind

SORTS = {"issued_on": ("issued_on", "id"), "number": ("number", "id"), "issuer": ("issuer__path", "issued_on", "id")}


class State(Enum):
    """Where a day stands to a provision's dates; the value is the label and the tone of its badge."""

    IN_FORCE = ("现行", "ok")
    AHEAD = ("未到适用期", "info")
    ENDED = ("已终止", "muted")

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class ProvisionRow:
    """A provision as pages print it."""

    provision: Provision
    label: str
    sentence: str
    period: str
    state: State

    @property
    def source(self) -> dict[str, str]:
        return {"label": self.provision.citation}


def list_documents(
    user: User,
    *,
    on: date,
    search: str = "",
    issuer: OrgUnit | None = None,
    under: OrgUnit | None = None,
    year: int | None = None,
    sort: str = "-issued_on",
) -> QuerySet[PolicyDocument]:
    """Documents in the user's view with `in_force` and `total` counts of provisions; the defaults always last."""
    rows = PolicyDocument.objects.visible_to(user)
    if search:
        rows = rows.filter(Q(number__icontains=search) | Q(title__icontains=search))
    if issuer is not None:
        rows = rows.filter(issuer=issuer)
    if under is not None:
        # The gate of documents also reads upwards; “under” means issued there.
        rows = rows.filter(below("issuer__path", under.path))
    if year is not None:
        rows = rows.filter(issued_on__year=year)
    current = Q(provisions__pk__in=Provision.objects.in_force(on).values("pk"))
    descending, name = sort.startswith("-"), sort.removeprefix("-")
    order = [f"-{field}" if descending else field for field in SORTS[name]]
    return (
        rows.select_related("issuer")
        .annotate(total=Count("provisions", distinct=True), in_force=Count("provisions", filter=current, distinct=True))
        .order_by("is_default", *order)
    )


def issuers_in_view(user: User) -> QuerySet[OrgUnit]:
    """Units that issued a document in the user's view, for the filter."""
    return OrgUnit.objects.filter(pk__in=PolicyDocument.objects.visible_to(user).values("issuer")).order_by("path")


def years_in_view(user: User) -> list[int]:
    """Years in which a document in the user's view was issued, latest first."""
    dates = PolicyDocument.objects.visible_to(user).order_by().values_list("issued_on__year", flat=True)
    return sorted(set(dates), reverse=True)


def provision_rows(provisions: Iterable[Provision], on: date) -> list[ProvisionRow]:
    """Provisions as printed, with what they are on the day `on`."""
    return [
        ProvisionRow(
            provision=row,
            label=str(ProvisionKind(row.kind).label),
            sentence=KINDS[ProvisionKind(row.kind)].sentence(row.parameters),
            period=period(row.in_force_from, row.in_force_to),
            state=state(row, on),
        )
        for row in provisions
    ]


def provisions_of(document: PolicyDocument, on: date) -> list[ProvisionRow]:
    """A document's provisions in the order of the registry, ended ones after the others of their kind."""
    order = {str(kind): number for number, kind in enumerate(KINDS)}
    rows = provision_rows(document.provisions.select_related("unit", "document"), on)
    return sorted(
        rows,
        key=lambda row: (
            order[row.provision.kind],
            row.state is State.ENDED,
            len(row.provision.unit.path),
            row.provision.unit.path,
            row.provision.in_force_from or date.min,
            row.provision.pk,
        ),
    )


@dataclass(frozen=True)
class ProvisionGroup:
    """Rows that say the same for several units: a county each of one target."""

    rows: list[ProvisionRow]

    @property
    def first(self) -> ProvisionRow:
        return self.rows[0]


def grouped(rows: Iterable[ProvisionRow]) -> list[ProvisionGroup]:
    """Rows alike but for their unit together, where the first of them stands."""
    groups: dict[tuple[str, ...], list[ProvisionRow]] = {}
    for row in rows:
        provision = row.provision
        key = (provision.kind, row.sentence, provision.clause, provision.text, row.period, row.state.name)
        groups.setdefault(key, []).append(row)
    return [ProvisionGroup(group) for group in groups.values()]


def state(provision: Provision, on: date) -> State:
    if provision.in_force_to is not None and provision.in_force_to < on:
        return State.ENDED
    if provision.in_force_from is not None and provision.in_force_from > on:
        return State.AHEAD
    return State.IN_FORCE


def period(start: date | None, end: date | None) -> str:
    """“2023-05-15 起”, “2023-05-14 止”, “自始”."""
    if start and end:
        return f"{start} 至 {end}"
    if start:
        return f"{start} 起"
    return f"{end} 止" if end else "自始"

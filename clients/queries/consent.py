"""Who agreed to be served, said of many files at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from clients.models import Consent, ConsentKind
from clients.vocabulary import ConsentState


def _of_client(standing: bool) -> QuerySet[Consent]:
    rows = Consent.objects.filter(client=OuterRef("pk"), kind=ConsentKind.SERVICE)
    return rows.filter(withdrawn_on__isnull=standing)


def standing() -> Exists:
    """Condition on files: a consent to service stands."""
    return Exists(_of_client(standing=True))


def withdrawn() -> Exists:
    """Condition on files: one was withdrawn. With none standing nothing new may be recorded (Client.refuses_use), since
    a new consent is never dated before the last withdrawal."""
    return Exists(_of_client(standing=False))


def willing() -> Q:
    """Condition on files: something new may be recorded of the person."""
    return ~Q(withdrawn()) | Q(standing())


def state_of(newest: Consent | None) -> ConsentState:
    """How consent stands, by the newest one of its kind."""
    if newest is None:
        return ConsentState.MISSING
    return ConsentState.STANDING if newest.withdrawn_on is None else ConsentState.WITHDRAWN


def consents(keys: Iterable[int]) -> dict[int, ConsentState]:
    """Each file key → how the consent to service stands. One query, none for no keys."""
    found = dict.fromkeys(keys, ConsentState.MISSING)
    rows = Consent.objects.filter(client__in=list(found), kind=ConsentKind.SERVICE).order_by("given_on", "pk")
    for row in rows.only("client_id", "withdrawn_on") if found else ():
        found[row.client_id] = state_of(row)
    return found


def refusing(keys: Iterable[int]) -> set[int]:
    """Those who let nothing new be recorded of them: Client.refuses_use for many. One query, none for no keys."""
    return {key for key, state in consents(keys).items() if state == ConsentState.WITHDRAWN}

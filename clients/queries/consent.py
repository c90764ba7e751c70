"""Who agreed to be served, said of many files at once."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from clients.models import Consent, ConsentKind


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

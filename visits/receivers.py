"""What other rooms tell: services that were logged, corrected or voided; files that opened, moved, closed or merged;
levels that were set; consents; rules that changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from clients.models import Client, FileSpell, LevelSpell
from clients.signals import GONE, anonymised, consent_changed, leaving, person_changed
from clients.vocabulary import Ending
from common.nudge import wake
from policies.models import ProvisionKind
from policies.signals import rules_changed
from services.models import ServiceRecord
from services.signals import corrected, logged, voided
from visits.actions import follow, plan
from visits.actions.planning import MERGED, PLAN, close_file, take_up
from visits.models import Answer, Visit, VisitAttempt


@receiver([logged, corrected, voided], sender=ServiceRecord)
def _service_changed(record: ServiceRecord, by: User | None, **_: Any) -> None:
    follow(by=by, record=record)


@receiver(post_save, sender=FileSpell)
@receiver(post_save, sender=LevelSpell)
def _spell_saved(instance: FileSpell | LevelSpell, raw: bool = False, **_: Any) -> None:
    """Reads spells, never Client's own columns: the action writes those later. A merge tells of itself."""
    if not raw and getattr(instance, "ending", "") != Ending.MERGED:
        plan([instance.client_id])


@receiver(leaving)
def _leaving(client: Client, to: Any, **_: Any) -> None:
    if to is None:
        close_file(client.pk)


@receiver(person_changed)
def _person_changed(persons: dict[int, int], **_: Any) -> None:
    apart = [file for file, person in persons.items() if file == person]
    take_up(Visit.objects.filter(client__in=apart, reason__startswith=MERGED))
    plan({*persons, *persons.values()})


@receiver(consent_changed)
def _consent_changed(client: Client, **_: Any) -> None:
    """Who withdrew the consent to service is visited no more, from now on and not from tomorrow's planning."""
    plan([client.pk])


@receiver(anonymised)
def _anonymised(client: Client, **_: Any) -> None:
    """Texts go; that there was a visit, when, and how it went stays."""
    Visit.objects.filter(client=client).update(ask="", needs="", next_step="")
    Visit.objects.filter(client=client).exclude(reason="").update(reason=GONE)
    VisitAttempt.objects.filter(visit__client=client).update(note="")
    Answer.objects.filter(visit__client=client, question__kind="TEXT").update(text="")
    close_file(client.pk)


@receiver(rules_changed)
def _rules_changed(kind: ProvisionKind | None, since: date | None = None, **_: Any) -> None:
    """Soon; at the latest with the daily planning."""
    if kind == ProvisionKind.VISIT_INTERVAL:
        transaction.on_commit(lambda: wake(PLAN))

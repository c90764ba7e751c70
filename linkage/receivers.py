"""What other rooms tell this one: a service was corrected or voided, a person's file is anonymised."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from clients.models import Client
from clients.signals import anonymised
from files.actions import erase
from linkage.actions.taking_part import agree
from linkage.models import Handout, OrganisationService, Referral, ReferralStep, VolunteerService
from linkage.vocabulary import GONE
from services.models import ServiceRecord
from services.signals import corrected, voided


@receiver(corrected)
def service_corrected(sender: Any, record: ServiceRecord, **kwargs: Any) -> None:
    """Those named stay at most as many as the record says, and count in its month. Raises ValidationError."""
    named = dict(VolunteerService.objects.filter(service=record).values_list("volunteer_id", "hours"))
    if named:
        agree(record, named)
    for model in (VolunteerService, OrganisationService):
        model.objects.filter(service=record).update(month=record.month)


@receiver(voided)
def service_voided(sender: Any, record: ServiceRecord, **kwargs: Any) -> None:
    for model in (VolunteerService, OrganisationService):
        model.objects.filter(service=record).update(counted=False)


@receiver(anonymised)
def person_anonymised(sender: Any, client: Client, **kwargs: Any) -> None:
    """Texts, names and papers go, counts and dates stay."""
    mine, given = Referral.objects.filter(client=client), Handout.objects.filter(client=client)
    erase(targets=[*mine, *given])
    ReferralStep.objects.filter(referral__in=mine).update(note="")
    mine.update(need=GONE, to_contact="", to_phone="")
    for rows in (mine, given):
        rows.exclude(withdrawn_at=None).update(withdrawal_reason=GONE)
    given.update(note="")

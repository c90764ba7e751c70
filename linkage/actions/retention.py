"""Anonymising volunteers who left, and persons who gave: nothing tells of them, hours and values stay."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from files.actions import erase
from linkage.models import Donation, Volunteer
from linkage.vocabulary import GONE

# Registered with a unit and an organisation, from/to a date: that stays. An unknown sex counts nowhere.
NOTHING = {
    "name": "", "initials": "", "sex": "", "birth_year": None, "phone": "", "skills": "", "registered_number": "",
    "leave_reason": "", "note": "",
}  # fmt: skip


@transaction.atomic
def anonymise_volunteer(key: int, *, ended_on: date, source: str = "") -> Volunteer:
    """`ended_on`: when they left, as the caller judged it by; `source`: document and clause, for the trail.

    Raises ValidationError when the volunteer came back, or is anonymised already.
    """
    volunteer = Volunteer.objects.select_for_update(of=("self",)).select_related("unit").get(pk=key)
    if volunteer.anonymised or volunteer.left_on != ended_on:
        raise ValidationError(f"志愿者 {key} 的状态已经改变，没有匿名化")
    for field, value in NOTHING.items():
        setattr(volunteer, field, value)
    volunteer.save(update_fields=list(NOTHING))
    _tell("匿名化志愿者", volunteer, source)
    return volunteer


@transaction.atomic
def anonymise_donor(key: int, *, ended_on: date, source: str = "") -> Donation:
    """Agreement, list and photos of the donation are destroyed, and the words about it. `ended_on` as above.

    Raises ValidationError when there is something left of it again, or no name.
    """
    donation = Donation.objects.select_for_update(of=("self",)).select_related("unit").get(pk=key)
    settled = Donation.objects.settled_before(date.max).filter(pk=key).first()
    if settled is None or settled.settled_on != ended_on:  # type: ignore[attr-defined]
        raise ValidationError(f"慈善资源 {key} 的状态已经改变，没有匿名化")
    erase(targets=[donation])
    donation.donor, donation.note = GONE, ""
    if donation.withdrawal_reason:
        donation.withdrawal_reason = GONE
    donation.save(update_fields=["donor", "note", "withdrawal_reason"])
    _tell("匿名化捐赠人", donation, source)
    return donation


def _tell(verb: str, row: Volunteer | Donation, source: str) -> None:
    changes = {"状态": [None, "已匿名化"], **({"依据": [None, source]} if source else {})}
    audit.record(by=None, verb=verb, target=row, unit=row.unit, changes=changes)

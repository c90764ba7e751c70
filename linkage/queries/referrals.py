"""Rows of referrals: for who reads the person's file with name and need, for others without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse

from linkage.models import Referral, ReferralService, ReferralState, ReferralStep, Urgency
from linkage.models.referrals import ReferralQuerySet
from linkage.queries.where import Reads
from linkage.vocabulary import RUNNING
from services.models import ServiceRecord

S = ReferralState
TONES = {
    S.TO_VERIFY: "muted",
    S.CONTACTED: "info",
    S.REFERRED: "info",
    S.SUCCEEDED: "ok",
    S.FAILED: "warn",
    S.FOLLOWED_UP: "ok",
}
SORTS: dict[str, tuple[Any, ...]] = {
    "opened_on": ("opened_on", "pk"),
    "ended_on": (F("ended_on").asc(nulls_last=True), "pk"),
    "-ended_on": (F("ended_on").desc(nulls_last=True), "-pk"),
    "due_on": (F("due_on").asc(nulls_last=True), "pk"),
    "-due_on": (F("due_on").desc(nulls_last=True), "-pk"),
}


@dataclass(frozen=True)
class ReferralRow:
    """`url`, `person`, `need`, `to_name` are "" for who may not read them."""

    pk: int
    url: str
    label: str
    person: str
    file: int | None
    need: str
    kind: str
    urgency: str
    urgent: bool
    to_kind: str
    to_name: str
    state: str
    outcome: str
    tone: str
    attempt: int
    station: str
    opened_on: date
    ended_on: date | None
    followed_up_on: date | None
    due_on: date | None
    late: bool
    withdrawn: bool
    is_demo: bool


def sorted_referrals(referrals: ReferralQuerySet, sort: str) -> ReferralQuerySet:
    return referrals.select_related("station__unit", "client").order_by(*SORTS.get(sort, ("-opened_on", "-pk")))


def referral_rows(referrals: Iterable[Referral], reads: Reads, today: date) -> list[ReferralRow]:
    """`referrals` with station, unit and client joined. One query."""
    return [referral_row(one, one.station_id in reads.stations, today) for one in referrals]


def referral_row(one: Referral, known: bool, today: date) -> ReferralRow:
    """`known`: the user reads the files of its station."""
    return ReferralRow(
        pk=one.pk,
        url=reverse("referral_detail", args=[one.pk]) if known else "",
        label=str(one),
        person=str(one.client) if known and one.client else "",
        file=one.client_id,
        need=one.need if known else "",
        kind=one.get_kind_display(),
        urgency=one.get_urgency_display(),
        urgent=one.urgency == Urgency.EMERGENCY,
        to_kind=one.get_to_kind_display(),
        to_name=one.to_name if known else "",
        state=one.get_state_display(),
        outcome=one.get_outcome_display() if one.outcome else "",
        tone="warn" if one.outcome == S.FAILED else TONES[S(one.state)],
        attempt=one.attempt,
        station=one.station.unit.name,
        opened_on=one.opened_on,
        ended_on=one.ended_on,
        followed_up_on=one.followed_up_on,
        due_on=one.due_on if one.state == S.SUCCEEDED else None,
        late=one.is_late(today),
        withdrawn=one.withdrawn_at is not None,
        is_demo=one.is_demo,
    )


def referral_sums(referrals: ReferralQuerySet, today: date) -> dict[str, int]:
    """Of the standing ones among these, by what they have come to. One query."""
    return referrals.standing().order_by().aggregate(
        all=Count("pk"),
        running=Count("pk", filter=Q(state__in=RUNNING)),
        succeeded=Count("pk", filter=Q(outcome=S.SUCCEEDED)),
        failed=Count("pk", filter=Q(outcome=S.FAILED)),
        # as Referral.is_late
        late=Count("pk", filter=Q(state=S.SUCCEEDED, due_on__lt=today)),
    )  # fmt: skip


def step_rows(referral: Referral) -> list[ReferralStep]:
    """The steps, the latest first. One query."""
    return list(ReferralStep.objects.filter(referral=referral).select_related("by").order_by("-pk"))


def services_of(referral: Referral) -> list[ServiceRecord]:
    """The services that belong to it, those that count. One query."""
    rows = ServiceRecord.objects.filter(pk__in=ReferralService.objects.filter(referral=referral).values("service"))
    return list(rows.valid().order_by("-starts_on", "-pk"))


def referrals_of(files: Iterable[int]) -> list[Referral]:
    """Of the person, by the keys of all of their files. One query."""
    rows = Referral.objects.standing().filter(client__in=files)
    return list(rows.select_related("station__unit", "client").order_by("-opened_on", "-pk"))

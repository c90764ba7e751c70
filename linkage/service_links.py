"""What a service record can belong to here: a referral, a joint meeting that it followed from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from common.paths import within
from linkage.models import Meeting, MeetingService, Referral, ReferralService
from services.links import Link, declare
from services.models import ServiceRecord
from services.vocabulary import Domain, Method
from stations.models import Station


def _find_referral(user: User, key: int) -> Referral:
    rows = Referral.objects.visible_to(user, Permission.EDIT_LINKAGE).standing()
    row = rows.select_related("station__unit", "client").filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def _referral_presets(row: Referral) -> dict[str, Any]:
    # The title is read by officials: it tells the kind, never the need.
    return {
        "method": Method.RESOURCE_LINK,
        "clients": [row.client_id] if row.client_id else [],
        "title": f"{row.get_kind_display()}跟进（{row.get_to_kind_display()}）",
    }


def _attach_to_referral(*, by: User | None, record: ServiceRecord, row: Referral) -> None:
    row = Referral.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.withdrawn_at or row.station_id != record.station_id:
        raise ValidationError({"link": f"这条{row.get_kind_display()}不是本站的，或已经撤回"})
    if record.ends_on < row.opened_on:
        raise ValidationError({"starts_on": f"{row}于 {row.opened_on} 登记，服务不能早于这一天"})
    ReferralService.objects.get_or_create(referral=row, service=record)


def _referrals_of(record: ServiceRecord) -> Iterable[Referral]:
    return Referral.objects.filter(referral_services__service=record).select_related("station__unit").order_by("pk")


declare(
    Link(
        key="referral",
        label="转介、资源链接",
        find=_find_referral,
        name=lambda row: f"{row}（{row.get_to_kind_display()}）",
        page=lambda row: reverse("referral_detail", args=[row.pk]),
        station=lambda row: row.station_id,
        presets=_referral_presets,
        attach=_attach_to_referral,
        of=_referrals_of,
    )
)


def _find_meeting(user: User, key: int) -> Meeting:
    row = Meeting.objects.visible_to(user, Permission.EDIT_LINKAGE).standing().select_related("unit").filter(pk=key)
    if (found := row.first()) is None:
        raise Http404
    return found


def _meeting_station(row: Meeting) -> int:
    """The meeting's station; for a township's its first one, which the form lets change."""
    stations: Any = Station.objects.all()
    found = stations.under(row.unit).filter(closed_on=None).order_by("unit__path").values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    return found


def _attach_to_meeting(*, by: User | None, record: ServiceRecord, row: Meeting) -> None:
    row = Meeting.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.pk)
    if row.withdrawn_at or not within(record.station.unit.path, row.unit.path):
        raise ValidationError({"link": "这次联席会议不是本站或本乡镇（街道）的，或已经撤回"})
    if record.ends_on < row.held_on:
        raise ValidationError({"starts_on": f"会议在 {row.held_on} 召开，会后的服务不能早于这一天"})
    MeetingService.objects.get_or_create(meeting=row, service=record)


def _meetings_of(record: ServiceRecord) -> Iterable[Meeting]:
    return Meeting.objects.filter(meeting_services__service=record).order_by("pk")


declare(
    Link(
        key="meeting",
        label="联席会议",
        find=_find_meeting,
        name=str,
        page=lambda row: reverse("meeting_detail", args=[row.pk]),
        station=_meeting_station,
        presets=lambda row: {"method": Method.ACTIVITY, "domain": Domain.COMMUNITY},
        attach=_attach_to_meeting,
        of=_meetings_of,
    )
)

"""An agency's own users. Their postings follow the contracts: each sees the stations that the agency runs, by date."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Posting, User
from accounts.roles import Role
from agencies.actions.locks import locked
from agencies.models import Agency, AgencyMember, ContractStation, MemberPosting
from common import checks


@transaction.atomic
def add_member(*, by: User | None, agency: Agency, user: User, starts_on: date | None = None) -> AgencyMember:
    """The user sees the agency's contracts and, by postings that follow them, its stations.

    Raises ValidationError: a member already, or a user with another role (an official would watch over themselves).
    """
    agency = locked(agency, "unit")
    user = User.objects.select_for_update().get(pk=user.pk)
    on = checks.past_day(starts_on or timezone.localdate(), field="starts_on", label="起始日期")
    if not user.is_active:
        raise ValidationError({"user": f"账号 {user.username} 已停用"})
    other = user.postings.open().exclude(role=Role.AGENCY_MANAGER).first()
    if other is not None:
        raise ValidationError(
            {"user": f"{user.name}任{other.get_role_display()}，不能同时做承接机构管理员，请另开账号"}
        )
    if user.agency_memberships.filter(agency=agency, ends_on=None).exists():
        raise ValidationError({"user": f"{user.name}已是该机构的管理员"})
    member = AgencyMember.objects.create(agency=agency, user=user, starts_on=on)
    audit.record(
        by=by, verb="增加机构管理员", target=agency, unit=agency.unit,
        changes={"管理员": [None, f"{user.name}（{user.username}）"], "起始日期": [None, on]},
    )  # fmt: skip
    sync_postings(by=by, agency=agency)
    return member


@transaction.atomic
def end_member(*, by: User | None, member: AgencyMember, on: date, reason: str = "") -> AgencyMember:
    """From `on` the user is no member any more, and the postings that followed the contracts end."""
    agency = locked(member.agency, "unit")
    member = locked(member, "user")
    if member.ends_on:
        raise ValidationError(f"{member.user.name}的管理员身份已于 {member.ends_on} 结束")
    member.ends_on = checks.past_day(on, field="on", label="结束日期", since=member.starts_on, since_label="起始日期")
    member.save(update_fields=["ends_on"])
    audit.record(
        by=by, verb="结束机构管理员", target=agency, unit=agency.unit, reason=checks.note(reason),
        changes={"管理员": [str(member.user), None], "结束日期": [None, member.ends_on]},
    )  # fmt: skip
    sync_postings(by=by, agency=agency)
    return member


@transaction.atomic
def sync_postings(*, by: User | None, agency: Agency) -> int:
    """Make the members' postings those of the contracts: member × station × days. How many were made or changed.

    Repeatable. Postings made by hand have no MemberPosting and stay as they are.
    """
    agency = locked(agency)
    members = list(agency.members.select_related("user"))
    covers = list(ContractStation.objects.filter(contract__agency=agency).select_related("station__unit"))
    links = MemberPosting.objects.filter(member__in=members).select_related("posting__unit")
    held = {(link.member_id, link.cover_id): link.posting for link in links}
    changed = 0
    for member in members:
        for cover in covers:
            days = _days(member, cover)
            posting = held.get((member.pk, cover.pk))
            if posting is not None:
                changed += _follow(by, member, posting, days)
            elif days is not None:
                _post(by, member, cover, days)
                changed += 1
        member.user.forget_postings()
    return changed


def _days(member: AgencyMember, cover: ContractStation) -> tuple[date, date] | None:
    """The days on which the member sees the station by this contract: [first, end). None for none."""
    first = max(member.starts_on, cover.starts_on)
    end = min(member.ends_on, cover.ends_on) if member.ends_on else cover.ends_on
    return (first, end) if first < end else None


def _post(by: User | None, member: AgencyMember, cover: ContractStation, days: tuple[date, date]) -> None:
    unit = cover.station.unit
    posting = Posting.objects.create(
        user=member.user, role=Role.AGENCY_MANAGER, unit=unit, starts_on=days[0], ends_on=days[1]
    )
    MemberPosting.objects.create(member=member, cover=cover, posting=posting)
    audit.record(
        by=by, verb="增加任职", target=member.user, unit=unit, reason="随承接合同",
        changes={"任职": [None, str(posting)], "起始日期": [None, days[0]], "结束日期": [None, days[1]]},
    )  # fmt: skip


def _follow(by: User | None, member: AgencyMember, posting: Posting, days: tuple[date, date] | None) -> int:
    """Give the posting these days; one of no day when there are none. 1 when that changed it."""
    first, end = days or (posting.starts_on, posting.starts_on)
    if (posting.starts_on, posting.ends_on) == (first, end):
        return 0
    before = posting.starts_on, posting.ends_on
    posting.starts_on, posting.ends_on = first, end
    posting.save(update_fields=["starts_on", "ends_on"])
    audit.record(
        by=by, verb="调整任职", target=member.user, unit=posting.unit, reason="随承接合同",
        changes={"起始日期": [before[0], first], "结束日期": [before[1], end]},
    )  # fmt: skip
    return 1

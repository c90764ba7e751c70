"""Filters of the lists. Their parameters are fixed: figures open their records by them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.roles import Permission
from common.forms import YES_NO, choices_of
from linkage.models import (
    DonorKind,
    Filing,
    MeetingTask,
    OrganisationKind,
    OrganisationService,
    Party,
    RecipientKind,
    ReferralKind,
    ReferralState,
    ResourceForm,
    ToKind,
    Urgency,
    VolunteerService,
)
from linkage.models.meetings import MeetingQuerySet
from linkage.models.organisations import OrganisationQuerySet
from linkage.models.referrals import ReferralQuerySet, ReferralStep
from linkage.models.resources import DonationQuerySet, HandoutQuerySet
from linkage.models.volunteers import VolunteerQuerySet
from linkage.queries.organisations import serving
from linkage.queries.volunteers import active_in
from stations.forms.filters import ListFilter, choice

STANDING = [("", "全部"), ("yes", "在册"), ("no", "已退出")]
ACTIVE = [("", "全部"), ("yes", "正在活动"), ("no", "已停止")]
SERVING = [("", "不限"), ("yes", "参与过")]
OPEN, OPENED = "open", "opened"


class LinkageFilter(ListFilter):
    """`unit`, `q`, `month`; `labels` rename the last two for a list."""

    labels: tuple[str, str]

    def __init__(self, data: Any, *, user: User, unit: OrgUnit | None, permission: Permission) -> None:
        super().__init__(data, user=user, unit=unit, permission=permission)
        self.user = user
        self.fields["q"].label, self.fields["month"].label = self.labels

    def within(self, rows: Any) -> Any:
        """The rows below the chosen unit."""
        return rows.under(self.chosen_unit) if self.chosen_unit else rows


class TakingPartFilter(LinkageFilter):
    """Of those who take part in services; `takes`: the rows that tell who did."""

    takes: Any

    @property
    def took(self) -> Any:
        """What `takes` tells of services in the user's reach, below the unit, in the month: what figures count."""
        rows = self.within(self.takes.objects.visible_to(self.user, Permission.VIEW_RECORDS)).valid()
        return rows.in_month(self.until) if self.until else rows


class VolunteerFilter(TakingPartFilter):
    """`month`: with hours in a service of that month below `unit`; without, those registered there.

    Names are no filter: they would stand in addresses and logs."""

    takes = VolunteerService
    labels = ("技能、所属组织", "有志愿服务的月份")
    standing = choice("状态", STANDING)

    def apply(self, volunteers: VolunteerQuerySet) -> VolunteerQuerySet:
        """Those that pass; none while a filter is wrong. Skills are looked through only where the user reads them."""
        if not self.is_valid():
            return volunteers.none()
        values = self.cleaned_data
        rows = active_in(self.took) if values["month"] else self.within(volunteers)
        if values["standing"]:
            here = Q(left_on=None) | Q(left_on__gt=timezone.localdate())
            rows = rows.filter(here if values["standing"] == "yes" else ~here)
        if word := values["q"].strip():
            read = volunteers.visible_to(self.user, Permission.VIEW_CLIENTS)
            skilled = Q(pk__in=read.filter(skills__contains=word).order_by().values("pk"))
            rows = rows.filter(skilled | Q(organisation__name__contains=word))
        return rows


class OrganisationFilter(TakingPartFilter):
    """`month`: active at its end; with `serving`: in a service of that month below `unit`."""

    takes = OrganisationService
    labels = ("名称", "月份")
    serving = choice("参与服务", SERVING)
    kind = choice("类型", choices_of(OrganisationKind.choices))
    filing = choice("登记备案", choices_of(Filing.choices))
    active = choice("状态", ACTIVE)

    def apply(self, organisations: OrganisationQuerySet) -> OrganisationQuerySet:
        if not self.is_valid():
            return organisations.none()
        values = self.cleaned_data
        rows = serving(self.took) if values["serving"] else self.within(organisations)
        if values["month"] and not values["serving"]:
            rows = rows.at(self.on)
        for name in ("kind", "filing"):
            if values[name]:
                rows = rows.filter(**{name: values[name]})
        if values["active"]:
            here = rows.at(timezone.localdate())
            rows = here if values["active"] == "yes" else rows.exclude(pk__in=here.order_by().values("pk"))
        if word := values["q"].strip():
            rows = rows.filter(name__contains=word)
        return rows


class DonationFilter(LinkageFilter):
    """`month`: received in it."""

    labels = ("物资名称", "接收月份")
    form = choice("形式", choices_of(ResourceForm.choices))
    donor_kind = choice("捐赠方", choices_of(DonorKind.choices))
    stock = choice("有结存", YES_NO)

    def apply(self, donations: DonationQuerySet) -> DonationQuerySet:
        if not self.is_valid():
            return donations.none()
        values, rows = self.cleaned_data, self.within(donations)
        if values["month"]:
            rows = rows.received_in(values["month"])
        for name in ("form", "donor_kind"):
            if values[name]:
                rows = rows.filter(**{name: values[name]})
        if values["stock"]:
            rows = rows.in_stock() if values["stock"] == "yes" else rows.standing().filter(left=0)
        if word := values["q"].strip():
            rows = rows.filter(item__contains=word)
        return rows


class HandoutFilter(LinkageFilter):
    """`month`: given in it."""

    labels = ("物资名称", "发放月份")
    form = choice("形式", choices_of(ResourceForm.choices))
    to_kind = choice("发放给", choices_of(RecipientKind.choices))

    def apply(self, handouts: HandoutQuerySet) -> HandoutQuerySet:
        if not self.is_valid():
            return handouts.none()
        values, rows = self.cleaned_data, self.within(handouts)
        if values["month"]:
            rows = rows.given_in(values["month"])
        if values["form"]:
            rows = rows.filter(donation__form=values["form"])
        if values["to_kind"]:
            rows = rows.filter(to_kind=values["to_kind"])
        if word := values["q"].strip():
            rows = rows.filter(donation__item__contains=word)
        return rows


class MeetingFilter(LinkageFilter):
    """`month`: held in it."""

    labels = ("议题", "会议月份")
    party = choice("参会方", choices_of(Party.choices))
    tasks = choice("议定事项", choices_of([("open", "有未完成"), ("late", "有逾期")]))

    def apply(self, meetings: MeetingQuerySet) -> MeetingQuerySet:
        if not self.is_valid():
            return meetings.none()
        values, rows = self.cleaned_data, self.within(meetings)
        if values["month"]:
            rows = rows.held_in(values["month"])
        if values["party"]:
            rows = rows.filter(parties__party=values["party"])
        if values["tasks"]:
            tasks = MeetingTask.objects.visible_to(self.user, Permission.VIEW_RECORDS)
            tasks = tasks.open() if values["tasks"] == "open" else tasks.overdue(timezone.localdate())
            rows = rows.standing().filter(Exists(tasks.filter(meeting=OuterRef("pk"))))
        if word := values["q"].strip():
            rows = rows.filter(topics__contains=word)
        return rows


class ReferralFilter(LinkageFilter):
    """`month` with `event`: opened in it (the default), succeeded or failed in it, or open at its end.

    Of the texts only the receiving organisation is looked through, and only where the user reads the file.
    """

    labels = ("接收单位", "月份")
    event = choice(
        "月份指",
        choices_of(
            [
                (OPENED, "当月登记"),
                (ReferralState.SUCCEEDED, "当月成功"),
                (ReferralState.FAILED, "当月失败"),
                (OPEN, "月末在办"),
            ],
            "当月登记",
        ),
    )
    kind = choice("类型", choices_of(ReferralKind.choices))
    state = choice("状态", choices_of(ReferralState.choices))
    to_kind = choice("接收单位类型", choices_of(ToKind.choices))
    urgency = choice("紧急程度", choices_of(Urgency.choices))
    due = choice("回访", choices_of([("due", "待回访"), ("late", "逾期未回访")]))

    def apply(self, referrals: ReferralQuerySet) -> ReferralQuerySet:
        if not self.is_valid():
            return referrals.none()
        values, rows = self.cleaned_data, self._of_month(self.within(referrals))
        for name in ("kind", "state", "to_kind", "urgency"):
            if values[name]:
                rows = rows.filter(**{name: values[name]})
        if values["due"]:
            today = timezone.localdate()
            late = values["due"] == "late"
            waiting = rows.standing().filter(state=ReferralState.SUCCEEDED)
            rows = rows.overdue(today) if late else waiting
        if word := values["q"].strip():
            read = referrals.visible_to(self.user, Permission.VIEW_CLIENTS)
            rows = rows.filter(pk__in=read.filter(to_name__contains=word).order_by().values("pk"))
        return rows

    def _of_month(self, rows: ReferralQuerySet) -> ReferralQuerySet:
        month, event = self.cleaned_data["month"], self.cleaned_data["event"]
        if not month:
            return rows
        if event == OPEN:
            return rows.open_at(self.on)
        if event in (ReferralState.SUCCEEDED, ReferralState.FAILED):
            steps = ReferralStep.objects.visible_to(self.user, Permission.VIEW_RECORDS)
            return rows.filter(Exists(steps.reached_in([ReferralState(event)], month).filter(referral=OuterRef("pk"))))
        return rows.opened_in(month)

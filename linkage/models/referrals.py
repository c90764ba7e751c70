"""Referral 转介 and resource link 资源链接, with every step dated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from accounts.models import User
from clients.gate import SupervisedModel, SupervisedQuerySet
from clients.models import Client
from common.months import Month
from linkage.models.shared import Withdrawable, token_field
from linkage.vocabulary import OUTCOMES, RUNNING, ReferralKind, ReferralState, ToKind, Urgency
from policies.deadlines import is_past
from policies.models import Judged
from services.models import ServiceRecord
from stations.models import Station


class ReferralQuerySet(SupervisedQuerySet):
    """visible_to(user): that there is one; visible_to(user, VIEW_CLIENTS): of whom, and what it says."""

    def standing(self) -> Self:
        """Those not withdrawn: what counts."""
        return self.filter(withdrawn_at=None)

    def opened_in(self, month: Month) -> Self:
        """Standing ones opened in the month; one begun anew was opened once."""
        return self.standing().filter(opened_on__range=(month.first, month.last))

    def open_at(self, day: date) -> Self:
        """Standing ones whose last step by `day` has led to no outcome yet."""
        last = ReferralStep.objects.filter(referral=OuterRef("pk"), on__lte=day).order_by("-on", "-pk")
        rows = self.standing().filter(opened_on__lte=day)
        return rows.annotate(state_then=Subquery(last.values("state")[:1])).filter(state_then__in=RUNNING)

    def running(self) -> Self:
        """Open now: one column, for lists."""
        return self.standing().filter(state__in=RUNNING)

    def to_follow_up(self, on: date) -> Self:
        """Succeeded, not yet followed up, and due by `on`."""
        return self.standing().filter(state=ReferralState.SUCCEEDED, due_on__lte=on)

    def overdue(self, on: date) -> Self:
        """Those of `to_follow_up` whose day is past (as Referral.is_late)."""
        return self.to_follow_up(on).filter(due_on__lt=on)


class Referral(SupervisedModel, Withdrawable, Judged):
    """One need that is handed on. What its steps come to (linkage.rules.standing) stands in `state` … `followed_up_on`;
    linkage.actions alone write them. `due_on`: by when a success is followed up."""

    token = token_field()
    station = models.ForeignKey(Station, models.PROTECT, related_name="referrals", verbose_name="转介站点")
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name="服务对象"
    )
    kind = models.CharField("类型", max_length=14, choices=ReferralKind.choices)
    need = models.TextField("需求", max_length=500)
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    to_kind = models.CharField("接收单位类型", max_length=12, choices=ToKind.choices)
    to_name = models.CharField("接收单位", max_length=60, blank=True)
    to_contact = models.CharField("联系人", max_length=40, blank=True)
    to_phone = models.CharField("联系人电话", max_length=20, blank=True)
    state = models.CharField("状态", max_length=12, choices=ReferralState.choices, default=ReferralState.TO_VERIFY)
    attempt = models.PositiveSmallIntegerField("第几次", default=1, editable=False)
    opened_on = models.DateField("登记日期")
    outcome = models.CharField("结果", max_length=12, choices=ReferralState.choices, blank=True, editable=False)
    ended_on = models.DateField("有结果的日期", null=True, blank=True, editable=False)
    followed_up_on = models.DateField("回访日期", null=True, blank=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    audit_private: ClassVar[frozenset[str]] = frozenset({"need", "to_name", "to_contact", "to_phone"})

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "转介"
        verbose_name_plural = "转介"
        ordering = ["-opened_on", "-id"]
        indexes = [
            models.Index(fields=["station", "-opened_on", "-id"]),
            models.Index(fields=["opened_on"]),
            models.Index(fields=["state", "due_on"]),
        ]
        constraints = [
            Withdrawable.with_reason("referral_withdrawn_with_reason"),
            models.CheckConstraint(
                condition=~Q(kind=ReferralKind.REFERRAL) | Q(client__isnull=False), name="referral_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RUNNING, outcome="", ended_on=None, followed_up_on=None)
                | Q(state__in=OUTCOMES, outcome=F("state"), ended_on__isnull=False, followed_up_on=None)
                | Q(
                    state=ReferralState.FOLLOWED_UP,
                    outcome__in=OUTCOMES,
                    ended_on__isnull=False,
                    followed_up_on__isnull=False,
                    followed_up_on__gte=F("ended_on"),
                ),
                name="referral_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("opened_on")), name="referral_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def audit_label(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def is_late(self, on: date) -> bool:
        """Is the follow-up of a success missing past its day?"""
        return self.state == ReferralState.SUCCEEDED and self.due_on is not None and is_past(self.due_on, on)


class ReferralStepQuerySet(SupervisedQuerySet):
    gate = "referral__station__unit__path"
    station = "referral__station"

    def reached_in(self, states: Iterable[ReferralState], month: Month) -> Self:
        """Steps to one of `states` in the month, of referrals that count: a second attempt's outcome counts again."""
        return self.filter(state__in=list(states), on__range=(month.first, month.last), referral__withdrawn_at=None)


class ReferralStep(SupervisedModel, models.Model):
    """One step: to which state, on which day, by whom, with which note. The first is the opening."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps", verbose_name="转介")
    state = models.CharField("状态", max_length=12, choices=ReferralState.choices)
    on = models.DateField("日期")
    note = models.CharField("情况", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    objects = ReferralStepQuerySet.as_manager()

    class Meta:
        verbose_name = "转介步骤"
        verbose_name_plural = "转介步骤"
        ordering = ["referral", "id"]
        indexes = [models.Index(fields=["referral", "-on", "-id"]), models.Index(fields=["state", "on"])]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.on}"

    @property
    def supervised_station_id(self) -> int:
        return self.referral.station_id


class ReferralService(models.Model):
    """A service record that belongs to a referral."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="referral_services", verbose_name="转介")
    service = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="+", verbose_name="服务")

    class Meta:
        verbose_name = "转介中的服务"
        verbose_name_plural = "转介中的服务"
        constraints = [models.UniqueConstraint(fields=["referral", "service"], name="referral_service_once")]

    def __str__(self) -> str:
        return f"{self.referral} · {self.service}"

"""Charity resources 慈善资源: what was given, and to whom it was handed out.

Not money of the funds room: there money has a purpose set by an authority and a ledger; here a donation is in the
station's own hands, counted by its value.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce, Greatest

from accounts.models import OrgUnit, User
from clients.models import Client
from common.months import Month
from linkage.models.organisations import Organisation
from linkage.models.shared import StandingQuerySet, Withdrawable, token_field
from linkage.vocabulary import GONE, DonorKind, RecipientKind, ResourceForm
from services.models import ServiceRecord
from stations.models import Station


class DonationQuerySet(StandingQuerySet):
    def received_in(self, month: Month) -> Self:
        """Standing ones received in the month."""
        return self.standing().filter(received_on__range=(month.first, month.last))

    def in_stock(self) -> Self:
        """Standing ones of which something is left."""
        return self.standing().filter(left__gt=0)

    def settled_before(self, day: date) -> Self:
        """Of persons known by name still, with nothing left or withdrawn, `settled_on` a day before `day`: of the last
        handout, or of the donation."""
        given = Max("handouts__given_on", filter=Q(handouts__withdrawn_at=None))
        rows = self.filter(Q(left=0) | Q(withdrawn_at__isnull=False), donor_kind=DonorKind.PERSON).exclude(donor=GONE)
        settled = rows.annotate(settled_on=Greatest("received_on", Coalesce(given, "received_on")))
        return settled.filter(settled_on__lt=day)


class Donation(Withdrawable):
    """One donation in kind or in money. `left` and `left_value` are what no handout has taken yet: kept with each
    handout under the row's lock, so that the database itself refuses less than nothing."""

    token = token_field()
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="接收单位")
    donor_kind = models.CharField("捐赠方", max_length=12, choices=DonorKind.choices)
    donor = models.CharField("捐赠方名称", max_length=60, blank=True)
    form = models.CharField("形式", max_length=6, choices=ResourceForm.choices)
    item = models.CharField("物资名称", max_length=40)
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=2)
    measure = models.CharField("计量单位", max_length=8)
    value = models.DecimalField("价值（元）", max_digits=14, decimal_places=2)
    purpose = models.CharField("用途", max_length=200, blank=True)
    received_on = models.DateField("接收日期")
    left = models.DecimalField("结存数量", max_digits=14, decimal_places=2, editable=False)
    left_value = models.DecimalField("结存价值（元）", max_digits=14, decimal_places=2, editable=False)
    note = models.CharField("说明", max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    audit_private: ClassVar[frozenset[str]] = frozenset({"donor", "note"})

    objects = DonationQuerySet.as_manager()

    class Meta:
        verbose_name = "慈善资源"
        verbose_name_plural = "慈善资源"
        ordering = ["-received_on", "-id"]
        indexes = [models.Index(fields=["unit", "-received_on", "-id"]), models.Index(fields=["received_on"])]
        constraints = [
            Withdrawable.with_reason("donation_withdrawn_with_reason"),
            models.CheckConstraint(
                condition=Q(donor_kind=DonorKind.ANONYMOUS, donor="")
                | ~Q(donor_kind=DonorKind.ANONYMOUS) & ~Q(donor=""),
                name="donation_donor_named_or_anonymous",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0, value__gt=0), name="donation_of_something"),
            models.CheckConstraint(
                condition=~Q(form=ResourceForm.MONEY) | Q(quantity=F("value"), left=F("left_value")),
                name="donation_money_is_its_value",
            ),
            models.CheckConstraint(condition=Q(left__gte=0, left__lte=F("quantity")), name="donation_left_in_bounds"),
            models.CheckConstraint(
                condition=Q(left_value__gte=0, left_value__lte=F("value")), name="donation_left_value_in_bounds"
            ),
            models.CheckConstraint(condition=Q(left__gt=0) | Q(left_value=0), name="donation_nothing_left_no_value"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.received_on}"


class HandoutQuerySet(StandingQuerySet):
    gate = "donation__unit__path"

    def given_in(self, month: Month) -> Self:
        """Standing ones given in the month."""
        return self.standing().filter(given_on__range=(month.first, month.last))


class Handout(Withdrawable):
    """A part of a donation was given to a person with a file, used in a service, or given by number of people.

    Whoever sees the donation sees that there was one; to which person only who reads the files of `station`.
    """

    token = token_field()
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="handouts", verbose_name="慈善资源")
    given_on = models.DateField("发放日期")
    quantity = models.DecimalField("数量", max_digits=14, decimal_places=2)
    value = models.DecimalField("价值（元）", max_digits=14, decimal_places=2)
    to_kind = models.CharField("发放给", max_length=12, choices=RecipientKind.choices)
    client = models.ForeignKey(
        Client, models.PROTECT, null=True, blank=True, related_name="handouts", verbose_name="服务对象"
    )
    service = models.ForeignKey(
        ServiceRecord, models.PROTECT, null=True, blank=True, related_name="handouts", verbose_name="服务"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="handouts", verbose_name="社会组织"
    )
    # Of the person's file or of the service: supervisors assigned there read the name.
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    recipients = models.CharField("发放对象", max_length=100, blank=True)
    people = models.PositiveIntegerField("受益人数")
    note = models.CharField("说明", max_length=200, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    audit_private: ClassVar[frozenset[str]] = frozenset({"note", "recipients"})

    objects = HandoutQuerySet.as_manager()

    class Meta:
        verbose_name = "资源发放"
        verbose_name_plural = "资源发放"
        ordering = ["-given_on", "-id"]
        indexes = [models.Index(fields=["donation", "-given_on"]), models.Index(fields=["given_on"])]
        constraints = [
            Withdrawable.with_reason("handout_withdrawn_with_reason"),
            models.CheckConstraint(condition=Q(quantity__gt=0, value__gte=0), name="handout_of_something"),
            models.CheckConstraint(
                condition=Q(
                    to_kind=RecipientKind.CLIENT,
                    client__isnull=False,
                    service=None,
                    organisation=None,
                    station__isnull=False,
                    people=1,
                )
                | Q(
                    to_kind=RecipientKind.SERVICE,
                    client=None,
                    service__isnull=False,
                    organisation=None,
                    station__isnull=False,
                )
                | Q(to_kind=RecipientKind.ORGANISATION, client=None, service=None, organisation__isnull=False)
                | Q(to_kind=RecipientKind.GROUP, client=None, service=None, organisation=None, people__gt=0)
                & ~Q(recipients=""),
                name="handout_has_its_recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation.item} {self.quantity} {self.given_on}"

    @property
    def audit_label(self) -> str:
        return f"资源发放 {self.pk}"

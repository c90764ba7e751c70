"""The ledger 资金台账: what each unit holds of each fund, and every row that changed it.

Papers (receipts, allocations, spendings) are never edited. Each of their steps leaves an Entry, and a balance is the
sum of entries. `Holding` keeps that sum beside, only so that the database itself refuses less than nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum

from accounts.gate import GatedQuerySet, gated
from accounts.models import OrgUnit, User
from agencies.models import Payment
from common.indexes import CoveringIndex
from common.paths import below
from funds.models.funds import Fund, FundForbiddenUse, FundReceipt
from funds.models.vocabulary import (
    INFLOWS,
    OBTAINED,
    OF_AN_OFFICE,
    OFFICES,
    USED,
    Beneficiary,
    Category,
    EntryKind,
)


class Holding(models.Model):
    """A fund at a unit. Its row is locked by whoever changes the balance."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="holdings", verbose_name="资金")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="holdings", verbose_name="单位")
    fen = models.BigIntegerField("结存（分）", default=0)

    objects = gated("unit__path")

    class Meta:
        verbose_name = "资金结存"
        verbose_name_plural = "资金结存"
        ordering = ["fund", "unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "unit"], name="holding_once"),
            models.CheckConstraint(condition=Q(fen__gte=0), name="holding_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.fund}"


class AllocationQuerySet(GatedQuerySet):
    """An allocation lies where it goes to: the sender stands above, so it sees it as well."""

    gate = "to_unit__path"

    def sent_from(self, paths: Iterable[str]) -> Self:
        """Sent by a unit in any of the subtrees: on its way, it is theirs and nobody else's."""
        condition = Q(pk__in=[])
        for path in paths:
            condition |= below("from_unit__path", path)
        return self.filter(condition)

    def in_transit(self, on: date | None = None) -> Self:
        """Sent, neither confirmed nor withdrawn (by the end of `on`): held by nobody, on its way."""
        if on is None:
            return self.filter(received_on=None, withdrawn_on=None)
        arrived, withdrawn = Q(received_on__lte=on), Q(withdrawn_on__lte=on)
        return self.filter(allocated_on__lte=on).exclude(arrived | withdrawn)


class Allocation(models.Model):
    """Money passed down from a unit to one below it. The receiver holds it from the confirmed receipt on."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="allocations", verbose_name="资金")
    from_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="allocations_out", verbose_name="下达单位")
    to_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="allocations_in", verbose_name="接收单位")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    allocated_on = models.DateField("下达日期")
    document_number = models.CharField("下达文号", max_length=60, blank=True)
    expected_on = models.DateField("预计到账", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    received_on = models.DateField("到账日期", null=True, blank=True)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True, help_text="到账前全部撤回")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "资金下达"
        verbose_name_plural = "资金下达"
        ordering = ["-allocated_on", "-id"]
        indexes = [models.Index(fields=["to_unit", "received_on"]), models.Index(fields=["fund", "from_unit"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_amount_positive"),
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="allocation_to_another"),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(withdrawn_on=None), name="allocation_received_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(received_on__gte=F("allocated_on")), name="allocation_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_unit}下达{self.to_unit} {self.amount:,} 元"

    @property
    def is_in_transit(self) -> bool:
        return self.received_on is None and self.withdrawn_on is None


class SpendingQuerySet(GatedQuerySet):
    gate = "unit__path"

    def standing(self) -> Self:
        """Not reversed."""
        return self.filter(reversed_on=None)

    def suspect(self) -> Self:
        """Standing ones that went where the fund is not for (挪用) or served an office (挤占), or were flagged so."""
        forbidden = FundForbiddenUse.objects.filter(
            Q(starts_on=None) | Q(starts_on__lte=OuterRef("spent_on")),
            fund=OuterRef("fund"),
            category=OuterRef("category"),
        )
        office = Q(beneficiary__in=OFFICES) | Q(category__in=OF_AN_OFFICE)
        flagged = Q(flags__isnull=False)
        return self.standing().filter(Q(outside_scope=True) | office | Q(Exists(forbidden)) | flagged).distinct()


class Spending(models.Model):
    """A payment. Never edited: reversed, and entered anew. The reversal is its entry; `reversed_on` says when."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="spendings", verbose_name="资金")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="spendings", verbose_name="支出单位")
    category = models.CharField("类别", max_length=10, choices=Category.choices)
    beneficiary = models.CharField("受益方", max_length=16, choices=Beneficiary.choices, default=Beneficiary.STATION)
    spent_on = models.DateField("支出日期")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    payee = models.CharField("收款方", max_length=80)
    purpose = models.CharField("用途", max_length=200)
    voucher_number = models.CharField("凭证号", max_length=40)
    # Judged when it was entered: a fund's range of use is fixed by then (funds.actions.edit_fund).
    outside_scope = models.BooleanField("超出使用范围", default=False)
    # The instalment of a contract that this paid; agencies.Payment says so as well, as long as this stands.
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="spendings", verbose_name="合同付款"
    )
    reversed_on = models.DateField("冲销日期", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = SpendingQuerySet.as_manager()

    class Meta:
        verbose_name = "资金支出"
        verbose_name_plural = "资金支出"
        ordering = ["-spent_on", "-id"]
        indexes = [models.Index(fields=["unit", "spent_on"]), models.Index(fields=["fund", "category"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="spending_amount_positive"),
            models.CheckConstraint(
                condition=Q(reversed_on=None) | Q(reversed_on__gte=F("spent_on")), name="spending_dates_ordered"
            ),
            # The same voucher twice is the same payment twice; a reversed one may be entered anew.
            models.UniqueConstraint(
                fields=["fund", "unit", "voucher_number"], condition=Q(reversed_on=None), name="spending_voucher_once"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(reversed_on=None), name="spending_pays_instalment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent_on} {self.get_category_display()} {self.amount:,} 元"

    @property
    def number(self) -> str:
        """The spending's own number, by which its vouchers are filed."""
        return f"ZC{self.pk:08d}"


class EntryQuerySet(GatedQuerySet):
    """Words for figures and pages; `on` is the last day counted. Sums are whole fen, and each word's sum is signed
    so that it reads as it is named (`spent` is more than 0). `of` reads them in one grouped statement."""

    gate = "unit__path"

    def until(self, on: date) -> Self:
        return self.filter(on__lte=on)

    def obtained(self, on: date) -> Self:
        """What units got: from outside and from above, less what was taken back from them or reversed."""
        return self.until(on).filter(kind__in=OBTAINED)

    def spent(self, on: date) -> Self:
        """What units paid, less reversals. The entries are negative: sum `-fen`."""
        return self.until(on).filter(kind__in=USED)

    def held(self, on: date) -> Self:
        """All entries: their sum is what lies there."""
        return self.until(on)

    def came_into(self, unit: OrgUnit | None) -> Self:
        """What came into the subtree of `unit` from outside: not what its units passed to each other."""
        rows = self.filter(kind__in=OBTAINED)
        return rows.exclude(below("allocation__from_unit__path", unit.path)) if unit else rows

    def in_order(self) -> Self:
        """As a ledger is read: by day, within a day what came in first, then as entered."""
        return self.order_by("on", F("fen").desc(), "pk")

    def with_balance(self) -> Self:
        """`balance`: fen that the unit held of the fund after the entry, whatever the filters of the list are."""
        before = Entry.objects.filter(fund=OuterRef("fund"), unit=OuterRef("unit")).filter(
            Q(on__lt=OuterRef("on"))
            | Q(on=OuterRef("on"), fen__gt=OuterRef("fen"))
            | Q(on=OuterRef("on"), fen=OuterRef("fen"), pk__lte=OuterRef("pk"))
        )
        total = before.order_by().values("fund").annotate(total=Sum("fen")).values("total")
        return self.annotate(balance=Subquery(total, output_field=models.BigIntegerField()))


class Entry(models.Model):
    """One change of what a unit holds of a fund, in fen with its sign. Append-only: a correction is another entry."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="entries", verbose_name="资金")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="fund_entries", verbose_name="单位")
    kind = models.CharField("事项", max_length=18, choices=EntryKind.choices)
    on = models.DateField("日期")
    fen = models.BigIntegerField("金额（分）", help_text="收入为正，付出为负")
    receipt = models.ForeignKey(FundReceipt, models.PROTECT, null=True, related_name="entries")
    allocation = models.ForeignKey(Allocation, models.PROTECT, null=True, related_name="entries")
    spending = models.ForeignKey(Spending, models.PROTECT, null=True, related_name="entries")
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "资金台账分录"
        verbose_name_plural = "资金台账分录"
        ordering = ["on", "id"]
        indexes = [
            models.Index(fields=["fund", "unit", "on"]),
            CoveringIndex(fields=["unit", "on"], include=["kind", "fen"], name="entry_covering"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=INFLOWS, fen__gt=0) | (~Q(kind__in=INFLOWS) & Q(fen__lt=0)), name="entry_signed"
            ),
            models.UniqueConstraint(
                fields=["allocation"], condition=Q(kind=EntryKind.ARRIVED), name="allocation_arrives_once"
            ),
            models.UniqueConstraint(
                fields=["spending"], condition=Q(kind=EntryKind.SPENDING_REVERSED), name="spending_reversed_once"
            ),
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(kind=EntryKind.RECEIPT_REVERSED), name="receipt_reversed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()} {self.fen}"

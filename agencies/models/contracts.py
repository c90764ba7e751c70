"""Contracts 购买服务合同: stations, terms, promises and payments (R15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import DecimalField, F, Q, Sum
from django.utils import timezone

from accounts.models import OrgUnit
from agencies.models.agencies import Agency
from agencies.models.gate import Owned, OwnedQuerySet, owned
from agencies.models.procurements import Procurement
from common.overlaps import NoOverlap
from common.paths import below
from services.models import Domain, Method
from stations.models import Station
from stations.models.dated import DatedQuerySet


class ContractState(models.TextChoices):
    """What a contract counts as on a day (Contract.state)."""

    AHEAD = "ahead", "未开始"
    CURRENT = "current", "履行中"
    ENDED = "ended", "已到期"
    TERMINATED = "terminated", "提前终止"
    VOID = "void", "已撤回"


class ContractQuerySet(OwnedQuerySet, DatedQuerySet):  # type: ignore[override]  # each names its own manager
    """A contract lies at its buyer and at each of its stations."""

    gate = "buyer__path"

    def in_paths(self, paths: Iterable[str]) -> Self:
        paths = list(paths)
        at_station = Q(pk__in=[])
        for path in paths:
            at_station |= below("station__unit__path", path)
        covering = ContractStation.objects.filter(at_station).order_by().values("contract")
        bought = Contract.objects.all().kept_in(paths).order_by().values("pk")
        return self.filter(Q(pk__in=covering) | Q(pk__in=bought))

    def valid(self) -> Self:
        """Those that were not taken back as a mistake."""
        return self.filter(ends_on__gt=F("starts_on"))

    def in_state(self, word: str, on: date, soon: date) -> Self:
        """Those that count as `word` on `on`: a ContractState, or “expiring” for in force but over by `soon`."""
        began, over = Q(starts_on__lte=on), Q(starts_on__lt=F("ends_on"), ends_on__lte=on)
        conditions = {
            "expiring": began & Q(ends_on__gt=on, ends_on__lte=soon),
            ContractState.CURRENT: began & Q(ends_on__gt=on),
            ContractState.AHEAD: Q(starts_on__gt=on, ends_on__gt=F("starts_on")),
            ContractState.ENDED: over & Q(ends_on=F("agreed_ends_on")),
            ContractState.TERMINATED: over & Q(ends_on__lt=F("agreed_ends_on")),
            ContractState.VOID: Q(ends_on=F("starts_on")),
        }
        return self.filter(conditions[word])

    def amount_in_force(self, on: date) -> object:
        """The sum of the amounts of contracts in force on `on` (a Decimal)."""
        return self.at(on).aggregate(total=Sum("amount", default=0))["total"]


class Contract(Owned, models.Model):
    """A purchase of an agency's work at several stations. `ends_on` is the first day on which it is in force no more.

    It falls short of `agreed_ends_on` when the contract was ended early, and equals `starts_on` when the contract was
    taken back as a mistake: a spell of no day holds on none.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="contracts", verbose_name="承接机构")
    buyer = models.ForeignKey(OrgUnit, models.PROTECT, related_name="contracts", verbose_name="购买单位")
    procurement = models.ForeignKey(
        Procurement, models.PROTECT, null=True, blank=True, related_name="contracts", verbose_name="采购"
    )
    number = models.CharField("合同编号", max_length=60)
    title = models.CharField("合同名称", max_length=120)
    signed_on = models.DateField("签订日期")
    starts_on = models.DateField("服务起始日期")
    ends_on = models.DateField("服务止", help_text="不含当日")
    agreed_ends_on = models.DateField("约定服务止", help_text="不含当日")
    amount = models.DecimalField("合同金额（元）", max_digits=14, decimal_places=2)
    renewal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="renewal", verbose_name="续签自"
    )
    end_reason = models.CharField("终止（撤回）理由", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = "合同"
        verbose_name_plural = "合同"
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["starts_on", "ends_on"]), models.Index(fields=["agency", "-starts_on"])]
        constraints = [
            # A contract taken back as a mistake leaves its number free.
            models.UniqueConstraint(
                fields=["buyer", "number"], condition=Q(ends_on__gt=F("starts_on")), name="contract_number_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_amount_positive"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), agreed_ends_on__gt=F("starts_on")),
                name="contract_days_ordered",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=F("agreed_ends_on")) | Q(ends_on__lt=F("agreed_ends_on")) & ~Q(end_reason=""),
                name="contract_ended_early_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def owner_id(self) -> int | None:
        return self.agency_id

    def managed_at(self) -> str:
        return self.buyer.path

    def gate_paths(self) -> list[str]:
        return [self.buyer.path, *self.covers.values_list("station__unit__path", flat=True)]

    @property
    def last_day(self) -> date:
        """The last day of service, as a contract names it."""
        return self.ends_on - timedelta(days=1)

    def state(self, on: date | None = None) -> ContractState:
        """What the contract counts as on `on` (default today)."""
        on = on or timezone.localdate()
        if self.ends_on == self.starts_on:
            return ContractState.VOID
        if on < self.starts_on:
            return ContractState.AHEAD
        if on < self.ends_on:
            return ContractState.CURRENT
        return ContractState.ENDED if self.ends_on == self.agreed_ends_on else ContractState.TERMINATED


class ContractPartQuerySet(OwnedQuerySet):
    """Rows that belong to a contract: seen by whoever sees it."""

    gate = "contract__buyer__path"
    agency = "contract__agency_id"

    def in_paths(self, paths: Iterable[str]) -> Self:
        return self.filter(contract__in=Contract.objects.in_paths(paths).order_by().values("pk"))


class ContractStationQuerySet(ContractPartQuerySet, DatedQuerySet):  # type: ignore[override]  # each names its own manager
    """The words of figures: which stations were under contract, and for how much."""

    def amount_in_force(self, on: date) -> object:
        """The sum of the stations' parts of contracts in force on `on` (a Decimal); adds up over stations."""
        return self.at(on).aggregate(total=Sum("amount", default=0, output_field=DecimalField()))["total"]


class ContractStation(models.Model):
    """A station that a contract covers, and its part of the amount. No two contracts for one station at one time."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="covers", verbose_name="合同")
    station = models.ForeignKey(Station, models.PROTECT, related_name="covers", verbose_name="站点")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("止", help_text="不含当日")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)

    objects = ContractStationQuerySet.as_manager()

    class Meta:
        verbose_name = "合同站点"
        verbose_name_plural = "合同站点"
        ordering = ["station__unit__path"]
        indexes = [models.Index(fields=["station", "starts_on", "ends_on"])]
        constraints = [
            models.UniqueConstraint(fields=["contract", "station"], name="contract_station_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cover_dates_ordered"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cover_amount_not_negative"),
            NoOverlap(field="station", name="cover_no_overlap"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} · {self.station}"


class ContractTerm(models.Model):
    """A year of service 服务年度 of a contract: what promises, evaluations and payments refer to."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="terms", verbose_name="合同")
    number = models.PositiveSmallIntegerField("序号")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("止", help_text="不含当日")

    objects = ContractPartQuerySet.as_manager()

    class Meta:
        verbose_name = "服务年度"
        verbose_name_plural = "服务年度"
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="term_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_dates_ordered"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 年度（{self.starts_on} 至 {self.ends_on - timedelta(days=1)}）"


class Quantity(models.TextChoices):
    """What of the logged services a promise counts. People need client files, which are another room's."""

    SERVICES = "SERVICES", "服务次数"
    CONTACTS = "CONTACTS", "服务人次"
    HOURS = "HOURS", "服务时长（小时）"


class ContractPromise(models.Model):
    """What is promised for a term: so many services, contacts or hours, of a method, of a domain or of all."""

    term = models.ForeignKey(ContractTerm, models.CASCADE, related_name="promises", verbose_name="服务年度")
    quantity = models.CharField("计量", max_length=8, choices=Quantity.choices)
    method = models.CharField("方法", max_length=18, choices=Method.choices, blank=True)
    domain = models.CharField("领域", max_length=16, choices=Domain.choices, blank=True)
    promised = models.PositiveIntegerField("约定数量")

    objects = owned("term__contract__buyer__path", agency="term__contract__agency_id")

    class Meta:
        verbose_name = "服务指标"
        verbose_name_plural = "服务指标"
        ordering = ["term", "id"]
        constraints = [
            models.UniqueConstraint(fields=["term", "quantity", "method", "domain"], name="promise_once"),
            models.CheckConstraint(condition=Q(promised__gt=0), name="promise_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.promised}"

    @property
    def label(self) -> str:
        """“养老服务 · 探访 服务次数”."""
        of = " · ".join(filter(None, [self.get_domain_display(), self.get_method_display()]))
        return f"{of or '全部服务'} {self.get_quantity_display()}"


class PaymentCondition(models.TextChoices):
    NONE = "NONE", "按计划日期"
    MID = "MID", "中期评估通过"
    FINAL = "FINAL", "末期评估通过"


class Payment(models.Model):
    """One instalment of a contract, and its payment once made."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="payments", verbose_name="合同")
    term = models.ForeignKey(ContractTerm, models.PROTECT, related_name="payments", verbose_name="服务年度")
    number = models.PositiveSmallIntegerField("期次")
    planned_on = models.DateField("计划日期")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    condition = models.CharField("条件", max_length=5, choices=PaymentCondition.choices, default=PaymentCondition.NONE)
    paid_on = models.DateField("支付日期", null=True, blank=True)
    paid_amount = models.DecimalField("支付金额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    voucher_note = models.CharField("凭证", max_length=100, blank=True)
    paid_reason = models.CharField("支付理由", max_length=200, blank=True)
    # Paid out of a fund: it is taken back only by reversing that spending.
    by_ledger = models.BooleanField("由资金支出登记", default=False)

    objects = ContractPartQuerySet.as_manager()

    class Meta:
        verbose_name = "付款"
        verbose_name_plural = "付款"
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(paid_on=None, paid_amount=None)
                | Q(paid_on__isnull=False, paid_amount__gt=0, paid_amount__lte=F("amount")),
                name="payment_paid_whole",
            ),
            models.CheckConstraint(
                condition=Q(by_ledger=False) | Q(paid_on__isnull=False), name="payment_by_ledger_is_paid"
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 期 {self.amount} 元"
